"""What the switch takes down of a caller in a queue: joining, each attempt, leaving, talking, and how it ended."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx import transfer
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.events import CallerLeft
from pbxsim.pbx.queue_visit import AttemptOver, EndedBy, QueueVisit, RingResult, VisitOver, Why
from pbxsim.testing.office import START
from pbxsim.testing.scripted_engine import Deed, ScriptedEngine, Word
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.queue import Queue

CALLER = "605000001"


class Watched(CallCentre):
    """A call centre whose visits are watched."""

    def __init__(self, *queues: Queue) -> None:
        super().__init__(*queues)
        self.visits: list[QueueVisit] = []
        self.attempts: list[tuple[str, RingResult | None]] = []
        self.pbx.events.subscribe(VisitOver, self._on_over)
        self.pbx.events.subscribe(AttemptOver, self._on_attempt)

    def _on_over(self, event: VisitOver) -> None:
        self.visits.append(event.visit)

    def _on_attempt(self, event: AttemptOver) -> None:
        self.attempts.append((event.attempt.member.agent.name, event.attempt.result))

    def visit(self) -> QueueVisit:
        """Give the one visit that is over."""
        (visit,) = self.visits
        return visit


def _after(visit: QueueVisit, *moments: str) -> list[float]:
    return [(getattr(visit, moment) - START) / SECOND for moment in moments]


def test_a_caller_who_is_connected_and_whom_the_agent_leaves() -> None:
    centre = Watched(queue("anna"))
    centre.answers("anna", after=4, talks=9)
    call = centre.calls(name="Zoe")
    centre.finish()
    visit, taken = centre.visit(), centre.visit().answered_by
    assert (visit.number, visit.queue.name, visit.call) == (1, "sales", call.number)
    assert (visit.caller, visit.shows.name, visit.src, visit.context) == (CALLER, "Zoe", CALLER, "in")
    assert (visit.unique_id, visit.place, visit.left_place) == (call.unique_id, 1, 1)
    assert _after(visit, "joined_at", "left_at", "ended_at") == [0, 4, 13]
    assert (visit.why, visit.ended_by, visit.waited, visit.talked) == (Why.CONNECTED, EndedBy.AGENT, 4, 9)
    assert visit.attempts == [taken]
    assert taken is not None
    assert (taken.member.agent.name, taken.extension, taken.peer) == ("anna", "100", "anna")
    assert (taken.result, taken.cause, taken.number, taken.in_pass) == (RingResult.ANSWERED, None, 1, 1)
    assert (taken.unique_id, taken.ended_at) == (call.legs[1].unique_id, START + 4 * SECOND)


def test_a_caller_who_hangs_up_has_ended_it_and_so_has_a_limit() -> None:
    centre = Watched(queue("anna"))
    centre.answers("anna")
    centre.will(CALLER, Behaviour(talk=fixed(3)))
    centre.calls()
    centre.finish()
    centre.incoming(CALLER, "sales", context="in", talk_limit=2 * SECOND)
    centre.advance(2)
    assert [visit.ended_by for visit in centre.visits] == [EndedBy.CALLER, EndedBy.PBX]


def test_each_attempt_says_how_it_came_to_nothing_and_in_which_pass() -> None:
    centre = Watched(queue("anna", "ben", "cyril", strategy="rrordered", member_timeout=10, retry=2))
    centre.will("anna", Behaviour(outcome=Outcome.REJECT, dialing=fixed(1), ring=fixed(3)))
    centre.answers("cyril", after=1)
    centre.calls()
    centre.advance(30)
    (call,) = centre.pbx.calls.live.values()
    (left,) = [event for event in centre.heard if isinstance(event, CallerLeft)]
    anna, ben, cyril = left.visit.attempts
    assert (anna.result, anna.cause, anna.in_pass) == (RingResult.FAILED, HangupCause.CALL_REJECTED, 1)
    assert (anna.rung_at, anna.ringing_at, anna.ended_at) == (START, START + 1 * SECOND, START + 4 * SECOND)
    assert (ben.result, ben.cause, ben.in_pass) == (RingResult.FAILED, HangupCause.NO_ANSWER, 1)
    assert (ben.rung_at, ben.began_at, ben.ended_at) == (START + 4 * SECOND, START + 4 * SECOND, START + 10 * SECOND)
    assert (cyril.in_pass, cyril.number, left.visit.passes) == (2, 3, 2)
    assert (left.visit.ended_at, call.second is not None) == (0, True)


def test_those_who_were_less_quick_and_those_who_rang_for_one_who_left_are_told_apart() -> None:
    centre = Watched(queue("anna", "ben", strategy="ringall"))
    centre.calls()
    centre.advance(2)
    centre.phones["ben"].picks_up()
    centre.phones["ben"].hangs_up()
    assert centre.attempts == [("anna", RingResult.ELSEWHERE), ("ben", RingResult.ANSWERED)]
    gone = centre.calls()
    centre.advance(2)
    centre.pbx.calls.hang_up(gone)
    assert centre.attempts[2:] == [("anna", RingResult.CANCELED), ("ben", RingResult.CANCELED)]
    assert centre.visits[1].why is Why.ABANDONED


def test_those_behind_one_who_left_move_up() -> None:
    centre = Watched(queue())
    first, _, third = (centre.calls(caller=f"60500000{place}") for place in (1, 2, 3))
    centre.advance(5)
    for call in (first, third):
        centre.pbx.calls.hang_up(call)
    assert [(visit.place, visit.left_place) for visit in centre.visits] == [(1, 1), (3, 2)]


@pytest.mark.parametrize("overflow", ["", "voicemail"])
def test_a_caller_whom_the_queue_does_not_keep_is_sent_on_or_not(overflow: str) -> None:
    centre = Watched(queue("anna", max_wait=12, overflow=overflow))
    centre.calls()
    centre.finish()
    visit = centre.visit()
    assert (visit.why, visit.waited, visit.sent_to, visit.ended_by) == (Why.TIMEOUT, 12, overflow, EndedBy.PBX)
    (attempt,) = visit.attempts
    assert (attempt.result, attempt.cause) == (RingResult.FAILED, HangupCause.NO_ANSWER)


@pytest.mark.parametrize(("at", "why"), [(11, Why.EMPTY), (12, Why.TIMEOUT)])
def test_a_caller_leaves_where_nobody_is_left_but_a_wait_that_is_over_just_then_counts_first(at: int, why: Why) -> None:
    centre = Watched(queue("anna", leave_when_empty=frozenset({"unavailable"}), max_wait=12))
    anna = centre.agent("anna")
    centre.pbx.agents.pause(anna)
    centre.calls()
    centre.clock.call_at(START + at * SECOND, 0, 1, centre.pbx.agents.log_out, anna)
    centre.finish()
    assert (centre.visit().why, centre.visit().waited) == (why, at)


def test_who_could_not_join_is_told_with_the_reason_but_has_no_number() -> None:
    centre = Watched(queue("anna", max_waiting=1), queue(name="help", join_empty=frozenset({"unavailable"})))
    centre.calls()
    centre.calls(caller="605000002")
    centre.calls("help", caller="605000003")
    assert [(visit.why, visit.number, visit.joined_at, visit.attempts) for visit in centre.visits] == [
        (Why.FULL, 0, 0, []),
        (Why.EMPTY, 0, 0, []),
    ]


def test_a_blind_transfer_ends_the_visit_and_says_whereto_and_in_whose_numbering_plan() -> None:
    centre = Watched(queue("anna"))
    centre.answers("anna")
    centre.calls()
    centre.advance(8)
    centre.handset.transfer(centre.phones["anna"].line, "900")
    visit = centre.visit()
    assert visit.handed_on is not None
    assert msgspec.structs.astuple(visit.handed_on) == ("blind", "900", "main", 0)
    assert (visit.ended_by, visit.talked) == (EndedBy.AGENT, 8)


def test_an_attended_transfer_names_the_consultation() -> None:
    centre = Watched(queue("anna"))
    centre.answers("anna")
    centre.calls()
    centre.advance(8)
    consultation = centre.handset.consult(centre.phones["anna"].line, "900")
    centre.advance(2)
    centre.handset.complete(centre.phones["anna"].line)
    assert centre.visit().talked == 10
    handed_on = centre.visit().handed_on
    assert handed_on is not None
    assert msgspec.structs.astuple(handed_on) == ("attended", "900", "main", consultation.number)


def test_an_agent_who_joins_the_caller_with_another_call_of_its_own_has_ended_the_visit() -> None:
    centre = Watched(queue("anna", ring_in_use=True))
    before = centre.handset.dial(centre.phones["anna"].line, "900")
    centre.calls()
    centre.advance(1)
    centre.phones["anna"].picks_up()
    centre.advance(5)
    held, asking = centre.phones["anna"].line.channels
    assert (held.call, asking.call.number) == (before, centre.pbx.calls.calls_started)
    assert transfer.attended(centre.pbx.calls, held, asking)
    assert (centre.visit().why, centre.visit().ended_by, centre.visit().talked) == (Why.CONNECTED, EndedBy.AGENT, 5)


def test_an_agent_who_is_reported_gone_at_the_very_answer_was_rung_in_vain() -> None:
    centre = Watched(queue("anna", "ben", strategy="ringall"))
    engine = ScriptedEngine(centre.pbx, hang_up=[Deed((Word(Report.HUNG_UP, 1),))])
    centre.use_engine(engine)
    centre.incoming(CALLER, "sales", context="in")
    engine.say(1, Report.ANSWERED)  # told to hang up the other, the engine says that this one has gone
    assert (centre.visit().why, centre.visit().answered_by) == (Why.ABANDONED, None)
    assert sorted(centre.attempts) == [("anna", RingResult.FAILED), ("ben", RingResult.ELSEWHERE)]


def test_a_visit_that_is_over_holds_on_to_no_call() -> None:
    centre = Watched(queue("anna", "ben", strategy="ringall"))
    centre.answers("anna", after=1, talks=2)
    centre.calls()
    centre.finish()
    assert centre.visit().ringing == {}


def test_a_caller_who_waits_is_copied_with_the_switch_and_each_goes_its_own_way() -> None:
    centre = Watched(queue("anna"))
    centre.calls()
    centre.advance(2)
    copy = deepcopy(centre)
    copy.phones["anna"].picks_up()
    copy.phones["anna"].hangs_up()
    assert (copy.visit().why, centre.visits) == (Why.CONNECTED, [])
    (call,) = centre.pbx.calls.live.values()
    centre.pbx.calls.hang_up(call)
    assert centre.visit().why is Why.ABANDONED
