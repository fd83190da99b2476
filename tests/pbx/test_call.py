"""A call as a whole: the table of its states, and what it says of its legs."""

from __future__ import annotations

import pytest

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
    office.pbx.calls.end(call, HangupCause.NORMAL_CLEARING)
    with pytest.raises(ImpossibleTransition, match=r"call 1 is ENDED: no OVER from there"):
        office.pbx.calls.end(call, HangupCause.NORMAL_CLEARING)
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


def test_steps_count_up_from_one() -> None:
    office = small_office()
    call = Call(1, 1, office.order("100", "101"), START)
    assert [call.next_step() for _ in range(3)] == [1, 2, 3]
