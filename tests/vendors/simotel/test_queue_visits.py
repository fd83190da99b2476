"""What reports tell of callers in queues: how each visit ended, who was rung for it, and how much of it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.pbx import transfer
from pbxsim.pbx.queue import QueueRules
from pbxsim.simulate.run import Run, Simulation
from pbxsim.testing.office import START, Office, extension
from pbxsim.vendors.simotel.queue_visits import QueueVisits
from pbxsim.vendors.simotel.reports.queues import last_tries
from tests.vendors.simotel.report_client import CALLER, Reports, report_office

PATIENT = QueueRules(member_timeout=15 * SECOND, retry=5 * SECOND)
CUID = "1700000000.1"


def moment(after: int) -> dict[str, dict[str, str]]:
    """Spell the moment so many seconds after the start."""
    return {"$date": {"$numberLong": str((START // SECOND + after) * 1000)}}


class Hall:
    """An office whose visits are reported."""

    def __init__(self, rules: QueueRules = PATIENT, strategy: str = "linear") -> None:
        self.office = report_office(rules=rules, strategy=strategy)
        self.reports = Reports(behind=self.office)

    def visits(self) -> list[dict[str, Any]]:
        """Give the rows of the visits that are over, oldest first."""
        rows: list[dict[str, Any]] = self.reports.rows("queue/search", pagination={"sorting": {"_id": 1}})
        return rows

    def visit(self) -> dict[str, Any]:
        """Give the row of the one visit that is over."""
        (row,) = self.visits()
        return row

    def rung(self) -> dict[str, dict[str, Any]]:
        """Give the rows of those who were rung for the first call, by extension."""
        return {row["dst"]: row for row in self.reports.data("quick/info", cuid=CUID)}


@pytest.mark.cites("R310")
def test_a_caller_whom_an_agent_takes_and_leaves() -> None:
    hall = Hall()
    hall.office.phones["564"].answers(after=4, talks=9)
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(3600)
    visit, rung = hall.visit(), hall.rung()["564"]
    assert (visit["src"], visit["qnum"], visit["cuid"]) == (CALLER, "901", CUID)
    assert (visit["wait"], visit["billsec"], visit["endtime"]) == (4, 9, moment(13))
    assert (visit["queue_status"], visit["hangup"]) == ("CONTINUE", "agent")
    assert (visit["dst"], visit["dst_name"], rung["tries"]) == ("564", "Ann", 1)
    assert (rung["billsec"], rung["endtime"]) == (9, moment(13))


@pytest.mark.cites("R310")
def test_a_caller_who_ends_the_talk() -> None:
    hall = Hall()
    hall.office.phones["564"].answers(after=4)
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(10)
    assert call.first is not None
    hall.office.pbx.calls.hang_up_channel(call.first)
    assert (hall.visit()["hangup"], hall.visit()["endtime"]) == ("caller", moment(10))


@pytest.mark.cites("R310", "R311")
def test_agents_who_do_not_answer_are_counted_each_with_the_last_try() -> None:
    hall = Hall()
    hall.office.phones["564"].never_answers()
    hall.office.phones["560"].never_answers()
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(49)  # a pass of 15 s, a pause of 5, the other one's pass, and 9 s of the first one's next
    assert call.first is not None
    assert hall.visits() == []
    hall.office.pbx.calls.hang_up_channel(call.first)
    visit = hall.visit()
    assert (visit["queue_status"], visit["hangup"], visit["disposition"]) == ("CONTINUE", "caller", "MISSED")
    rung = hall.rung()
    assert {exten: row["tries"] for exten, row in rung.items()} == {"564": 2, "560": 1}
    ann = rung["564"]
    assert ann["disposition"] == rung["560"]["disposition"] == "NO ANSWER"
    assert (visit["ringtime"], ann["last_try"], ann["wait"]) == (moment(40), moment(49), 9)


@pytest.mark.cites("R311")
def test_of_agents_who_ring_together_one_answers_and_the_others_are_told_of_too() -> None:
    hall = Hall(strategy="ringall")
    hall.office.phones["564"].answers(after=4, talks=9)
    hall.office.phones["560"].never_answers()
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(60)
    rung = hall.rung()
    assert {exten: row["disposition"] for exten, row in rung.items()} == {"564": "ANSWERED", "560": "NO ANSWER"}
    assert rung["560"]["endtime"] == moment(4)


@pytest.mark.cites("R310")
def test_a_caller_who_waits_too_long_or_sees_nobody_there_is_sent_away() -> None:
    waits = Hall(QueueRules(member_timeout=15 * SECOND, max_wait=12 * SECOND))
    waits.office.phones["564"].never_answers()
    waits.office.calls_in(CALLER, "901")
    waits.office.advance(60)
    assert (waits.visit()["queue_status"], waits.visit()["endtime"]) == ("TIMEOUT", moment(12))
    assert waits.rung()["564"]["endtime"] == moment(12)

    empty = Hall(QueueRules(leave_when_empty=frozenset({"unavailable"})))
    empty.office.phones["564"].is_busy()
    empty.office.phones["560"].is_busy()
    empty.office.calls_in(CALLER, "901")
    empty.office.advance(1)
    for agent in empty.office.pbx.agents:
        empty.office.pbx.agents.log_out(agent)
    empty.office.advance(60)
    assert empty.visit()["queue_status"] == "LEAVEEMPTY"


@pytest.mark.cites("R311")
def test_whoever_could_not_even_join_made_no_visit() -> None:
    hall = Hall(QueueRules(join_empty=frozenset({"unavailable"})))
    for agent in hall.office.pbx.agents:
        hall.office.pbx.agents.log_out(agent)
    hall.office.calls_in(CALLER, "901")
    hall.office.advance(60)
    assert hall.visits() == []


def test_a_talk_that_is_handed_on_ends_for_the_queue_then() -> None:
    hall = Hall()
    hall.office.phones["564"].answers(after=4)
    hall.office.phones["100"].answers(talks=30)
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(10)
    assert call.second is not None
    assert transfer.blind(hall.office.pbx.calls, call.second, "100")
    hall.office.finish()
    assert (hall.visit()["endtime"], hall.visit()["hangup"]) == (moment(10), "agent")


def test_a_call_that_overflows_into_another_queue_visits_both() -> None:
    hall = Hall(QueueRules(member_timeout=15 * SECOND, max_wait=5 * SECOND, overflow="902"))
    hall.office.phones["564"].never_answers()
    call = hall.office.calls_in(CALLER, "901")
    hall.office.advance(20)
    assert call.first is not None
    hall.office.pbx.calls.hang_up_channel(call.first)
    visits = hall.visits()
    assert [(one["qnum"], one["queue_status"]) for one in visits] == [("901", "TIMEOUT"), ("902", "CONTINUE")]
    assert {one["cuid"] for one in visits} == {CUID}


def test_a_visit_that_goes_on_is_known_by_its_call() -> None:
    office = report_office(rules=PATIENT)
    heard = QueueVisits(office.pbx)
    office.phones["564"].never_answers()
    office.calls_in(CALLER, "901")
    office.advance(16)
    (one,) = heard.of_call(CUID)
    assert (one.visit.ended_at, [tries for _, tries in last_tries(one.visit)]) == (0, [1])
    assert list(heard.of_call("1700000000.2")) == []


@pytest.mark.cites("R312")
def test_the_oldest_visits_are_forgotten_and_nothing_else_is_kept() -> None:
    office = report_office(rules=PATIENT)
    heard = QueueVisits(office.pbx, 3)
    office.phones["564"].answers(talks=1)
    for _ in range(5):
        office.calls_in(CALLER, "901")
        office.advance(60)
    assert [one.visit.number for one in heard.visits] == [3, 4, 5]
    assert heard._latest == {}  # noqa: SLF001 - what a leak would show in


def test_a_pbx_without_queues_is_not_listened_to() -> None:
    office = Office(extension("100"))
    before = {kind: tuple(heard) for kind, heard in office.pbx.events._staged.items()}  # noqa: SLF001 - who listens
    QueueVisits(office.pbx)
    assert before == {kind: tuple(heard) for kind, heard in office.pbx.events._staged.items()}  # noqa: SLF001


@pytest.mark.slow
@pytest.mark.cites("R310")
def test_two_hours_of_a_call_centre_are_told_as_its_records_and_figures_have_them() -> None:
    simulation = Simulation(Run(file="call-centre", lasts=2 * HOUR))
    heard = QueueVisits(simulation.pbx)
    simulation.run(lambda _share: None)
    answered = [one for one in heard.visits if one.visit.answered_by is not None]
    talks = {cdr.linked_id: cdr.talked for cdr in simulation.cdrs if cdr.talk}
    assert len(answered) == simulation.figures.total.answered > 1000
    assert all(one.visit.talked == talks[one.cuid] for one in answered)
    rung = [attempt for one in heard.visits for attempt in one.visit.attempts]
    assert all(0 < attempt.began_at <= attempt.ended_at for attempt in rung)
    assert simulation.pbx.events.failures == []
