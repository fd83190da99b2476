"""A hand with several calls: swaps them, dials, transfers, consults; and the buttons of a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import DiversionChanged, DoNotDisturbChanged
from pbxsim.pbx.extension import DeviceState, Diversion, Line
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call

EVER = "990100000"


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"), extension("102"), extension("103", line("solo", max_calls=1)))


@pytest.fixture
def desk(office: Office) -> Line:
    return office.phones["100"].line


def _talking(office: Office, user: str = "sip100") -> Call:
    call = office.dials(user, EVER)
    office.advance(0)
    assert call is not None
    assert call.bridged_at
    return call


def _peers(call: Call) -> list[str]:
    return [leg.peer for leg in call.live_legs()]


# -- call waiting ------------------------------------------------------------------------------------------------------


def test_a_second_call_rings_a_telephone_that_talks_and_picking_it_up_holds_the_first(
    office: Office, desk: Line
) -> None:
    office.phones["100"].never_answers()
    first = _talking(office)
    second = office.incoming("605000222", "100")
    assert second is not None
    assert desk.device_state is DeviceState.RING_IN_USE
    office.handset.answer(desk)
    assert [leg.is_held for leg in desk.channels] == [True, False]
    assert (first.is_over, second.second) == (False, desk.channels[1])


def test_a_third_call_finds_the_telephone_busy(office: Office) -> None:
    office.phones["100"].never_answers()
    calls = [office.incoming(f"60500022{place}", "100") for place in range(3)]
    assert [call is not None and call.cause for call in calls] == [None, None, HangupCause.USER_BUSY]


def test_swapping_changes_between_two_calls_and_back(office: Office, desk: Line) -> None:
    _talking(office)
    office.handset.dial(desk, EVER)
    seen = [[leg.is_held for leg in desk.channels]]
    office.advance(0)
    for _ in range(2):
        office.handset.swap(desk)
        seen.append([leg.is_held for leg in desk.channels])
    assert seen == [[True, False], [False, True], [True, False]]


def test_without_a_held_call_there_is_nothing_to_swap(office: Office, desk: Line) -> None:
    _talking(office)
    with pytest.raises(NothingToDo, match="holds a call"):
        office.handset.swap(desk)


# -- dialling ----------------------------------------------------------------------------------------------------------


def test_a_person_dials_what_the_telephones_own_numbering_plan_knows(office: Office, desk: Line) -> None:
    call = office.handset.dial(desk, "101")
    office.advance(0)
    assert _peers(call) == ["sip100", "sip101"]
    assert call.legs[1].shown_number == "100"
    assert (call.order.src, call.order.dst, call.order.vendor) == ("100", "101", "control")


def test_a_telephone_that_is_full_or_unplugged_cannot_dial(office: Office) -> None:
    solo = office.phones["103"].line
    office.handset.dial(solo, EVER)
    with pytest.raises(NothingToDo, match="takes no more calls"):
        office.handset.dial(solo, EVER)
    office.handset.unregister(solo)
    with pytest.raises(NothingToDo, match="not registered"):
        office.handset.dial(solo, EVER)
    assert office.pbx.calls.calls_started == 1


# -- transfers ---------------------------------------------------------------------------------------------------------


def test_a_blind_transfer_by_hand(office: Office, desk: Line) -> None:
    call = _talking(office)
    office.handset.transfer(desk, "101")
    office.advance(0)
    assert _peers(call) == ["upc", "sip101"]
    assert desk.device_state is DeviceState.NOT_IN_USE


def test_the_call_that_is_up_is_transferred_before_one_that_is_held(office: Office, desk: Line) -> None:
    held, up = _talking(office), office.handset.dial(desk, EVER)
    office.advance(0)
    office.handset.transfer(desk, "101")
    office.handset.transfer(desk, "102")
    office.advance(0)
    assert (_peers(up), _peers(held)) == (["upc", "sip101"], ["upc", "sip102"])


def test_a_call_that_only_rings_cannot_be_transferred(office: Office, desk: Line) -> None:
    office.phones["100"].never_answers()
    office.call("100", EVER)
    for verb in (office.handset.transfer, office.handset.consult):
        with pytest.raises(NothingToDo, match="talks with anybody"):
            verb(desk, "101")


def test_an_attended_transfer_by_hand_holds_consults_and_completes(office: Office, desk: Line) -> None:
    call = _talking(office)
    consultation = office.handset.consult(desk, "101")
    assert [leg.is_held for leg in desk.channels] == [True, False]
    office.advance(6)
    office.handset.complete(desk)
    assert (_peers(call), consultation.is_over) == (["upc", "sip101"], True)
    assert (desk.channels, office.cdr(consultation).billsec) == ([], 6)


def test_a_consultation_that_nobody_has_answered_can_be_cancelled(office: Office, desk: Line) -> None:
    office.phones["101"].never_answers()
    call = _talking(office)
    consultation = office.handset.consult(desk, "101")
    office.advance(6)
    office.handset.cancel(desk)
    assert office.cdr(consultation).disposition is Disposition.NO_ANSWER
    assert ([leg.is_held for leg in desk.channels], _peers(call)) == ([False], ["sip100", "upc"])
    assert office.phones["101"].line.channels == []


def test_a_consultation_that_was_answered_can_be_cancelled_too(office: Office, desk: Line) -> None:
    call = _talking(office)
    consultation = office.handset.consult(desk, "101")
    office.advance(6)
    office.handset.cancel(desk)
    assert (consultation.is_over, call.is_over) == (True, False)
    assert not desk.channels[0].is_held


def test_where_nothing_is_held_nothing_can_be_completed_or_cancelled(office: Office, desk: Line) -> None:
    _talking(office)
    for verb in (office.handset.complete, office.handset.cancel):
        with pytest.raises(NothingToDo, match="holds a call"):
            verb(desk)


def test_without_a_consultation_there_is_nothing_to_cancel(office: Office, desk: Line) -> None:
    _talking(office)
    office.handset.hold(desk)
    with pytest.raises(NothingToDo, match="in another call"):
        office.handset.cancel(desk)


def test_the_held_party_may_give_up_and_then_there_is_nothing_to_complete(office: Office, desk: Line) -> None:
    call = _talking(office)
    consultation = office.handset.consult(desk, "101")
    office.advance(1)
    office.pbx.calls.hang_up(call)
    with pytest.raises(NothingToDo):
        office.handset.complete(desk)
    assert not consultation.is_over


# -- transfers before the answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 2, 3, 7, 29])
def test_completed_while_the_colleague_rings_the_customer_hears_it_and_is_connected_on_answer(
    office: Office, desk: Line, after: int
) -> None:
    office.phones["101"].answers(after=after)
    call = _talking(office)
    consultation = office.handset.consult(desk, "101")
    office.advance(after / 2)
    office.handset.complete(desk)
    assert (call.state, _peers(call), desk.channels) == (CallState.TRANSFERRING, ["upc", "sip101"], [])
    assert (consultation.is_over, office.cdr(consultation).disposition) == (True, Disposition.NO_ANSWER)
    office.advance(after / 2)
    assert (call.state, [leg.is_up for leg in call.live_legs()]) == (CallState.TALKING, [True, True])
    office.advance(60)
    assert call.state is CallState.TALKING


def test_if_the_colleague_does_not_answer_the_customer_is_let_go_when_it_would_have_stopped_ringing(
    office: Office, desk: Line
) -> None:
    office.phones["101"].never_answers()
    call = _talking(office)
    office.handset.consult(desk, "101")
    office.advance(10)
    office.handset.complete(desk)
    office.advance(19.9)
    assert not call.is_over
    office.advance(0.1)
    assert (call.is_over, call.cause) == (True, HangupCause.NO_ANSWER)
    office.finish()


def test_what_a_colleague_was_going_to_do_is_off_once_the_customer_who_was_brought_there_hangs_up(
    office: Office, desk: Line
) -> None:
    office.phones["101"].rejects(after=20)
    call = _talking(office)
    office.handset.consult(desk, "101")
    office.advance(1)
    office.handset.complete(desk)
    (colleague,) = call.ringing_legs()
    assert office.engine.timers(colleague) == 1
    office.pbx.calls.hang_up(call)
    assert (office.engine.timers(colleague), office.clock.next_due()) == (0, None)
    office.finish()


@pytest.mark.parametrize("how", ["rejects", "is_busy", "fails"])
def test_if_the_colleague_refuses_the_customer_is_let_go(office: Office, desk: Line, how: str) -> None:
    getattr(office.phones["101"], how)(after=4)
    call = _talking(office)
    office.handset.consult(desk, "101")
    office.advance(1)
    office.handset.complete(desk)
    office.advance(3)
    assert call.is_over
    office.finish()


def test_the_customer_may_give_up_while_the_colleague_rings(office: Office, desk: Line) -> None:
    office.phones["101"].never_answers()
    call = _talking(office)
    office.handset.consult(desk, "101")
    office.handset.complete(desk)
    assert call.first is not None
    office.pbx.calls.hang_up_channel(call.first)
    assert (call.is_over, office.phones["101"].line.channels) == (True, [])
    office.finish()


def test_of_the_telephones_that_ring_for_a_consultation_one_is_connected() -> None:
    office = Office(extension("100"), extension("101", line("desk"), line("mobile")))
    office.phones["desk"].never_answers()
    office.phones["mobile"].answers(after=5)
    desk, call = office.phones["100"].line, _talking(office)
    office.handset.consult(desk, "101")
    office.handset.complete(desk)
    assert _peers(call) == ["upc", "desk", "mobile"]
    office.advance(5)
    assert _peers(call) == ["upc", "mobile"]
    office.finish()


def test_somebody_outside_who_is_consulted_and_rings_is_connected_too(office: Office, desk: Line) -> None:
    call = _talking(office)
    office.handset.consult(desk, "990108000")
    office.advance(3)
    office.handset.complete(desk)
    office.advance(5)
    assert (_peers(call), call.state) == (["upc", "upc"], CallState.TALKING)


def test_where_a_group_is_still_looking_it_begins_anew_for_the_customer() -> None:
    rows = (Row(("101",), 10 * SECOND), Row(("102",), 10 * SECOND))
    office = Office(
        extension("100"),
        extension("101"),
        extension("102"),
        groups=[RingGroup(name="team", context="main", rows=rows)],
        contexts=[Context(name="main", dialplan="main", entries=(("700", Step(group="team")),), routes=())],
    )
    for user in ("101", "102"):
        office.phones[user].never_answers()
    desk = office.phones["100"].line
    call = office.incoming("605000111", "100", context="main")
    assert call is not None
    office.advance(0)
    consultation = office.handset.consult(desk, "700")
    office.advance(12)
    assert _peers(consultation) == ["sip100", "sip102"]
    office.handset.complete(desk)
    assert (_peers(call), consultation.is_over, desk.channels) == (["upc", "sip101"], True, [])
    office.advance(10)
    office.handset.answer(office.phones["102"].line)
    assert (_peers(call), call.state) == (["upc", "sip102"], CallState.TALKING)
    office.finish()


# -- putting the receiver down -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("to", ["101", "102", EVER])
def test_whoever_is_held_stays_held_when_the_consultation_is_hung_up(
    office: Office, desk: Line, to: str, answered: bool
) -> None:
    if not answered and to != EVER:
        office.phones[to].never_answers()
    call = _talking(office)
    consultation = office.handset.consult(desk, to)
    office.advance(5)
    office.handset.hang_up(desk)
    assert (consultation.is_over, call.is_over) == (True, False)
    assert ([leg.is_held for leg in desk.channels], _peers(call)) == ([True], ["sip100", "upc"])
    office.handset.unhold(desk)
    assert [leg.is_held for leg in desk.channels] == [False]


def test_a_call_that_was_answered_while_another_is_held_is_the_one_that_ends(office: Office, desk: Line) -> None:
    office.phones["100"].never_answers()
    first, second = _talking(office), office.incoming("605000222", "100")
    assert second is not None
    office.handset.answer(desk)
    office.handset.hang_up(desk)
    assert (first.is_over, second.is_over) == (False, True)


def test_after_a_swap_the_first_call_is_the_active_one_and_ends(office: Office, desk: Line) -> None:
    first, second = _talking(office), office.handset.dial(desk, EVER)
    office.advance(0)
    office.handset.swap(desk)
    office.handset.hang_up(desk)
    assert (first.is_over, second.is_over) == (True, False)


def test_where_all_are_held_the_oldest_ends(office: Office, desk: Line) -> None:
    first, second = _talking(office), office.handset.dial(desk, EVER)
    office.advance(0)
    office.handset.hold(desk)
    office.handset.hang_up(desk)
    assert (first.is_over, second.is_over) == (True, False)


@pytest.mark.parametrize("after", [0, 3])
def test_a_telephone_set_so_connects_whom_it_holds_when_it_is_hung_up(office: Office, desk: Line, after: int) -> None:
    desk.transfers_on_hang_up = True
    office.phones["101"].answers(after=after)
    call = _talking(office)
    consultation = office.handset.consult(desk, "101")
    office.advance(1)
    office.handset.hang_up(desk)
    assert (consultation.is_over, desk.channels, _peers(call)) == (True, [], ["upc", "sip101"])
    office.advance(after)
    assert call.state is CallState.TALKING


def test_such_a_telephone_ends_a_call_beside_which_it_holds_none(office: Office, desk: Line) -> None:
    desk.transfers_on_hang_up = True
    call = _talking(office)
    office.handset.hang_up(desk)
    assert call.is_over
    held = _talking(office)
    office.handset.hold(desk)
    office.handset.hang_up(desk)
    assert held.is_over


# -- buttons -----------------------------------------------------------------------------------------------------------


def test_a_telephone_that_must_not_be_disturbed_refuses_as_busy_and_takes_calls_again_later(
    office: Office, desk: Line
) -> None:
    office.handset.do_not_disturb(desk, on=True)
    refused = office.incoming("605000111", "100")
    assert refused is not None
    assert (office.cdr(refused).disposition, refused.cause) == (Disposition.BUSY, HangupCause.USER_BUSY)
    office.handset.do_not_disturb(desk, on=False)
    taken = office.incoming("605000111", "100")
    office.advance(0)
    assert taken is not None
    assert taken.second is not None
    assert office.kinds_heard().count(DoNotDisturbChanged) == 2


def test_what_rings_already_rings_on_and_the_telephone_can_still_dial(office: Office, desk: Line) -> None:
    office.phones["100"].answers(after=3)
    ringing = office.incoming("605000111", "100")
    office.handset.do_not_disturb(desk, on=True)
    office.advance(3)
    assert ringing is not None
    assert ringing.second is not None
    assert not office.handset.dial(desk, EVER).is_over


def test_setting_what_is_set_already_is_nothing_to_do(office: Office, desk: Line) -> None:
    with pytest.raises(NothingToDo, match="ready to be disturbed"):
        office.handset.do_not_disturb(desk, on=False)
    office.handset.do_not_disturb(desk, on=True)
    with pytest.raises(NothingToDo, match="not to be disturbed"):
        office.handset.do_not_disturb(desk, on=True)
    with pytest.raises(NothingToDo):
        office.handset.divert(desk, None)


def test_a_diversion_is_set_told_and_taken_back(office: Office, desk: Line) -> None:
    office.handset.divert(desk, Diversion(always="101"))
    seen = [desk.diversion]
    office.handset.divert(desk, None)
    assert [*seen, desk.diversion] == [Diversion(always="101", after=20 * SECOND), None]
    assert office.kinds_heard() == [DiversionChanged, DiversionChanged]


# -- numbers that cannot be dialled ------------------------------------------------------------------------------------

UNDIALABLE = {
    "800 123": "a blank in the number",
    "800۱۲۳": "EXTENDED ARABIC-INDIC DIGIT ONE",
    "800-123": "'-' in the number",
    "800+1": "`+` stands in front",
    "9" * 21: "at most 20 digits",
}


@pytest.mark.parametrize("number", UNDIALABLE)
def test_a_number_that_cannot_be_dialled_fails_at_once(office: Office, desk: Line, number: str) -> None:
    call = office.handset.dial(desk, number)
    assert (call.is_over, call.cause, len(call.legs)) == (True, HangupCause.INVALID_NUMBER_FORMAT, 1)
    assert office.cdr(call).disposition is Disposition.FAILED


@pytest.mark.parametrize("number", UNDIALABLE)
def test_a_call_is_not_handed_on_to_a_number_that_cannot_be_dialled(office: Office, desk: Line, number: str) -> None:
    call = _talking(office)
    with pytest.raises(NothingToDo) as refused:
        office.handset.transfer(desk, number)
    assert UNDIALABLE[number] in str(refused.value)
    assert _peers(call) == ["sip100", "upc"]


@pytest.mark.parametrize("number", UNDIALABLE)
def test_nobody_can_be_consulted_at_a_number_that_cannot_be_dialled(office: Office, desk: Line, number: str) -> None:
    call = _talking(office)
    asking = office.handset.consult(desk, number)
    assert asking.is_over
    assert _peers(call) == ["sip100", "upc"]
