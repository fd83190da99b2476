"""The receiver of webhooks: takes down what comes, and answers as a test wants."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from pbxsim.testing import Receiver
    from pbxsim.testing.receiver import Answer


def ask(receiver: Receiver, path: str = "/", body: bytes | None = None, method: str = "GET") -> tuple[int, str, bytes]:
    """Send a request; give status, type and body."""
    request = Request(receiver.url + path, data=body, method=method, headers={"X-Pbxsim-Delivery": "7"})
    try:
        with urlopen(request) as reply:
            return reply.status, reply.headers["Content-Type"], reply.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def test_what_comes_is_kept_in_order_whatever_its_method(heard: Receiver) -> None:
    assert ask(heard, "/a?kdo=1&kdy=") == (200, "text/plain; charset=utf-8", b"")
    ask(heard, "/b", b'{"x": [1]}', "PUT")
    ask(heard, "/c", "a=1&b=č".encode(), "POST")
    first, second, third = heard.received
    assert (first.method, first.path, first.query, first.body) == ("GET", "/a", {"kdo": "1", "kdy": ""}, b"")
    assert (second.method, second.json, second.delivery) == ("PUT", {"x": [1]}, 7)
    assert (third.form, third.text) == ({"a": "1", "b": "č"}, "a=1&b=č")
    assert (third.header("x-pbxsim-delivery"), third.header("no")) == ("7", None)


def test_the_next_ones_fail_and_then_all_is_well_again(heard: Receiver) -> None:
    heard.fail_next(2, status=503)
    assert [ask(heard)[0] for _ in range(3)] == [503, 503, 200]
    heard.fail_next()
    heard.reset()
    assert ask(heard)[0] == 200
    assert len(heard.received) == 1


ANSWERS: list[tuple[Answer, tuple[int, str, bytes]]] = [
    (204, (204, "text/plain", b"")),
    ("dobře", (200, "text/plain; charset=utf-8", "dobře".encode())),
    (b"ok", (200, "text/plain; charset=utf-8", b"ok")),
    ({"to": "552"}, (200, "application/json", b'{"to":"552"}')),
    ([1], (200, "application/json", b"[1]")),
    ((410, "gone"), (410, "text/plain; charset=utf-8", b"gone")),
    (None, (200, "text/plain; charset=utf-8", b"")),
]


@pytest.mark.parametrize(("answer", "sent"), ANSWERS)
def test_a_handler_gives_the_answer(heard: Receiver, answer: Answer, sent: tuple[int, str, bytes]) -> None:
    heard.handler = lambda request: answer if request.path == "/x" else 500
    assert ask(heard, "/x") == sent


def test_an_answer_that_is_delayed_comes_and_closing_waits_for_nobody(heard: Receiver) -> None:
    heard.delay = 0.01
    assert ask(heard)[0] == 200
    assert heard.received
