"""A person's hand on a telephone: it overrides what the telephone was going to do, and refuses what cannot be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import LegHeld, LegUnheld
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.simulated.handset import SimulatedHandset
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.extension import Line

ALL_VERBS = ["answer", "reject", "hang_up", "hold", "unhold"]


@pytest.fixture
def office() -> Office:
    return Office(extension("100", line("sip100", max_calls=3)), extension("101"))


@pytest.fixture
def desk(office: Office) -> Line:
    return office.phones["100"].line


def _verb(handset: SimulatedHandset, name: str) -> Callable[[Line], None]:
    verb: Callable[[Line], None] = getattr(handset, name)
    return verb


def _talking(office: Office, talk: int = 0) -> Call:
    """Have telephone 100 talk with somebody outside, who hangs up after so many seconds, or never."""
    call = office.call("100", f"990100{talk:03d}")
    office.advance(0)
    assert call.bridged_at
    return call


@pytest.mark.parametrize("verb", ALL_VERBS)
def test_at_rest_there_is_nothing_to_do(office: Office, desk: Line, verb: str) -> None:
    with pytest.raises(NothingToDo, match="sip100"):
        _verb(office.handset, verb)(desk)
    assert office.heard == []


# -- answering and refusing --------------------------------------------------------------------------------------------


def test_picking_up_comes_before_what_the_telephone_was_going_to_do(office: Office, desk: Line) -> None:
    office.phones["100"].rejects(after=10)
    call = office.call("100", "990100005")
    office.advance(2)
    office.handset.answer(desk)
    office.finish()
    assert call.legs[0].answered_at - call.started_at == 2 * SECOND
    assert office.cdr(call).disposition is Disposition.ANSWERED
    assert office.cdr(call).billsec == 5


def test_a_call_that_rings_can_be_refused(office: Office, desk: Line) -> None:
    office.phones["100"].answers(after=10)
    call = office.call("100", "800123456")
    office.advance(2)
    office.handset.reject(desk)
    assert call.is_over
    assert office.cdr(call).disposition is Disposition.BUSY
    assert office.cdr(call).cause is HangupCause.CALL_REJECTED
    office.finish()


def test_the_call_that_rings_longest_is_the_one_that_is_picked_up(office: Office, desk: Line) -> None:
    office.phones["100"].never_answers()
    calls = [office.incoming(caller, "100") for caller in ("605000111", "605000222", "605000333")]
    office.handset.answer(desk)
    office.handset.reject(desk)
    assert [call.second is not None for call in calls if call] == [True, False, False]
    assert [call.is_over for call in calls if call] == [False, True, False]


def test_a_call_that_rings_goes_before_an_older_one_that_does_not_ring_yet(office: Office, desk: Line) -> None:
    late = Behaviour(outcome=Outcome.NO_ANSWER, dialing=fixed(9))
    at_once = Behaviour(outcome=Outcome.NO_ANSWER)
    office.phones["100"].meets_calls_with(late, at_once)
    older, younger = office.incoming("605000111", "100"), office.incoming("605000222", "100")
    assert older is not None
    assert younger is not None
    office.handset.answer(desk)
    assert (older.second, younger.second) == (None, younger.legs[1])


def test_of_two_that_ring_the_one_that_began_to_ring_first_is_picked_up(office: Office, desk: Line) -> None:
    late = Behaviour(outcome=Outcome.NO_ANSWER, dialing=fixed(5))
    at_once = Behaviour(outcome=Outcome.NO_ANSWER)
    office.phones["100"].meets_calls_with(late, at_once)
    older, younger = office.incoming("605000111", "100"), office.incoming("605000222", "100")
    assert older is not None
    assert younger is not None
    office.advance(6)
    office.handset.answer(desk)
    assert (older.second, younger.second) == (None, younger.legs[1])


@pytest.mark.parametrize("verb", ["answer", "reject"])
@pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.FAIL, Outcome.ANSWER])
def test_a_telephone_that_does_not_ring_cannot_be_answered(
    office: Office, desk: Line, verb: str, outcome: Outcome
) -> None:
    dialing = 0 if outcome in (Outcome.BUSY, Outcome.FAIL) else 5
    office.phones["100"].meets_calls_with(Behaviour(outcome=outcome, dialing=fixed(dialing), ring=fixed(5)))
    call = office.call("100", "800123456")
    assert call.legs[0].state is ChannelState.DIALING
    with pytest.raises(NothingToDo):
        _verb(office.handset, verb)(desk)
    assert call.legs[0].state is ChannelState.DIALING


def test_the_first_of_several_telephones_to_be_picked_up_wins() -> None:
    office = Office(extension("101", line("desk"), line("mobile")))
    office.phones["desk"].answers(after=5)
    office.phones["mobile"].answers(after=9)
    call = office.call("101", "990100001")
    office.advance(1)
    office.phones["mobile"].picks_up()
    office.finish()
    assert [leg.cause for leg in call.legs] == [HangupCause.ANSWERED_ELSEWHERE, *[HangupCause.NORMAL_CLEARING] * 2]


# -- hanging up --------------------------------------------------------------------------------------------------------


def test_hanging_up_ends_the_talk_before_its_time(office: Office, desk: Line) -> None:
    office.phones["100"].answers(talks=60)
    call = office.call("100", "990100030")
    office.advance(4)
    office.handset.hang_up(desk)
    assert call.is_over
    assert office.cdr(call).billsec == 4
    office.finish()


def test_the_other_side_may_hang_up_first(office: Office) -> None:
    call = office.call("100", "101")
    office.advance(4)
    office.phones["101"].hangs_up()
    assert office.cdr(call).billsec == 4
    office.finish()


def test_a_caller_who_hangs_up_while_it_rings_gives_up(office: Office, desk: Line) -> None:
    call = office.dials("sip100", "990300000")
    assert call is not None
    office.advance(4)
    office.handset.hang_up(desk)
    assert office.cdr(call).disposition is Disposition.NO_ANSWER
    office.finish()


def test_a_telephone_that_only_rings_has_nothing_to_hang_up(office: Office, desk: Line) -> None:
    office.phones["100"].never_answers()
    office.call("100", "800123456")
    with pytest.raises(NothingToDo):
        office.handset.hang_up(desk)


def test_of_two_calls_the_older_one_is_hung_up(office: Office, desk: Line) -> None:
    older, younger = _talking(office), _talking(office)
    office.handset.hang_up(desk)
    assert (older.is_over, younger.is_over) == (True, False)


# -- hold --------------------------------------------------------------------------------------------------------------


def test_calls_are_held_and_taken_back_oldest_first(office: Office, desk: Line) -> None:
    calls = [_talking(office) for _ in range(2)]
    legs = [call.legs[0] for call in calls]
    seen = []
    for verb in ("hold", "hold", "unhold", "hold", "unhold", "unhold"):
        _verb(office.handset, verb)(desk)
        seen.append([leg.is_held for leg in legs])
    assert seen == [[True, False], [True, True], [False, True], [True, True], [False, True], [False, False]]
    assert office.kinds_heard().count(LegHeld) == 3
    assert office.kinds_heard().count(LegUnheld) == 3


def test_what_is_held_cannot_be_held_and_what_is_not_cannot_be_taken_back(office: Office, desk: Line) -> None:
    _talking(office)
    with pytest.raises(NothingToDo):
        office.handset.unhold(desk)
    office.handset.hold(desk)
    with pytest.raises(NothingToDo):
        office.handset.hold(desk)


def test_a_call_on_hold_still_ends_when_its_time_has_come(office: Office, desk: Line) -> None:
    call = _talking(office, 30)
    office.handset.hold(desk)
    office.finish()
    assert office.cdr(call).billsec == 30


@pytest.mark.parametrize("verbs", [["hold"], ["hold", "unhold"]])
def test_a_telephone_that_held_the_call_still_hangs_up_when_it_was_going_to(
    office: Office, desk: Line, verbs: list[str]
) -> None:
    office.phones["100"].answers(talks=30)
    call = _talking(office)
    for verb in verbs:
        _verb(office.handset, verb)(desk)
    office.finish()
    assert office.cdr(call).billsec == 30
