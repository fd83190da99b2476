"""The journal's words for calls: who brought a call down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.sinks.journal.journal import Entry, Journal
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("102"))


@pytest.fixture
def journal(office: Office) -> Journal:
    return Journal(office.pbx)


def _of(journal: Journal, kind: str) -> list[Entry]:
    return [entry for entry in journal.entries() if entry.kind == kind]


def _who_ended(journal: Journal, call: Call) -> list[str]:
    """Give the channels of the parties that brought the call down."""
    return [
        entry.channel for entry in _of(journal, "leg-ended") if entry.call == call.number and entry.data["ends_call"]
    ]


@pytest.mark.parametrize(("who", "channel"), [("100", "SIP/sip100-00000001"), ("102", "SIP/sip102-00000002")])
def test_the_party_that_hung_up_is_marked(office: Office, journal: Journal, who: str, channel: str) -> None:
    call = office.call("100", "102")
    office.advance(0)
    office.phones[who].hangs_up()
    assert _who_ended(journal, call) == [channel]


def test_nobody_is_marked_where_the_pbx_ended_the_call(office: Office, journal: Journal) -> None:
    by_command = office.call("100", "102")
    office.advance(0)
    office.pbx.calls.hang_up(by_command)
    by_limit = office.call("100", "102", talk_limit=SECOND)
    office.advance(1)
    assert by_command.is_over
    assert by_limit.is_over
    assert _who_ended(journal, by_command) == _who_ended(journal, by_limit) == []


def test_a_caller_who_gives_up_while_it_rings_is_marked(office: Office, journal: Journal) -> None:
    office.phones["102"].never_answers()
    call = office.call("100", "102")
    office.advance(0)
    office.phones["100"].hangs_up()
    assert _who_ended(journal, call) == ["SIP/sip100-00000001"]


@pytest.mark.parametrize("outcome", ["is_busy", "rejects", "fails", "never_answers"])
def test_the_party_that_could_not_be_had_is_marked(office: Office, journal: Journal, outcome: str) -> None:
    getattr(office.phones["102"], outcome)()
    call = office.call("100", "102")
    office.finish()
    assert _who_ended(journal, call) == ["SIP/sip102-00000002"]
    assert _of(journal, "leg-ended")[0].data["up_seconds"] is None


def test_of_several_telephones_that_ring_only_the_last_to_fail_is_marked() -> None:
    both = Office(extension("100"), extension("300", line("a"), line("b")))
    told = Journal(both.pbx)
    both.phones["a"].is_busy(after=1)
    both.phones["b"].is_busy(after=2)
    call = both.call("100", "300")
    both.finish()
    assert _who_ended(told, call) == ["SIP/b-00000003"]


def test_a_telephone_that_stops_ringing_because_another_answered_is_not_marked() -> None:
    both = Office(extension("100"), extension("300", line("a"), line("b")))
    told = Journal(both.pbx)
    both.phones["a"].answers(after=1)
    both.phones["b"].never_answers()
    call = both.call("100", "300")
    both.advance(1)
    both.pbx.calls.hang_up(call)
    assert _who_ended(told, call) == []
    elsewhere = [entry.data for entry in _of(told, "leg-ended") if entry.data["cause"] == 26]
    assert [data["cause_name"] for data in elsewhere] == ["ANSWERED_ELSEWHERE"]
