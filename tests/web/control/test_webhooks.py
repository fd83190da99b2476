"""Deliveries by the control API: what was told to whom, what came back, and once more on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import Notice, Receiver, Retry
from pbxsim.sinks.outbox.outbox import Outbox
from pbxsim.sinks.store.port import NotStored, NullStore
from pbxsim.web.control.webhooks import masked
from tests.receivers import WebReceiver, closing, reply
from tests.web.control.test_contract import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.web.town import Town


class Telling:
    """A town whose PBX tells a web receiver of things."""

    def __init__(self, town: Town, hook: WebReceiver, record_store: NullStore) -> None:
        self.town = town
        self.hook = hook
        host = town.host
        host.outbox.clear()
        host.driver.barriers.remove(host.outbox.tried)
        receivers = [
            Receiver(
                name=name, vendor="acme", address=f"{hook.url}/{name}", username="jan", password="tajné", retry=retry
            )
            for name, retry in (("acme", Retry(give_up=5)), ("acme:2", Retry()))
        ]
        host.outbox = Outbox(host.pbx, receivers, record_store, host.driver)
        host.driver.barriers.append(host.outbox.tried)
        host.outbox.start()

    def post(self, event: str, *, to: str = "acme", path: str = "/acme", **more: Any) -> None:  # noqa: ANN401 - Notice's own
        """Have something told."""
        url = more.pop("url", self.hook.url + path)
        self.town.host.pbx.events.emit(NoticePosted(Notice(receiver=to, event=event, url=url, **more)))

    async def listed(self, query: str = "") -> list[dict[str, Any]]:
        """Read the list, and see that it fits the contract."""
        answered = await self.town.get(f"/_pbxsim/webhooks?{query}")
        assert answered.status == 200, answered.body
        check(answered, "GET", "/_pbxsim/webhooks")
        found: list[dict[str, Any]] = answered.json
        return found


class UnreadableShelf(NullStore):
    """A store that cannot be read."""

    async def find(self, delivery: int) -> None:
        """Say so."""
        raise NotStored("the database is gone")


@pytest.fixture
async def telling(town: Town) -> AsyncIterator[Telling]:
    """Give a town with a receiver that is up."""
    hook = await WebReceiver.started()
    yield Telling(town, hook, NullStore())
    await hook.go_down()


async def test_a_delivery_in_full(telling: Telling) -> None:
    telling.hook.replies.extend([reply(500, b"oops"), reply(200, "díky".encode())])
    body = '{"co":"něco"}'.encode()
    telling.post("Cdr", call=3, method="POST", content_type="application/json", body=body)
    await telling.town.advance(1)
    (shown,) = await telling.listed()
    for made in shown["tries"]:
        assert made.pop("took_ms") > 0
    assert shown == {
        "id": 1,
        "receiver": "acme",
        "vendor": "acme",
        "event": "Cdr",
        "call": 3,
        "method": "POST",
        "url": f"{telling.hook.url}/acme",
        "content_type": "application/json",
        "body": '{"co":"něco"}',
        "body_base64": None,
        "state": "delivered",
        "posted_at": "2026-01-01T00:00:00.000000Z",
        "due": None,
        "delivered_at": "2026-01-01T00:00:01.000000Z",
        "redelivered": 0,
        "tries": [
            {
                "at": "2026-01-01T00:00:00.000000Z",
                "status": 500,
                "reply": "oops",
                "error": "HTTP 500: Internal Server Error",
            },
            {"at": "2026-01-01T00:00:01.000000Z", "status": 200, "reply": "díky", "error": None},
        ],
    }


async def test_a_delivery_that_waits_says_when_it_is_due(telling: Telling) -> None:
    telling.hook.usual = closing()
    telling.post("Ping", body=b"\xff\xfe", method="POST")
    await telling.town.advance(0)
    (shown,) = await telling.listed()
    assert (shown["state"], shown["due"], shown["delivered_at"]) == ("pending", "2026-01-01T00:00:01.000000Z", None)
    assert (shown["body"], shown["body_base64"], shown["call"]) == (None, "//4=", None)
    assert shown["tries"][0]["status"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4]),
        ("receiver=acme", [1, 2, 4]),
        ("receiver=acme:2", [3]),
        ("event=Cdr", [1, 3]),
        ("call=7", [2, 3]),
        ("state=delivered", [1, 3]),
        ("state=failed", [2]),
        ("state=pending", [4]),
        ("after=2", [3, 4]),
        ("limit=1&event=Cdr&after=1", [3]),
    ],
)
async def test_filters_narrow_the_list(telling: Telling, query: str, found: list[int]) -> None:
    telling.post("Cdr")
    telling.post("Ping", call=7, url="http://127.0.0.1:9/")
    telling.post("Cdr", call=7, to="acme:2", path="/acme:2")
    await telling.town.advance(0)
    telling.hook.usual = reply(500)
    telling.post("Ping")
    await telling.town.advance(0)
    assert [shown["id"] for shown in await telling.listed(query)] == found


async def test_a_full_page_leads_to_the_next(telling: Telling) -> None:
    telling.post("a")
    telling.post("b")
    answered = await telling.town.get("/_pbxsim/webhooks?limit=1")
    assert answered.headers["Link"] == '</_pbxsim/webhooks?limit=1&after=1>; rel="next"'


async def test_redelivery_sends_it_once_more(telling: Telling) -> None:
    telling.post("Cdr")
    await telling.town.advance(0)
    answered = await telling.town.post("/_pbxsim/webhooks/1/redeliver")
    assert answered.status == 202
    check(answered, "POST", "/_pbxsim/webhooks/{id}/redeliver")
    assert (answered.json["state"], answered.json["redelivered"]) == ("pending", 1)
    await telling.town.advance(0)
    assert telling.hook.answered == [1, 1]
    (shown,) = await telling.listed()
    assert (shown["state"], len(shown["tries"])) == ("delivered", 2)


@pytest.mark.parametrize("number", ["7", "0", "x", "-1"])
async def test_redelivery_of_what_is_not_there(telling: Telling, number: str) -> None:
    answered = await telling.town.post(f"/_pbxsim/webhooks/{number}/redeliver")
    assert answered.status == 404
    check(answered, "POST", "/_pbxsim/webhooks/{id}/redeliver")


async def test_redelivery_while_the_store_cannot_be_read(town: Town) -> None:
    hook = await WebReceiver.started()
    Telling(town, hook, UnreadableShelf())
    answered = await town.post("/_pbxsim/webhooks/7/redeliver")
    assert (answered.status, "the database is gone" in answered.json["detail"]) == (503, True)
    await hook.go_down()


async def test_credentials_are_never_shown(telling: Telling) -> None:
    telling.post("Cdr", path="/acme?token=abc&x=1")
    await telling.town.advance(0)
    answered = await telling.town.get("/_pbxsim/webhooks")
    assert b"abc" not in answered.body
    assert "tajné".encode() not in answered.body
    assert telling.hook.heard[0].target == "/acme?token=abc&x=1"


async def test_a_form_is_shown_without_its_secrets(telling: Telling) -> None:
    form = "application/x-www-form-urlencoded"
    telling.post("fin", method="POST", content_type=form, body=b"ref=7&token=abc&pass=def&s=30")
    telling.post("fin", method="POST", content_type=f"{form}; charset=utf-8", body=b"clave=abc")
    telling.post("Cdr", method="POST", content_type="application/json", body=b'{"key":"a=b&token=c"}')
    await telling.town.advance(0)
    shown = [one["body"] for one in await telling.listed()]
    assert shown == ["ref=7&token=***&pass=***&s=30", "clave=***", '{"key":"a=b&token=c"}']
    assert telling.hook.heard[0].body == b"ref=7&token=abc&pass=def&s=30"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h/p?a=1&token=x&b=2", "http://h/p?a=1&token=***&b=2"),
        ("http://u:p@h/p", "http://***@h/p"),
        ("https://u@h:8/p?q=a@b", "https://***@h:8/p?q=a@b"),
        ("http://h/?API%4BEY=1;key=2&KEY=&password=3#t", "http://h/?API%4BEY=***;key=***&KEY=***&password=***#t"),
        (
            "http://h/?heslo=a&Clave=b&contrase%C3%B1a=c&kl%C3%AD%C4%8D=d",
            "http://h/?heslo=***&Clave=***&contrase%C3%B1a=***&kl%C3%AD%C4%8D=***",
        ),
        ("http://h/monkey?monkey=1&callid=2", "http://h/monkey?monkey=1&callid=2"),
        ("mailto:ana@example.com", "mailto:ana@example.com"),
        ("http://h/p?", "http://h/p?"),
    ],
)
def test_what_is_hidden_in_a_url(url: str, shown: str) -> None:
    assert masked(url) == shown
