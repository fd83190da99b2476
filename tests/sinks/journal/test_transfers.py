"""What the journal says of transfers, diversions, spies, buttons and queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.extension import Diversion
from pbxsim.sinks.journal.journal import Journal
from pbxsim.testing.office import Office, extension
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.sinks.journal.journal import Entry


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"), extension("102"))


def _of(journal: Journal, *kinds: str) -> list[Entry]:
    return [entry for entry in journal.entries() if entry.kind in kinds]


def test_a_blind_transfer_names_who_transferred_and_whereto(office: Office) -> None:
    journal = Journal(office.pbx)
    office.dials("sip100", "990100000")
    office.advance(0)
    office.handset.transfer(office.phones["100"].line, "101")
    (told,) = _of(journal, "call-transferred")
    assert (told.call, told.channel, told.data) == (1, "SIP/sip100-00000001", {"how": "blind", "to": "101"})


def test_an_attended_transfer_names_the_consultation(office: Office) -> None:
    journal, desk = Journal(office.pbx), office.phones["100"].line
    office.dials("sip100", "990100000")
    office.advance(0)
    office.handset.consult(desk, "101")
    office.advance(0)
    office.handset.complete(desk)
    (told,) = _of(journal, "call-transferred")
    assert (told.call, told.data) == (1, {"how": "attended", "to": "101", "consultation": 2})
    bridged = _of(journal, "call-bridged")[-1].data
    assert (bridged["first"], bridged["second"]) == ("SIP/upc-00000002", "SIP/sip101-00000004")


def test_a_diverted_call_names_line_reason_and_number(office: Office) -> None:
    journal = Journal(office.pbx)
    office.handset.divert(office.phones["100"].line, Diversion(always="101"))
    office.incoming("605000111", "100")
    (told,) = _of(journal, "call-diverted")
    assert (told.call, told.data) == (1, {"line": "sip100", "why": "always", "to": "101"})


def test_buttons_are_told_as_they_stand(office: Office) -> None:
    journal, desk = Journal(office.pbx), office.phones["100"].line
    office.handset.do_not_disturb(desk, on=True)
    office.handset.divert(desk, Diversion(busy="101", no_answer="102", after=5 * SECOND))
    office.handset.divert(desk, None)
    who = {"line": "sip100", "extension": "100"}
    assert [entry.data for entry in _of(journal, "do-not-disturb-changed", "diversion-changed")] == [
        {**who, "do_not_disturb": True},
        {**who, "busy": "101", "no_answer": "102", "after_seconds": 5},
        who,
    ]


def test_a_spy_names_the_channel_and_its_call(office: Office) -> None:
    journal = Journal(office.pbx)
    office.dials("sip100", "990100000")
    office.advance(0)
    office.call("102", kind=CallKind.SPY, spied_line=office.phones["100"].line)
    office.advance(0)
    (told,) = _of(journal, "spy-attached")
    assert (told.call, told.data) == (2, {"hears": "SIP/sip100-00000001", "in_call": 1})


def test_a_caller_joins_a_queue_and_leaves_it_one_way_or_another() -> None:
    centre = CallCentre(queue("anna"))
    journal = Journal(centre.pbx)
    taken, gone = centre.calls(), centre.calls()
    centre.phones["anna"].picks_up()
    centre.pbx.calls.hang_up(gone)
    assert [(entry.kind, entry.call, entry.data) for entry in _of(journal, "caller-joined", "caller-left")] == [
        ("caller-joined", taken.number, {"queue": "sales"}),
        ("caller-joined", gone.number, {"queue": "sales"}),
        ("caller-left", taken.number, {"queue": "sales", "how": "connected"}),
        ("caller-left", gone.number, {"queue": "sales", "how": "abandoned"}),
    ]
