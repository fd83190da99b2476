"""The engine port: whatever an engine says, and whenever, every call ends exactly once, with one record."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.events import ReportIgnored
from pbxsim.testing.scripted_engine import SILENCE, Deed, Word, at_once
from tests.pbx.played import LONGEST, ends_once, played, small_office

ANSWERED, RINGING, HUNG_UP, FAILED = Report.ANSWERED, Report.RINGING, Report.HUNG_UP, Report.FAILED
BUSY = HangupCause.USER_BUSY
# -- silence -----------------------------------------------------------------------------------------------------------


def test_an_engine_that_never_says_anything_leaves_the_first_party_unanswered() -> None:
    office = small_office()
    _, referee = played(office)
    call = office.call("100", "800123456", first_timeout=7 * SECOND)
    office.advance(6.999999)
    assert not call.is_over
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert call.ended_at - call.started_at == 7 * SECOND


def test_an_engine_is_told_once_that_telephones_have_rung_long_enough() -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("101", "800123456")
    ends_once(office, call, referee)
    assert [(leg.peer, cause.name) for leg, cause in engine.hung_up] == [
        ("desk", "NO_ANSWER"),
        ("mobile", "NO_ANSWER"),
        ("home", "NO_ANSWER"),
    ]
    assert engine.live_when_told == []


def test_silence_about_the_second_party_is_ended_by_its_own_timeout() -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED)])
    call = office.call("100", "800123456", second_timeout=9 * SECOND)
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert call.ended_at - call.started_at == 9 * SECOND


def test_silence_in_a_conversation_is_ended_by_the_talk_limit() -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED), at_once(ANSWERED)])
    call = office.call("100", "800123456", talk_limit=11 * SECOND)
    assert ends_once(office, call, referee) is Disposition.ANSWERED
    assert office.cdr(call).billsec == 11


def test_silence_in_a_conversation_without_a_limit_is_ended_by_the_longest_talk() -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED), at_once(ANSWERED)])
    call = office.call("100", "800123456")
    assert ends_once(office, call, referee) is Disposition.ANSWERED
    assert call.ended_at - call.bridged_at == LONGEST


# -- at once -----------------------------------------------------------------------------------------------------------


def test_both_parties_may_answer_from_inside_dial_and_go_from_inside_connect() -> None:
    office = small_office()
    engine, referee = played(office, dial=[at_once(ANSWERED), at_once(ANSWERED)], connect=[at_once(HUNG_UP)])
    call = office.call("100", "800123456")
    assert call.is_over
    assert engine.connected == [call]
    assert ends_once(office, call, referee) is Disposition.ANSWERED
    assert office.cdr(call).billsec == 0


def test_the_first_party_may_fail_from_inside_dial() -> None:
    office = small_office()
    _, referee = played(office, dial=[Deed((Word(FAILED, cause=BUSY),))])
    call = office.call("100", "800123456")
    assert call.is_over
    assert ends_once(office, call, referee) is Disposition.BUSY


def test_the_second_party_may_fail_from_inside_dial() -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED), Deed((Word(FAILED, cause=BUSY),))])
    call = office.call("100", "800123456")
    assert call.is_over
    assert ends_once(office, call, referee) is Disposition.BUSY


def test_the_first_party_may_go_from_inside_the_dialling_of_the_second() -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED), at_once((HUNG_UP, 0))])
    call = office.call("100", "800123456")
    assert call.is_over
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER


def test_a_telephone_that_answers_from_inside_dial_spares_the_others_the_ringing() -> None:
    office = small_office()
    engine, referee = played(office, dial=[at_once(ANSWERED)])
    call = office.call("101", "800123456")
    assert [leg.peer for leg in engine.dialled] == ["desk", "upc"]
    assert call.first is call.legs[0]
    ends_once(office, call, referee)


def test_a_leg_that_fails_before_it_was_dialled_does_not_keep_the_others_from_being_dialled() -> None:
    office = small_office()
    engine, referee = played(office, dial=[at_once((FAILED, 1))])
    call = office.call("101", "800123456", first_timeout=5 * SECOND)
    assert [leg.peer for leg in engine.dialled] == ["desk", "home"]
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert call.ended_at - call.started_at == 5 * SECOND


def test_the_last_leg_that_fails_before_it_was_dialled_does_not_stop_the_clock_of_the_ringing() -> None:
    office = small_office()
    _, referee = played(office, dial=[SILENCE, at_once((FAILED, 2))])
    call = office.call("101", "800123456", first_timeout=5 * SECOND)
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER


# -- late, twice, out of order, for what is gone -----------------------------------------------------------------------


@pytest.mark.parametrize("report", list(Report))
def test_a_report_about_a_leg_that_is_gone_changes_nothing_and_is_noted(report: Report) -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("100", "800123456")
    office.finish()
    before = office.cdr(call)
    engine.say(0, report)
    assert isinstance(office.heard[-1], ReportIgnored)
    assert office.heard[-1].report is report
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert office.cdr(call) == before
    assert call.legs[0].cause is HangupCause.NO_ANSWER


@pytest.mark.parametrize("report", [RINGING, ANSWERED])
def test_a_report_that_comes_twice_counts_once(report: Report) -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("100", "800123456")
    engine.say(0, report)
    legs = len(call.legs)
    office.advance(1)
    since = call.legs[0].ringing_at, call.legs[0].answered_at
    engine.say(0, report)
    assert isinstance(office.heard[-1], ReportIgnored)
    assert len(call.legs) == legs
    assert (call.legs[0].ringing_at, call.legs[0].answered_at) == since
    ends_once(office, call, referee)


def test_ringing_after_the_answer_does_not_make_the_telephone_ring_again() -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("100", "800123456")
    engine.say(0, ANSWERED)
    engine.say(0, RINGING)
    assert call.legs[0].is_up
    ends_once(office, call, referee)


def test_an_answer_after_the_hang_up_does_not_bring_the_call_back() -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("100", "800123456")
    engine.say(0, HUNG_UP)
    engine.say(0, ANSWERED)
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER


def test_an_answer_after_the_timeout_comes_too_late() -> None:
    office = small_office()
    _, referee = played(office, dial=[Deed((Word(ANSWERED, after=31 * SECOND),))])
    call = office.call("100", "800123456", first_timeout=30 * SECOND)
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert call.ended_at - call.started_at == 30 * SECOND


def test_the_second_fork_to_answer_comes_too_late() -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("101", "800123456")
    engine.say(1, ANSWERED)
    engine.say(2, ANSWERED)
    assert call.first is not None
    assert call.first.peer == "mobile"
    assert [leg.cause for leg in call.legs[:3]] == [
        HangupCause.ANSWERED_ELSEWHERE,
        None,
        HangupCause.ANSWERED_ELSEWHERE,
    ]
    ends_once(office, call, referee)


@pytest.mark.parametrize("report", [Report.HELD, Report.UNHELD])
def test_nobody_holds_a_call_that_only_rings(report: Report) -> None:
    office = small_office()
    engine, referee = played(office)
    call = office.call("100", "800123456")
    engine.say(0, report)
    assert not call.legs[0].is_held
    ends_once(office, call, referee)


# -- promises ----------------------------------------------------------------------------------------------------------


def test_a_promise_that_is_kept_needs_no_timer() -> None:
    office = small_office()
    _, referee = played(office, dial=[Deed((Word(ANSWERED, after=3 * SECOND),), promises=True)])
    call = office.call("100", "800123456")
    assert call.timer == 0
    ends_once(office, call, referee)


def test_one_telephone_of_several_without_a_promise_is_enough_for_a_timer() -> None:
    office = small_office()
    _, referee = played(office, dial=[Deed(promises=True), Deed(promises=False), Deed(promises=True)])
    call = office.call("101", "800123456", first_timeout=5 * SECOND)
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER
    assert call.ended_at - call.started_at == 5 * SECOND


@pytest.mark.parametrize(
    "broken", [{"dial": [Deed(promises=True)]}, {"dial": [at_once(ANSWERED), Deed(promises=True)]}]
)
def test_a_broken_promise_to_settle_leaves_a_call_that_rings_until_it_is_hung_up(broken: dict[str, list[Deed]]) -> None:
    """The switch takes a promise at its word and saves a timer; only an engine in this process should give one."""
    office = small_office()
    _, referee = played(office, **broken)
    call = office.call("100", "800123456")
    office.advance(86_400)
    assert not call.is_over
    office.pbx.calls.hang_up(call)
    assert ends_once(office, call, referee) is Disposition.NO_ANSWER


def test_a_broken_promise_to_hang_up_leaves_a_conversation_that_lasts_until_it_is_hung_up() -> None:
    office = small_office()
    _, referee = played(office, dial=[at_once(ANSWERED), at_once(ANSWERED)], connect=[Deed(promises=True)])
    call = office.call("100", "800123456")
    office.advance(86_400)
    assert not call.is_over
    office.pbx.calls.hang_up(call)
    assert ends_once(office, call, referee) is Disposition.ANSWERED
