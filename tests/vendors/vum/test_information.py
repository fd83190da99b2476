"""What `typ=2` and `typ=3` tell: the last call in either direction, in a state or in any."""

from __future__ import annotations

import pytest

from pbxsim.pbx import clearing
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import RecordRules
from pbxsim.vendors.vum.settings import Key, KeyKind
from tests.vendors.vum.client import GIVEN, INFO, KEYS, OWN, Client, with_settings

ANSWERS = "990105060"  # answers after 5 s, hangs up after 60 s of talk


@pytest.mark.cites("S5", "S7", "R11")
def test_the_last_outgoing_call_is_told_in_five_fields() -> None:
    client = Client()
    client.record(f"klic={OWN}&cislo={ANSWERS}")
    assert client.ask(f"klic={INFO}&typ=2") == f"2023-11-14 23:13:20;299299000;{ANSWERS};60;ANSWERED;"
    assert client.ask(f"klic={INFO}&typ=3") == ""


@pytest.mark.cites("R11")
def test_in_asterisks_rows_the_length_counts_from_when_the_first_party_is_up() -> None:
    client = Client()
    client.office.pbx.calls.records = RecordRules()
    client.record(f"klic={OWN}&cislo={ANSWERS}")
    assert client.ask(f"klic={INFO}&typ=2") == f"2023-11-14 23:13:20;299299000;{ANSWERS};65;ANSWERED;"


@pytest.mark.cites("R11")
def test_in_asterisks_rows_a_first_party_that_was_not_reached_is_told_with_the_number_asked_for() -> None:
    client = Client()
    client.office.pbx.calls.records = RecordRules()
    client.record(f"klic={GIVEN}&cislo=990201000")
    assert client.ask(f"klic={INFO}&typ=2") == "2023-11-14 23:13:20;990201000;100;0;BUSY;"


@pytest.mark.cites("S5", "S7", "R11", "R10")
def test_the_last_incoming_call_is_told_in_five_fields() -> None:
    client = Client()
    client.office.advance(10)
    client.office.phones["sip100"].answers(after=3, talks=41)
    client.office.phones["sip101"].never_answers()
    client.office.incoming("777123456", "299299000")
    client.office.finish()
    assert client.ask(f"klic={INFO}&typ=3") == "2023-11-14 23:13:30;777123456;299299000;41;ANSWERED;"
    assert client.ask(f"klic={INFO}&typ=2") == ""


@pytest.mark.cites("R11", "R2")
def test_without_a_matching_call_the_body_is_empty() -> None:
    client = Client()
    for query in ("typ=2", "typ=3", "typ=3&styp=2"):
        reply = client.send(f"klic={INFO}&{query}")
        assert (reply.status, reply.body, reply.code) == (200, b"", "")


@pytest.mark.cites("R10")
def test_a_call_in_progress_is_no_last_call_yet() -> None:
    client = Client()
    client.call(f"klic={GIVEN}&cislo={ANSWERS}")
    assert client.ask(f"klic={INFO}&typ=2") == ""


@pytest.mark.cites("S8")
@pytest.mark.parametrize("kind", ["2", "3"])
def test_styp_chooses_the_last_call_of_a_state(kind: str) -> None:
    client = Client()
    states = ["ANSWERED", "NO ANSWER", "BUSY", "FAILED", "BUSY"]
    for state in states:
        one_call(client, kind, state)
    asked = {styp: client.ask(f"klic={INFO}&typ={kind}&styp={styp}").split(";") for styp in "12345"}
    assert {styp: fields[4] for styp, fields in asked.items()} == {
        "1": "ANSWERED",
        "2": "BUSY",
        "3": "NO ANSWER",
        "4": "BUSY",
        "5": "FAILED",
    }
    assert client.ask(f"klic={INFO}&typ={kind}") == client.ask(f"klic={INFO}&typ={kind}&styp=2")


def one_call(client: Client, kind: str, state: str) -> None:
    """Have one outgoing (2) or incoming (3) call end in that state."""
    numbers = {"ANSWERED": "990101010", "NO ANSWER": "990300000", "BUSY": "990201000", "FAILED": "990401000"}
    client.office.advance(100)
    if kind == "2":
        record = client.record(f"klic={OWN}&cislo={numbers[state]}")
    else:
        call = client.office.incoming(numbers[state], "299299000")
        assert call is not None
        if state != "ANSWERED":
            cause = {"NO ANSWER": HangupCause.NO_ANSWER, "BUSY": HangupCause.USER_BUSY}.get(
                state, HangupCause.NORMAL_TEMPORARY_FAILURE
            )
            clearing.end(client.office.pbx.calls, call, cause, Disposition(state))
        client.office.finish()
        record = client.office.cdr(call)
    assert record.disposition == state


@pytest.mark.cites("R15", "S8")
@pytest.mark.parametrize("styp", ["0", "6", "12", "x", '2"', "-1", "01", "ANSWERED"])
def test_a_styp_outside_1_to_5_is_refused(styp: str) -> None:
    assert Client().ask(f"klic={INFO}&typ=2&styp={styp}") == "Chyba: neplatné upřesnění typu."


@pytest.mark.cites("R15", "R6")
@pytest.mark.parametrize("typ", ["0", "4", "11", "x", '1"', "-1", "01", ""])
def test_a_typ_outside_1_to_3_is_refused(typ: str) -> None:
    assert Client().ask(f"klic={INFO}&typ={typ}") == "Chyba: neplatný typ."


@pytest.mark.cites("R15")
def test_styp_with_typ_1_is_ignored() -> None:
    client = Client()
    assert client.ask(f"klic={INFO}&typ=1&styp=9") == client.ask(f"klic={INFO}&typ=1")


@pytest.mark.cites("R10")
def test_outgoing_is_also_what_an_own_telephone_dials_and_incoming_what_the_account_did_not_order() -> None:
    client = Client()
    client.office.dials("sip100", "990101010")
    client.office.finish()
    assert client.ask(f"klic={INFO}&typ=2").split(";")[1:3] == ["100", "990101010"]
    client.record(f"klic={GIVEN}&cislo=990101010")
    assert client.ask(f"klic={INFO}&typ=2").split(";")[1:3] == ["990101010", "100"]
    assert client.ask(f"klic={INFO}&typ=3") == ""
    client.office.dials("sip200", "100")
    client.office.advance(60)
    client.office.pbx.calls.hang_up(next(iter(client.office.pbx.calls.live.values())))
    assert client.ask(f"klic={INFO}&typ=3").split(";")[1:3] == ["200", "100"]


@pytest.mark.cites("R10")
def test_an_account_knows_nothing_of_another_accounts_calls() -> None:
    theirs = Key(key="NEIGHBOUR", kind=KeyKind.INFO, account="neighbour")
    client = Client(with_settings(keys=(*KEYS, theirs), numbers={"neighbour": ("200",)}))
    client.record(f"klic={GIVEN}&cislo={ANSWERS}")
    client.office.incoming("990101010", "299299000")
    client.office.finish()
    assert client.ask("klic=NEIGHBOUR&typ=2") == client.ask("klic=NEIGHBOUR&typ=3") == ""
    client.office.dials("sip100", "200")
    client.office.advance(9)
    client.office.pbx.calls.hang_up(client.office.pbx.calls.live[3])
    assert client.ask("klic=NEIGHBOUR&typ=3") == "2023-11-14 23:14:35;100;200;9;ANSWERED;"
