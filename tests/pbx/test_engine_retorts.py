"""The engine port: an engine that reports something while it is told to hang up finds everything over already."""

from __future__ import annotations

import pytest

from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.channel import Report
from pbxsim.testing.scripted_engine import Deed, Word, at_once
from tests.pbx.played import ends_once, played, small_office

ANSWERED, RINGING, HUNG_UP, FAILED = Report.ANSWERED, Report.RINGING, Report.HUNG_UP, Report.FAILED
SECOND_THOUGHTS = [
    (HUNG_UP, -1),
    (FAILED, -1),
    (ANSWERED, -1),
    (RINGING, -1),
    (HUNG_UP, 0),
    (HUNG_UP, 1),
    (HUNG_UP, 2),
    (ANSWERED, 1),
    (ANSWERED, 2),
]


def _retorts(report: Report, leg: int) -> list[Deed]:
    return [Deed((Word(report, leg),))] * 10


@pytest.mark.parametrize(("report", "leg"), SECOND_THOUGHTS, ids=str)
def test_a_report_from_inside_hang_up_cannot_undo_the_end_of_the_ringing(report: Report, leg: int) -> None:
    office = small_office()
    _, referee = played(office, hang_up=_retorts(report, leg))
    call = office.call("101", "800123456")
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert len(call.legs) == 3, "nobody else may be rung by a call that is over"


@pytest.mark.parametrize(("report", "leg"), SECOND_THOUGHTS, ids=str)
def test_a_report_from_inside_hang_up_cannot_undo_the_end_of_a_conversation(report: Report, leg: int) -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED), at_once(ANSWERED)], hang_up=_retorts(report, leg))
    call = office.call("100", "800123456")
    office.advance(5)
    office.pbx.calls.hang_up(call)
    assert ends_once(office, call, referee) is Disposition.ANSWERED
    assert office.cdr(call).billsec == 5


@pytest.mark.parametrize(("report", "leg"), SECOND_THOUGHTS, ids=str)
@pytest.mark.parametrize("winner", [0, 1, 2])
def test_a_report_from_inside_hang_up_of_the_telephones_that_lost_ends_the_call_at_most_once(
    report: Report, leg: int, winner: int
) -> None:
    office = small_office()
    engine, referee = played(office, hang_up=_retorts(report, leg))
    call = office.call("101", "800123456")
    engine.say(winner, ANSWERED)
    assert call.is_over == (report is HUNG_UP and leg == winner)
    ends_once(office, call, referee)


@pytest.mark.parametrize(("report", "leg"), SECOND_THOUGHTS, ids=str)
def test_a_report_from_inside_hang_up_of_the_second_partys_losers_ends_the_call_at_most_once(
    report: Report, leg: int
) -> None:
    office = small_office()
    engine, referee = played(office, dial=[at_once(ANSWERED)], hang_up=_retorts(report, leg))
    call = office.call("100", "101")
    engine.say(1, ANSWERED)
    ends_once(office, call, referee)


@pytest.mark.parametrize(("report", "leg"), SECOND_THOUGHTS, ids=str)
def test_a_report_from_inside_hang_up_of_one_channel_ends_the_call_at_most_once(report: Report, leg: int) -> None:
    office = small_office()
    _, referee = played(office, hang_up=_retorts(report, leg))
    call = office.call("101", "800123456")
    office.pbx.calls.hang_up_channel(call.legs[1])
    assert not call.legs[1].is_live
    ends_once(office, call, referee)


def test_an_engine_is_told_to_hang_up_each_leg_once_and_only_when_the_switch_counts_it_as_ended() -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("101", "800123456")
    engine.say(0, ANSWERED)
    engine.say(3, ANSWERED)
    office.pbx.calls.hang_up(call)
    assert [(leg.peer, cause.value) for leg, cause in engine.hung_up] == [
        ("mobile", 26),
        ("home", 26),
        ("desk", 16),
        ("upc", 16),
    ]
    assert engine.live_when_told == []
    ends_once(office, call, referee)
