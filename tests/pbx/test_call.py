"""A call as a whole: the table of its states, and what it says of its legs."""

from __future__ import annotations

import pytest

from pbxsim.pbx import clearing, transfer
from pbxsim.pbx.call import CALL_TRANSITIONS, Call, CallState, CallStep
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.errors import ImpossibleTransition
from pbxsim.testing.office import START
from tests.pbx.played import played, small_office

FIRST, SECOND, TALKING, TRANSFERRING, ENDED = CallState


def test_a_call_goes_forward_only_but_for_a_transfer_that_ends_in_talk_again() -> None:
    assert CALL_TRANSITIONS == {
        (FIRST, CallStep.FIRST_ANSWERED): SECOND,
        (FIRST, CallStep.LISTENING): TALKING,
        (FIRST, CallStep.OVER): ENDED,
        (SECOND, CallStep.SECOND_ANSWERED): TALKING,
        (SECOND, CallStep.OVER): ENDED,
        (TALKING, CallStep.TRANSFERRED): TRANSFERRING,
        (TALKING, CallStep.JOINED): TALKING,
        (TALKING, CallStep.OVER): ENDED,
        (TRANSFERRING, CallStep.SECOND_ANSWERED): TALKING,
        (TRANSFERRING, CallStep.OVER): ENDED,
    }
    back = {(before, after) for (before, _), after in CALL_TRANSITIONS.items() if not before < after}
    assert back == {(TALKING, TALKING), (TRANSFERRING, TALKING)}


def test_a_call_passes_through_its_states_as_its_parties_answer() -> None:
    office = small_office()
    engine, _ = played(office)
    call = office.call("100", "800123456")
    states = [call.state]
    for leg, report in ((0, Report.RINGING), (0, Report.ANSWERED), (1, Report.ANSWERED), (1, Report.HUNG_UP)):
        engine.say(leg, report)
        states.append(call.state)
    assert states == [FIRST, FIRST, SECOND, TALKING, ENDED]
    assert call.is_over


def test_ending_a_call_twice_from_inside_is_a_bug_and_says_so() -> None:
    office = small_office()
    played(office)
    call = office.call("100", "800123456")
    clearing.end(office.pbx.calls, call, HangupCause.NORMAL_CLEARING)
    with pytest.raises(ImpossibleTransition, match=r"call 1 is ENDED: no OVER from there"):
        clearing.end(office.pbx.calls, call, HangupCause.NORMAL_CLEARING)
    assert len(office.cdrs()) == 1


def test_the_legs_that_live_and_those_that_ring_are_told_apart() -> None:
    office = small_office()
    engine, _ = played(office)
    call = office.call("101", "100")
    desk, mobile, home = call.legs
    engine.say(1, Report.FAILED)
    assert call.live_legs() == call.ringing_legs() == [desk, home]
    engine.say(0, Report.ANSWERED)
    second = call.legs[-1]
    assert call.legs == (desk, mobile, home, second)
    assert call.live_legs() == [desk, second]
    assert call.ringing_legs() == [second]


def test_legs_are_told_in_the_order_of_their_making_while_there_is_one_and_when_there_are_two() -> None:
    office = small_office()
    engine, _ = played(office)
    call = Call(7, 7, office.order("100", "800123456"), START)
    assert (call.legs, call.ringing_legs(), call.second_from) == ((), [], 0)
    call = office.call("100", "800123456")
    (first,) = call.legs
    assert (call.ringing_legs(), call.second_from) == ([first], 0)
    engine.say(0, Report.ANSWERED)
    assert call.legs[:1] == (call.first,) == (first,)
    assert (call.legs[1:], call.second_from) == (tuple(call.ringing_legs()), 1)
    second = call.legs[1]
    assert second is not first
    engine.say(1, Report.ANSWERED)
    assert (call.legs, call.second, call.ringing_legs()) == ((first, second), second, [second])
    engine.say(1, Report.HUNG_UP)
    assert (call.legs, call.live_legs()) == ((first, second), [])
    call.let_go()
    assert call.legs == ()


def test_a_call_of_two_legs_keeps_no_list_of_them() -> None:
    office = small_office()
    engine, _ = played(office)
    call = office.call("100", "800123456")
    kept = [call.listed]
    engine.say(0, Report.ANSWERED)
    kept.append(call.listed)
    engine.say(1, Report.ANSWERED)
    kept.append(call.listed)
    assert kept == [call.first, call.second, call.second]


def test_what_was_made_since_is_told_whether_there_was_nobody_one_or_several() -> None:
    office = small_office()
    played(office)
    call = office.call("101", "101")
    desk, mobile, home = call.legs
    assert call.made_since(None) == call.made_since(()) == (desk, mobile, home)
    assert (call.made_since(desk), call.made_since((desk, mobile))) == ((mobile, home), (home,))
    assert call.made_since(call.listed) == ()


def test_the_second_partys_legs_begin_behind_all_of_the_firsts_and_behind_all_others_once_one_is_transferred() -> None:
    office = small_office()
    engine, _ = played(office)
    call = office.call("101", "100")
    assert call.second_from == 0
    engine.say(0, Report.ANSWERED)
    assert call.second_from == 3
    engine.say(3, Report.ANSWERED)
    assert transfer.blind(office.pbx.calls, call.legs[3], "800123456")
    assert (call.second_from, len(call.legs)) == (4, 5)


def test_steps_count_up_from_one() -> None:
    office = small_office()
    call = Call(1, 1, office.order("100", "101"), START)
    assert [call.next_step() for _ in range(3)] == [1, 2, 3]
