"""Ring groups: row after row, the numbers of a row together; and where one of the PBX's own public numbers leads."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.events import LegRefused
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Did, Step
from tests.pbx.call_centre import CallCentre, queue


def _group(*rows: tuple[str, ...], ring: int = 10) -> RingGroup:
    return RingGroup(name="team", context="main", rows=tuple(Row(numbers, ring * SECOND) for numbers in rows))


def _centre(*rows: tuple[str, ...]) -> CallCentre:
    return CallCentre(groups=[_group(*rows)])


def test_the_numbers_of_a_row_ring_together_and_the_first_to_answer_wins() -> None:
    centre = _centre(("100", "101"), ("102",))
    centre.answers("ben", after=4)
    call = centre.calls("team")
    assert centre.ringing() == ["anna", "ben"]
    centre.advance(4)
    assert (call.state, centre.ringing()) == (CallState.TALKING, [])
    assert call.legs[1].cause is HangupCause.ANSWERED_ELSEWHERE


def test_the_next_row_rings_when_the_time_of_one_is_over() -> None:
    centre = _centre(("100", "101"), ("102",))
    call = centre.calls("team")
    centre.advance(9.9)
    assert centre.ringing() == ["anna", "ben"]
    centre.advance(0.1)
    assert centre.ringing() == ["cyril"]
    centre.advance(10)
    assert centre.cdr(call).disposition is Disposition.NO_ANSWER
    assert [leg.cause for leg in call.legs[1:]] == [HangupCause.NO_ANSWER] * 3
    centre.finish()


def test_the_next_row_rings_at_once_when_all_of_one_refuse() -> None:
    centre = _centre(("100", "101"), ("102",))
    centre.will("anna", Behaviour(outcome=Outcome.REJECT, ring=fixed(1)))
    centre.will("ben", Behaviour(outcome=Outcome.BUSY, ring=fixed(2)))
    centre.calls("team")
    centre.advance(1)
    assert centre.ringing() == []  # ben is busy: no bell, but not yet over
    centre.advance(1)
    assert centre.ringing() == ["cyril"]


def test_a_row_refused_by_hand_leaves_no_timer_behind_that_ends_the_talk() -> None:
    centre = _centre(("100",), ("101",))
    centre.answers("ben", after=3)
    call = centre.calls("team")
    centre.advance(4)
    centre.handset.reject(centre.phones["anna"].line)
    centre.advance(60)
    assert call.state is CallState.TALKING


def test_a_row_in_which_nothing_can_be_rung_is_passed_over() -> None:
    centre = _centre(("7", "sales"), ("101",))
    centre.calls("team")
    assert centre.ringing() == ["ben"]


@pytest.mark.parametrize(
    ("rows", "disposition", "cause"),
    [
        ((("7",),), Disposition.FAILED, HangupCause.UNALLOCATED),
        ((("100",),), Disposition.BUSY, HangupCause.USER_BUSY),
        ((("7",), ("100",)), Disposition.BUSY, HangupCause.USER_BUSY),
        ((("100",), ("101",)), Disposition.BUSY, HangupCause.USER_BUSY),
        ((("101",), ("102",)), Disposition.NO_ANSWER, HangupCause.NO_ANSWER),
    ],
)
def test_when_nobody_is_to_be_had_the_weightiest_cause_stands_in_the_record(
    rows: tuple[tuple[str, ...], ...], disposition: Disposition, cause: HangupCause
) -> None:
    centre = _centre(*rows)
    centre.will("anna", Behaviour(outcome=Outcome.BUSY, ring=fixed(1)))
    call = centre.calls("team")
    centre.finish()
    record = centre.cdr(call)
    assert (record.disposition, record.cause) == (disposition, cause)


def test_a_caller_who_gives_up_stops_all_that_ring() -> None:
    centre = _centre(("100", "101"), ("102",))
    call = centre.calls("team")
    centre.advance(3)
    assert call.first is not None
    assert not call.first.is_up  # a group, unlike a queue, answers nobody
    centre.pbx.calls.hang_up_channel(call.first)
    assert centre.ringing() == []
    centre.finish()
    assert centre.cdr(call).disposition is Disposition.NO_ANSWER


def test_a_group_cannot_be_the_first_party() -> None:
    centre = _centre(("100",))
    call = centre.call("team", "101", context="in")
    assert centre.cdr(call).cause is HangupCause.NO_ROUTE_DESTINATION


DIDS = [
    Did(number="222000001", context="main", step=Step(extension="102")),
    Did(number="222000002", context="in", step=Step(queue="sales")),
    Did(number="222000003", context="in", step=Step(group="team")),
    Did(number="222000004", context="in", step=Step(dial="voicemail")),
    Did(number="222000005", context="main", step=Step(dial="sales")),
]


def _front_desk() -> CallCentre:
    return CallCentre(queue("anna"), groups=[_group(("101",))], dids=DIDS)


@pytest.mark.parametrize(
    ("number", "rung"), [("222000001", ["cyril"]), ("222000002", ["anna"]), ("222000003", ["ben"]), ("222000004", [])]
)
def test_a_public_number_leads_to_an_extension_a_queue_a_group_or_into_a_context(number: str, rung: list[str]) -> None:
    centre = _front_desk()
    call = centre.calls(number)
    assert centre.ringing() == rung
    assert (call.state is CallState.TALKING) == (not rung)


def test_a_public_number_leads_there_from_every_context_and_from_inside() -> None:
    centre = _front_desk()
    centre.dials("ben", "222000002")
    assert centre.ringing() == ["anna"]


def test_a_public_number_that_leads_nowhere_is_unallocated() -> None:
    centre = _front_desk()
    call = centre.calls("222000005")  # `main` does not know the queues
    assert centre.cdr(call).cause is HangupCause.UNALLOCATED


@pytest.mark.parametrize("number", ["800 123", "800١٢٣", "800123a", "800+1", "9" * 21])
def test_a_number_that_cannot_be_dialled_rings_nowhere_and_the_others_ring(number: str) -> None:
    centre = CallCentre(groups=[_group((number, "100"))])
    call = centre.calls("team")
    assert centre.ringing() == ["anna"]
    assert len(call.legs) == 2
    (refused,) = (event for event in centre.heard if isinstance(event, LegRefused))
    assert (refused.call, refused.number) == (call, number)
