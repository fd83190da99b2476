"""Which pages may use a key from a browser, and read what comes back."""

from __future__ import annotations

import msgspec
import pytest

from tests.vendors.vum.client import CALLBACK, GIVEN, INFO, KEYS, OWN, PAGE, Client, with_settings

VARY = ("Vary", "Origin")
LEAVE = ("Access-Control-Allow-Origin", PAGE)
CALL = "cislo=777123456"


@pytest.mark.cites("R12", "S9")
@pytest.mark.parametrize("key", [GIVEN, OWN])
def test_a_click_to_call_key_may_be_used_from_a_page_that_it_lists(key: str) -> None:
    reply = Client().send(f"klic={key}&{CALL}", Origin=PAGE)
    assert reply.call == 1
    assert reply.headers == (LEAVE, VARY)


@pytest.mark.cites("R12")
def test_the_page_may_read_a_refusal_too() -> None:
    reply = Client().send(f"klic={GIVEN}", Origin=PAGE)
    assert reply.body == "Chyba: chybí číslo.".encode()
    assert reply.headers == (LEAVE, VARY)


@pytest.mark.cites("R12")
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://www.example.com",
        "http://www.example.com:80",
        "HTTP://WWW.EXAMPLE.COM",
        "null",
        "*",
    ],
)
def test_any_other_origin_gets_no_leave_and_caches_are_told_so(origin: str) -> None:
    assert Client().send(f"klic={GIVEN}&{CALL}", Origin=origin).headers == (VARY,)


@pytest.mark.cites("R12")
def test_without_an_origin_the_reply_still_varies_by_it() -> None:
    assert Client().send(f"klic={GIVEN}&{CALL}").headers == (VARY,)


@pytest.mark.cites("R12")
def test_a_key_that_lists_no_origin_knows_nothing_of_browsers() -> None:
    bare = msgspec.structs.replace(KEYS[0], origins=())
    assert Client(with_settings(keys=(bare,))).send(f"klic={GIVEN}&{CALL}", Origin=PAGE).headers == ()


@pytest.mark.cites("R12", "S10")
@pytest.mark.parametrize("query", [f"klic={INFO}&typ=1", f"klic={CALLBACK}&{CALL}&cislo_kdo=603222111", "klic=x"])
def test_an_info_or_callback_key_never_goes_to_a_browser(query: str) -> None:
    client = Client()
    assert client.send(query, Origin=PAGE).headers == ()
    asked = client.send(query, "OPTIONS", Origin=PAGE, Access_Control_Request_Method="GET")
    assert (asked.status, asked.body, asked.headers) == (204, b"", ())


@pytest.mark.cites("R12")
def test_a_preflight_is_answered_with_leave_and_makes_no_call() -> None:
    client = Client()
    query = f"klic={GIVEN}&{CALL}"
    reply = client.send(query, "OPTIONS", Origin=PAGE, Access_Control_Request_Method="GET")
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers == (
        LEAVE,
        ("Access-Control-Allow-Methods", "GET, POST"),
        ("Access-Control-Allow-Headers", "Content-Type, X-Requested-With"),
        VARY,
    )
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R12")
def test_a_preflight_from_another_page_gets_no_leave() -> None:
    evil = "http://evil.example"
    reply = Client().send(f"klic={GIVEN}&{CALL}", "OPTIONS", Origin=evil, Access_Control_Request_Method="GET")
    assert (reply.status, reply.headers) == (204, (VARY,))
