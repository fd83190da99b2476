"""What is heard of callers in queues: how each visit ended, who was rung for it, and how much of it is kept."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.pbx import transfer
from pbxsim.pbx.queue import QueueRules
from pbxsim.simulate.run import Run, Simulation
from pbxsim.testing.office import START, Office, extension
from pbxsim.vendors.simotel.ids import cuid_of
from pbxsim.vendors.simotel.queue_visits import CONTINUE, LEAVE_EMPTY, TIMEOUT, QueueVisits, Visit
from tests.vendors.simotel.report_client import CALLER, report_office

PATIENT = QueueRules(member_timeout=15 * SECOND, retry=5 * SECOND)


class Hall:
    """An office whose visits are heard."""

    def __init__(self, rules: QueueRules = PATIENT, strategy: str = "linear", kept: int = 10) -> None:
        self.office = report_office(rules=rules, strategy=strategy)
        self.heard = QueueVisits(self.office.pbx, kept)

    def visit(self) -> Visit:
        """Give the one visit that is over."""
        (visit,) = self.heard.visits
        return visit


@pytest.mark.cites("R310")
def test_a_caller_whom_an_agent_takes_and_leaves() -> None:
    hall = Hall()
    hall.office.phones["564"].answers(after=4, talks=9)
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(3600)
    visit = hall.visit()
    assert visit.answerer is not None
    assert (visit.src, visit.qnum, visit.cuid) == (CALLER, "901", "1700000000.1")
    assert (visit.joined, visit.left, visit.ended) == (START, START + 4 * SECOND, START + 13 * SECOND)
    assert (visit.status, visit.hangup) == (CONTINUE, "agent")
    assert (visit.answerer.exten, visit.answerer.name, visit.answerer.tries) == ("564", "Ann", 1)
    assert (visit.answerer.answered, visit.answerer.ended) == (visit.left, visit.ended)


@pytest.mark.cites("R310")
def test_a_caller_who_ends_the_talk() -> None:
    hall = Hall()
    hall.office.phones["564"].answers(after=4)
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(10)
    assert call.first is not None
    hall.office.pbx.calls.hang_up_channel(call.first)
    assert (hall.visit().hangup, hall.visit().ended) == ("caller", START + 10 * SECOND)


@pytest.mark.cites("R310", "R311")
def test_agents_who_do_not_answer_are_counted_each_with_the_last_try() -> None:
    hall = Hall()
    hall.office.phones["564"].never_answers()
    hall.office.phones["560"].never_answers()
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(29)  # one pass of 15 s, a pause of 5, and 9 s of the next
    assert call.first is not None
    assert not hall.heard.visits
    hall.office.pbx.calls.hang_up_channel(call.first)
    visit = hall.visit()
    assert (visit.status, visit.hangup, visit.answerer) == (CONTINUE, "caller", None)
    (ann,) = visit.attempts.values()
    assert (ann.exten, ann.tries, ann.answered) == ("564", 2, 0)
    assert (ann.began, ann.ended) == (START + 20 * SECOND, START + 29 * SECOND)


@pytest.mark.cites("R311")
def test_of_agents_who_ring_together_one_answers_and_the_others_are_told_of_too() -> None:
    hall = Hall(strategy="ringall")
    hall.office.phones["564"].answers(after=4, talks=9)
    hall.office.phones["560"].never_answers()
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(60)
    visit = hall.visit()
    assert {exten: bool(attempt.answered) for exten, attempt in visit.attempts.items()} == {"564": True, "560": False}
    assert visit.attempts["560"].ended == START + 4 * SECOND


@pytest.mark.cites("R310")
def test_a_caller_who_waits_too_long_or_sees_nobody_there_is_sent_away() -> None:
    waits = Hall(QueueRules(member_timeout=15 * SECOND, max_wait=12 * SECOND))
    waits.office.phones["564"].never_answers()
    waits.office.calls_in(CALLER, "901")
    waits.office.advance(60)
    assert (waits.visit().status, waits.visit().ended) == (TIMEOUT, START + 12 * SECOND)
    assert waits.visit().attempts["564"].ended == START + 12 * SECOND

    empty = Hall(QueueRules(leave_when_empty=frozenset({"unavailable"})))
    empty.office.phones["564"].is_busy()
    empty.office.phones["560"].is_busy()
    empty.office.calls_in(CALLER, "901")
    empty.office.advance(1)
    for agent in empty.office.pbx.agents:
        empty.office.pbx.agents.log_out(agent)
    empty.office.advance(60)
    assert empty.visit().status == LEAVE_EMPTY


@pytest.mark.cites("R311")
def test_whoever_could_not_even_join_made_no_visit() -> None:
    hall = Hall(QueueRules(join_empty=frozenset({"unavailable"})))
    for agent in hall.office.pbx.agents:
        hall.office.pbx.agents.log_out(agent)
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(60)
    assert not hall.heard.visits


def test_a_talk_that_is_handed_on_ends_for_the_queue_then() -> None:
    hall = Hall()
    hall.office.phones["564"].answers(after=4)
    hall.office.phones["100"].answers(talks=30)
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(10)
    assert call.second is not None
    assert transfer.blind(hall.office.pbx.calls, call.second, "100")
    hall.office.finish()
    assert (hall.visit().ended, hall.visit().hangup) == (START + 10 * SECOND, "agent")


def test_a_call_that_overflows_into_another_queue_visits_both() -> None:
    hall = Hall(QueueRules(member_timeout=15 * SECOND, max_wait=5 * SECOND, overflow="902"))
    hall.office.phones["564"].never_answers()
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(20)
    assert call.first is not None
    hall.office.pbx.calls.hang_up_channel(call.first)
    visits = list(hall.heard.of_call("1700000000.1"))
    assert [(visit.qnum, visit.status) for visit in visits] == [("901", TIMEOUT), ("902", CONTINUE)]


def test_a_visit_that_goes_on_is_known_by_its_call() -> None:
    hall = Hall()
    hall.office.phones["564"].never_answers()
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(16)
    (visit,) = hall.heard.of_call("1700000000.1")
    assert (visit.ended, visit.attempts["564"].tries) == (0, 1)
    assert list(hall.heard.of_call("1700000000.2")) == []


@pytest.mark.cites("R312")
def test_the_oldest_visits_are_forgotten_and_nothing_else_is_kept() -> None:
    hall = Hall(kept=3)
    hall.office.phones["564"].answers(talks=1)
    for _ in range(5):
        hall.office.calls_in(CALLER, "901")
        hall.office.advance(60)
    assert [visit.number for visit in hall.heard.visits] == [3, 4, 5]
    assert hall.heard._open == {}  # noqa: SLF001 - what a leak would show in


def test_a_pbx_without_queues_is_not_listened_to() -> None:
    office = Office(extension("100"))
    before = {kind: tuple(heard) for kind, heard in office.pbx.events._listeners.items()}  # noqa: SLF001 - who listens
    QueueVisits(office.pbx)
    assert before == office.pbx.events._listeners  # noqa: SLF001


@pytest.mark.cites("R310")
def test_two_hours_of_a_call_centre_are_told_as_its_records_and_figures_have_them() -> None:
    simulation = Simulation(Run(file="call-centre", lasts=2 * HOUR))
    heard = QueueVisits(simulation.pbx)
    simulation.run(lambda _share: None)
    answered = [visit for visit in heard.visits if visit.answerer is not None]
    talks = {cuid_of(cdr): cdr.billsec for cdr in simulation.cdrs}
    assert len(answered) == simulation.figures.total.answered > 1000
    for visit in answered:
        assert visit.answerer is not None
        assert (visit.answerer.ended - visit.answerer.answered) // SECOND == talks[visit.cuid]
    assert all(0 < attempt.began <= attempt.ended for visit in heard.visits for attempt in visit.attempts.values())
    assert simulation.pbx.events.failures == []
