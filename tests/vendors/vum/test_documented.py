"""Every example of the vendor's page on the PBX `documented`: what rings, what is recorded, what it costs."""

from __future__ import annotations

import pytest

from tests.vendors import golden
from tests.vendors.documented import Documented

OWN = "226200200"
PARTIES = {
    "01-given-number-first": ("777123456", OWN),
    "02-own-number-first": (OWN, "777123456"),
    "03-page-script": ("777123456", OWN),
    "04-callback": ("603222111", "777123456"),
}


@pytest.mark.cites("S2", "S3", "S4", "S9", "R13")
@pytest.mark.parametrize("name", PARTIES)
def test_an_example_that_orders_a_call_connects_its_two_parties_and_costs_credit(name: str) -> None:
    documented = Documented("vum")
    reply = documented.answer(golden.request("vum", name))
    assert reply.body == "Hovor byl zadán.".encode()
    assert reply.hints == ()
    (record,) = documented.finished()
    assert (record.src, record.dst) == PARTIES[name]
    assert (record.disposition, record.duration, record.talked) == ("ANSWERED", 36, 30)
    charged = 2 if name == "04-callback" else 1
    assert [charge.cost for charge in documented.pbx.ledger.charges("mikrotech")] == [300_000] * charged


@pytest.mark.cites("S9", "R12")
def test_the_page_script_may_read_the_reply_in_the_page_that_it_stands_in() -> None:
    reply = Documented("vum").answer(golden.request("vum", "03-page-script"))
    assert ("Access-Control-Allow-Origin", "http://www.example.com") in reply.headers


@pytest.mark.cites("S5", "S6", "S7", "S8", "R13")
def test_the_info_examples_tell_of_the_calls_before_them() -> None:
    documented = Documented("vum")
    assert documented.answer(golden.request("vum", "05-credit")).body == b"10000.00;2023-11-14 23:13:20;"
    assert documented.answer(golden.request("vum", "06-last-outgoing-call")).body == b""
    documented.answer(golden.request("vum", "04-callback"))
    documented.finished()
    assert documented.answer(golden.request("vum", "05-credit")).body == b"9999.40;2023-11-14 23:13:56;"
    last = documented.answer(golden.request("vum", "06-last-outgoing-call")).body
    assert last == b"2023-11-14 23:13:20;603222111;777123456;33;ANSWERED;"
    for name in ("07-last-incoming-call", "08-last-missed-incoming-call"):
        assert documented.answer(golden.request("vum", name)).body == b""


@pytest.mark.cites("R6")
@pytest.mark.parametrize("name", [name for name in golden.names("vum") if name.endswith("-as-printed")])
def test_an_example_as_printed_is_refused(name: str) -> None:
    documented = Documented("vum")
    assert documented.answer(golden.request("vum", name)).body.startswith(b"Chyba: ")
    assert documented.finished() == []


def test_the_banners_line_places_a_call() -> None:
    line = Documented("vum").interface.curl("http://127.0.0.1:8080")
    assert line == "curl 'http://127.0.0.1:8080/ustredna/webapi.php?klic=VUMGIVEN0001&cislo=777123456'"
