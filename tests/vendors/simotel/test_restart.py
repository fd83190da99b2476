"""What Simotel's reports tell of, and whom its interface has logged in, over a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.astdb import AstDb
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.vendors.simotel.agent_sessions import AgentSessions
from pbxsim.vendors.simotel.queue_visits import QueueVisits
from pbxsim.vendors.simotel.state import State
from tests.vendors.simotel.companion import Companion
from tests.vendors.simotel.report_client import CALLER, report_office

if TYPE_CHECKING:
    from pbxsim.testing.office import Office


def restarted(office: Office) -> Office:
    """Give an office of the same file that remembers what this one does, and whose clock stands where this one's is."""
    again = report_office()
    again.advance((office.clock.now - again.clock.now) / SECOND)
    again.pbx.database = AstDb(again.pbx.events, office.pbx.database.entries())
    return again


def shown(visits: QueueVisits) -> list[bytes]:
    """Spell the visits out."""
    return [msgspec.json.encode(one) for one in visits.visits]


@pytest.mark.cites("R312")
@pytest.mark.parametrize("calls", [1, 2, 5, 9])
def test_visits_are_there_after_a_restart_the_oldest_forgotten_and_numbers_go_on(calls: int) -> None:
    office = report_office()
    heard = QueueVisits(office.pbx, 5)
    office.phones["564"].is_busy()
    office.phones["560"].answers(talks=1)
    for _ in range(calls):
        office.calls_in(CALLER, "901", "Zoe ☎")
        office.advance(60)
    again = restarted(office)
    taken_up = QueueVisits(again.pbx, 5)
    assert shown(taken_up) == shown(heard)
    assert len(taken_up.visits) == min(calls, 5)
    assert shown(QueueVisits(restarted(again).pbx, 5)) == shown(heard)
    again.phones["564"].answers(talks=1)
    again.calls_in(CALLER, "901")
    again.advance(60)
    numbers = [one.visit.number for one in taken_up.visits]
    rung = [attempt.number for one in taken_up.visits for attempt in one.visit.attempts]
    assert numbers[-1] == calls + 1
    assert len(set(rung)) == len(rung)
    assert all(one.place == number for one, number in zip(taken_up.visits, numbers, strict=True))
    assert len(list(again.pbx.cdrs.find(CdrQuery()))) == 1


@pytest.mark.cites("R312")
def test_a_session_that_goes_on_is_not_ended_by_a_restart_and_ended_ones_are_there() -> None:
    office = report_office()
    heard = AgentSessions(office.pbx)
    ann, queue = next(iter(office.pbx.agents)), office.pbx.queues.named("901")
    office.pbx.queues.pause(queue, ann)
    office.advance(10)
    office.pbx.queues.unpause(queue, ann)
    office.advance(10)
    again = restarted(office)
    taken_up = AgentSessions(again.pbx)
    assert list(taken_up.sessions) == list(heard.sessions) != []
    again.advance(10)
    again.pbx.agents.log_out(next(iter(again.pbx.agents)))
    last = taken_up.sessions[-1]
    assert (last.number, last.kind, (last.end - last.start) // SECOND) == (2, "inout", 30)


@pytest.mark.cites("R312")
def test_a_session_of_whom_the_file_does_not_have_at_work_any_more_ends_at_the_restart() -> None:
    office = report_office()
    AgentSessions(office.pbx)
    office.advance(10)
    again = restarted(office)
    ann = next(iter(again.pbx.agents))
    again.pbx.queues.named("901").members.pop(0)
    taken_up = AgentSessions(again.pbx)
    (over,) = taken_up.sessions
    assert (over.kind, over.exten, (over.end - over.start) // SECOND, ann.is_logged_in) == ("inout", "564", 10, True)


def test_whom_the_interface_has_logged_in_it_logs_out_after_a_restart_too() -> None:
    client = Companion()
    for queue, agent in (("999", "3001"), ("999", "3002")):
        client.post("pbx/queues/addagent", queue=queue, source="557", agent=agent)
    client.post("pbx/queues/removeagent", queue="999", agent="3002")
    state = client.interface.state  # type: ignore[attr-defined]  # Simotel's own interface
    pbx = report_office().pbx
    pbx.database = AstDb(pbx.events, state.pbx.database.entries())
    assert State(state.settings, pbx).mapped == {"3001"}
