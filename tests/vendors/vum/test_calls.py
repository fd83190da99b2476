"""Whom VUM calls first and whom then, what they see, and what the record says."""

from __future__ import annotations

import pytest

from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.vendors.vum.settings import Key, KeyKind
from tests.vendors.vum.client import CALLBACK, GIVEN, OWN, Client, with_settings

pytestmark = pytest.mark.engines

ANSWERS = "990105060"  # answers after 5 s, hangs up after 60 s of talk


@pytest.mark.cites("S2", "R2", "R16")
def test_a_given_number_first_key_rings_the_given_number_and_then_the_own_one() -> None:
    client = Client()
    call = client.call(f"klic={GIVEN}&cislo={ANSWERS}")
    assert [leg.number for leg in call.legs] == [ANSWERS]
    assert call.first is None
    client.office.advance(5)
    assert call.legs[1].line is not None
    assert call.legs[1].line.user == "sip100"
    assert call.state is CallState.TALKING


@pytest.mark.cites("S3")
def test_an_own_number_first_key_rings_the_own_number_and_then_the_given_one() -> None:
    client = Client()
    client.office.phones["sip100"].answers(after=4)
    client.office.phones["sip101"].answers(after=9)
    call = client.call(f"klic={OWN}&cislo={ANSWERS}")
    assert [leg.peer for leg in call.legs] == ["sip100", "sip101"]
    client.office.advance(4)
    assert [leg.number for leg in call.live_legs()] == ["100", ANSWERS]
    client.office.advance(5)
    assert call.state is CallState.TALKING


@pytest.mark.cites("S4")
def test_a_callback_key_rings_cislo_kdo_and_then_cislo() -> None:
    client = Client()
    call = client.call(f"klic={CALLBACK}&cislo={ANSWERS}&cislo_kdo={number_that_answers(7)}")
    assert [leg.number for leg in call.legs] == [number_that_answers(7)]
    client.office.advance(7)
    assert [leg.number for leg in call.legs] == [number_that_answers(7), ANSWERS]
    assert call.second is None
    client.office.advance(5)
    assert call.state is CallState.TALKING


def number_that_answers(after: int) -> str:
    """Spell a number that answers after so many seconds, and does not hang up."""
    return f"9901{after:02d}000"


@pytest.mark.not_at_asterisk("it takes two minutes of real time")
@pytest.mark.cites("S2", "S3", "S4", "R11")
def test_the_record_names_first_whoever_was_called_first() -> None:
    client = Client()
    records = [
        client.record(f"klic={GIVEN}&cislo={ANSWERS}"),
        client.record(f"klic={OWN}&cislo={ANSWERS}"),
        client.record(f"klic={CALLBACK}&cislo={ANSWERS}&cislo_kdo=990101001"),
    ]
    assert [(record.src, record.dst) for record in records] == [
        (ANSWERS, "100"),
        ("299299000", ANSWERS),
        ("990101001", ANSWERS),
    ]
    assert {(record.vendor, record.account) for record in records} == {("vum", "customer")}


@pytest.mark.cites("R7")
def test_the_own_telephone_shows_the_other_party_and_the_other_party_sees_the_own_public_number() -> None:
    client = Client()
    given_first = client.call(f"klic={GIVEN}&cislo=990100000")
    client.office.advance(0)
    assert [leg.shown_number for leg in given_first.legs] == ["299299000", "990100000", "990100000"]
    own_first = client.call(f"klic={OWN}&cislo=990100000")
    client.office.advance(0)
    assert [(leg.peer, leg.shown_number) for leg in own_first.legs] == [
        ("sip100", "990100000"),
        ("sip101", "990100000"),
        ("upc", "299299000"),
    ]


@pytest.mark.cites("R7")
def test_the_parties_of_a_callback_see_each_other_unless_the_key_has_an_own_number() -> None:
    query = f"klic={CALLBACK}&cislo=990100000&cislo_kdo=990100001"
    assert shown(Client(), query) == ["990100000", "990100001"]
    named = Key(key=CALLBACK, kind=KeyKind.CALLBACK, account="customer", own="222333444")
    assert shown(Client(with_settings(keys=(named,))), query) == ["222333444", "222333444"]


def shown(client: Client, query: str) -> list[str]:
    """Place a call whose parties answer at once, and give what each sees."""
    call = client.call(query)
    client.office.advance(0)
    return [leg.shown_number for leg in call.legs]


@pytest.mark.cites("R16")
def test_a_number_that_leads_nowhere_is_accepted_and_becomes_a_failed_call() -> None:
    record = Client().record(f"klic={GIVEN}&cislo=12")
    assert (record.disposition, record.cause) == (Disposition.FAILED, HangupCause.UNALLOCATED)


@pytest.mark.not_at_asterisk("it takes half a minute of real time")
@pytest.mark.cites("R16")
def test_ring_seconds_is_how_long_either_party_is_rung() -> None:
    client = Client(with_settings(ring_seconds=12))
    record = client.record(f"klic={GIVEN}&cislo=990300000")
    assert (record.disposition, record.duration) == (Disposition.NO_ANSWER, 12)
    client = Client(with_settings(ring_seconds=12))
    record = client.record(f"klic={CALLBACK}&cislo=990300000&cislo_kdo=990103000")
    assert (record.disposition, record.duration) == (Disposition.NO_ANSWER, 15)
