"""When agents were in their queues, and paused there."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.testing.office import START, Office, extension
from pbxsim.vendors.simotel.agent_sessions import AgentSessions
from tests.vendors.simotel.report_client import report_office


class Shift:
    """An office whose agents are watched: Ann, on 564, in queue 901."""

    def __init__(self, kept: int = 10) -> None:
        self.office = report_office()
        self.watched = AgentSessions(self.office.pbx, kept)
        self.ann = next(iter(self.office.pbx.agents))
        self.queue = self.office.pbx.queues.named("901")

    def told(self) -> list[tuple[str, str, str, int, int]]:
        """Give what there is: kind, extension, queue, and from which second to which."""
        return [
            (one.kind, one.exten, one.qnum, (one.start - START) // SECOND, (one.end - START) // SECOND)
            for one in self.watched.sessions
        ]


@pytest.mark.cites("R313")
def test_an_agent_is_in_a_queue_while_it_is_a_member_there_and_logged_in() -> None:
    shift = Shift()
    shift.office.advance(10)
    shift.office.pbx.agents.log_out(shift.ann)
    shift.office.advance(10)
    shift.office.pbx.agents.log_in(shift.ann, shift.office.phones["100"].line)
    shift.office.advance(10)
    shift.office.pbx.queues.remove(shift.queue, shift.ann)
    assert shift.told() == [("inout", "564", "901", 0, 10), ("inout", "100", "901", 20, 30)]


@pytest.mark.cites("R313")
def test_an_agent_joins_and_leaves_under_the_queues_number() -> None:
    shift = Shift()
    sales = shift.office.pbx.queues.named("sales")
    shift.office.advance(5)
    shift.office.pbx.queues.add(sales, shift.ann, 0)
    shift.office.advance(18)
    shift.office.pbx.queues.add(sales, shift.ann, 3)  # another penalty: nothing else changes
    shift.office.pbx.queues.remove(sales, shift.ann)
    assert shift.told() == [("inout", "564", "902", 5, 23)]


@pytest.mark.cites("R313")
def test_a_pause_is_told_of_in_one_queue_or_in_all_and_ends_with_the_presence() -> None:
    shift = Shift()
    shift.office.pbx.queues.pause(shift.queue, shift.ann)
    shift.office.advance(7)
    shift.office.pbx.agents.pause(shift.ann)
    shift.office.pbx.queues.unpause(shift.queue, shift.ann)
    assert shift.told() == []
    shift.office.advance(3)
    shift.office.pbx.agents.log_out(shift.ann)
    assert shift.told() == [("pause", "564", "901", 0, 10), ("inout", "564", "901", 0, 10)]


@pytest.mark.cites("R312")
def test_the_oldest_sessions_are_forgotten() -> None:
    shift = Shift(kept=2)
    for _ in range(3):
        shift.office.pbx.queues.pause(shift.queue, shift.ann)
        shift.office.advance(1)
        shift.office.pbx.queues.unpause(shift.queue, shift.ann)
    assert [session.number for session in shift.watched.sessions] == [2, 3]


def test_a_pbx_without_queues_has_none() -> None:
    assert not AgentSessions(Office(extension("100")).pbx).sessions
