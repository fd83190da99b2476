"""A hand that takes a telephone off the net and puts it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, fixed
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import LineRegistered, LineUnregistered
from pbxsim.pbx.extension import Line, Registration
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call


@pytest.fixture
def office() -> Office:
    return Office(extension("100", line("sip100", max_calls=3)), extension("101"))


@pytest.fixture
def desk(office: Office) -> Line:
    return office.phones["100"].line


def _talking(office: Office, talk: int = 0) -> Call:
    """Have telephone 100 talk with somebody outside, who hangs up after so many seconds, or never."""
    call = office.call("100", f"990100{talk:03d}")
    office.advance(0)
    assert call.bridged_at
    return call


def test_a_telephone_that_drops_off_no_longer_rings_and_is_found_nowhere(office: Office, desk: Line) -> None:
    office.phones["100"].never_answers()
    ringing = office.call("100", "800123456")
    office.handset.unregister(desk)
    assert office.cdr(ringing).disposition is Disposition.FAILED
    assert office.cdr(ringing).cause is HangupCause.SUBSCRIBER_ABSENT
    assert not desk.is_registered
    refused = office.call("100", "800123456")
    assert (refused.legs, refused.cause) == ((), HangupCause.SUBSCRIBER_ABSENT)
    office.finish()


def test_a_telephone_that_drops_off_loses_calls_that_do_not_ring_yet(office: Office, desk: Line) -> None:
    office.phones["100"].meets_calls_with(Behaviour(dialing=fixed(5)))
    call = office.call("100", "800123456")
    office.handset.unregister(desk)
    assert call.cause is HangupCause.SUBSCRIBER_ABSENT
    office.finish()


def test_a_telephone_that_drops_off_keeps_the_calls_that_are_up_or_that_it_places(office: Office, desk: Line) -> None:
    talking, placing = _talking(office, 30), office.dials("sip100", "990300000")
    assert placing is not None
    office.handset.unregister(desk)
    assert not talking.is_over
    assert not placing.is_over
    office.finish()
    assert office.cdr(talking).billsec == 30


def test_all_that_ring_there_fail_together(office: Office, desk: Line) -> None:
    office.phones["100"].never_answers()
    calls = [office.incoming("605000111", "100") for _ in range(3)]
    office.handset.unregister(desk)
    assert [call.is_over for call in calls if call] == [True] * 3
    assert desk.channels == []


def test_a_telephone_comes_back_where_it_was(office: Office, desk: Line) -> None:
    before = desk.registration
    office.handset.unregister(desk)
    assert desk.registration.contact == before.contact
    office.handset.register(desk)
    assert desk.registration == before
    assert office.kinds_heard() == [LineUnregistered, LineRegistered]


def test_what_is_remembered_of_a_telephone_stays_when_it_drops_off() -> None:
    told = Registration(host="192.0.2.9", port=5096, contact="sip:a@192.0.2.9", user_agent="snom", status="OK (35 ms)")
    office = Office(extension("100", Line(id=1, user="a", registration=told)))
    telephone = office.phones["a"].line
    office.handset.unregister(telephone)
    assert telephone.registration == Registration(contact=told.contact, user_agent="snom", status="UNKNOWN")
    office.handset.register(telephone)
    assert telephone.registration == told


def test_an_account_that_is_not_monitored_stays_so_when_it_drops_off(office: Office, desk: Line) -> None:
    assert desk.registration.status == ""
    office.handset.unregister(desk)
    assert (desk.registration.host, desk.registration.status) == ("", "")


def test_a_telephone_that_never_was_registered_registers_from_this_machine() -> None:
    office = Office(extension("100", line("a", registered=False)))
    telephone = office.phones["a"].line
    office.handset.register(telephone)
    assert telephone.registration == Registration(host="127.0.0.1", port=5060, status="OK (1 ms)")
    office.call("100", "990100001")
    assert len(telephone.channels) == 1


def test_registering_twice_or_dropping_off_twice_is_nothing_to_do(office: Office, desk: Line) -> None:
    with pytest.raises(NothingToDo, match="registered already"):
        office.handset.register(desk)
    office.handset.unregister(desk)
    with pytest.raises(NothingToDo, match="not registered"):
        office.handset.unregister(desk)
