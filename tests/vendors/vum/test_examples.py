"""Every example of the vendor's page, as it goes over the wire."""

from __future__ import annotations

import pytest

from pbxsim.vendors.vum.errors import TEXTS
from tests.vendors import golden
from tests.vendors.vum.client import Client

EXAMPLES = golden.names("vum")
FAULTY = [name for name in EXAMPLES if name.endswith("-as-printed")]
ORDERS = ["01-given-number-first", "02-own-number-first", "03-page-script", "04-callback"]
CREDIT = "05-credit"
CALLS = ["06-last-outgoing-call", "07-last-incoming-call", "08-last-missed-incoming-call"]


def test_every_example_is_in_one_of_the_tests_here() -> None:
    assert sorted([*FAULTY, *ORDERS, CREDIT, *CALLS]) == EXAMPLES


@pytest.mark.cites("S2", "S3", "S4", "S9")
@pytest.mark.parametrize("name", ORDERS)
def test_an_example_that_orders_a_call_has_one_rung_answered_and_recorded(name: str) -> None:
    client = Client()
    reply = client.interface.answer(golden.request("vum", name))
    assert reply.body == "Hovor byl zadán.".encode()
    assert len(client.office.pbx.calls.live) == 1
    assert reply.hints == ()
    client.office.advance(20)
    client.office.pbx.calls.hang_up(client.office.pbx.calls.live[1])
    assert [record.disposition for record in client.office.cdrs()] == ["ANSWERED"]


@pytest.mark.cites("S5", "S6")
def test_the_credit_example_is_answered_in_the_documented_fields() -> None:
    reply = Client().interface.answer(golden.request("vum", CREDIT))
    shape = (golden.FIXTURES / "vum" / f"{CREDIT}.shape").read_bytes()
    assert reply.body == b"100.00;2023-11-14 23:13:20;"
    assert reply.body.count(b";") == shape.count(b";") == 2


@pytest.mark.cites("S5", "S7", "S8")
@pytest.mark.parametrize("name", CALLS)
def test_the_last_call_examples_are_answered_in_the_documented_fields(name: str) -> None:
    client = Client()
    client.interface.answer(golden.request("vum", "01-given-number-first"))
    client.office.incoming("777123456", "299299000")
    client.office.advance(20)
    for call in list(client.office.pbx.calls.live.values()):
        client.office.pbx.calls.hang_up(call)
    client.office.phones["sip100"].never_answers()
    client.office.phones["sip101"].never_answers()
    client.office.incoming("777654321", "299299000")
    client.office.finish()
    bodies = {
        "06-last-outgoing-call": b"2023-11-14 23:13:20;777123456;100;20;ANSWERED;",
        "07-last-incoming-call": b"2023-11-14 23:13:40;777654321;299299000;0;NO ANSWER;",
        "08-last-missed-incoming-call": b"2023-11-14 23:13:40;777654321;299299000;0;NO ANSWER;",
    }
    reply = client.interface.answer(golden.request("vum", name))
    assert reply.body == bodies[name]
    shape = (golden.FIXTURES / "vum" / f"{name}.shape").read_bytes()
    assert reply.body.count(b";") == shape.count(b";") == 5


@pytest.mark.cites("R6", "R15")
@pytest.mark.parametrize("name", FAULTY)
def test_an_example_copied_with_its_stray_quotation_mark_is_refused_with_a_hint(name: str) -> None:
    client = Client()
    reply = client.interface.answer(golden.request("vum", name))
    assert reply.body.startswith(b"Chyba: neplatn")
    assert "quotation mark" in reply.hints[0]
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R3")
def test_the_texts_are_those_of_the_golden_files() -> None:
    on_file = golden.errors("vum")
    assert {cause: TEXTS[cause] for cause in TEXTS if cause in on_file} == on_file
