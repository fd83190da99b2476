"""A row of a vendor's table: a function of the request and the vendor's state, and what a vendor adds to that."""

from __future__ import annotations

import pytest

from pbxsim.kit.action import Action
from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request


class Counter:
    """A vendor's state."""

    def __init__(self) -> None:
        self.count = 0


class MethodAction(Action[Counter], frozen=True, kw_only=True):
    """An action of a vendor that tells methods apart."""

    methods: tuple[str, ...] = ("GET",)


def count(request: Request, state: Counter) -> Reply:
    """Count the requests."""
    state.count += 1
    return Reply(body=f"{request.path} {state.count}".encode())


def test_the_handler_is_given_the_request_and_the_state() -> None:
    action, state = MethodAction(handler=count), Counter()
    assert [action.handler(Request("GET", "/a"), state).body for _ in range(2)] == [b"/a 1", b"/a 2"]
    assert action.methods == ("GET",)


def test_a_row_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Action(handler=count).handler = count  # type: ignore[misc]  # that it is refused is the point
