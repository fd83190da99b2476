"""Methods that an address does not take."""

from __future__ import annotations

import pytest

from pbxsim.kit.methods import not_allowed
from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request

REPLY = Reply(body=b"no", headers=(("Vary", "Origin"),), code="x", hints=("y",))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_reply_to_one_that_it_takes_stays(method: str) -> None:
    assert not_allowed(REPLY, Request(method, "/")) is REPLY


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "GET", "DELETE", "PATCH", "get", ""])
def test_a_reply_to_any_other_is_a_405_that_names_those_it_takes(method: str) -> None:
    reply = not_allowed(REPLY, Request(method, "/"), ("PUT", "POST"))
    assert (reply.status, reply.body, reply.code, reply.hints) == (405, b"no", "x", ("y",))
    assert reply.headers == (("Vary", "Origin"), ("Allow", "PUT, POST"))
