"""What a call centre is judged by: who was offered, answered, lost, how fast, and how busy the agents were.

app_queue's own running averages are in pbx/queue.py; these here are exact, over a whole run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.events import CallEnded, CallerJoined, CallerLeft
from pbxsim.pbx.queue_visit import QueueVisit, VisitOver, Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue


class Tally(msgspec.Struct, kw_only=True):
    """What became of callers. `waited` is the sum of the waits of those who were answered.

    `overflowed` could not join, waited too long or saw nobody there. `waiting` are still there.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    overflowed: int = 0
    in_level: int = 0
    waited: Duration = 0

    def lose(self, visit: QueueVisit) -> None:
        """Count a caller who left unanswered."""
        self.abandoned += visit.why is Why.ABANDONED
        self.overflowed += visit.why is not Why.ABANDONED

    @property
    def waiting(self) -> int:
        """Count those for whom it is still open."""
        return self.offered - self.answered - self.abandoned - self.overflowed

    @property
    def service_level(self) -> float | None:
        """Give the share of all offered calls that were answered within their queue's service level."""
        return self.in_level / self.offered if self.offered else None

    @property
    def speed_of_answer(self) -> float | None:
        """Give the mean wait of those who were answered, in seconds."""
        return self.waited / self.answered / SECOND if self.answered else None

    @property
    def abandon_rate(self) -> float | None:
        """Give the share of all offered calls whose callers hung up."""
        return self.abandoned / self.offered if self.offered else None


class CallCentreFigures:
    """Counts for each queue, and for each call: one that overflows from queue to queue is one call in `total`."""

    def __init__(self, pbx: Pbx) -> None:
        self.queues = {queue.name: Tally() for queue in pbx.queues}
        self.total = Tally()
        self._pbx = pbx
        self._began = pbx.clock.now
        self._latest: dict[int, QueueVisit] = {}
        self._busy: dict[Agent, list[tuple[Instant, Instant]]] = {}
        pbx.events.subscribe(CallerJoined, self._on_joined, Stage.RECORDS)
        pbx.events.subscribe(CallerLeft, self._on_left, Stage.RECORDS)
        pbx.events.subscribe(VisitOver, self._on_over, Stage.RECORDS)
        pbx.events.subscribe(CallEnded, self._on_call_ended, Stage.RECORDS)

    def _on_joined(self, event: CallerJoined) -> None:
        self._offer(event.visit)

    def _offer(self, visit: QueueVisit) -> None:
        self.queues[visit.queue.name].offered += 1
        self.total.offered += visit.call not in self._latest
        self._latest[visit.call] = visit

    def _on_left(self, event: CallerLeft) -> None:
        visit, tally = event.visit, self.queues[event.visit.queue.name]
        if not visit.joined_at:
            self._offer(visit)
        if visit.why is Why.CONNECTED:
            waited = visit.left_at - visit.joined_at
            for counted in (tally, self.total):
                counted.answered += 1
                counted.waited += waited
                counted.in_level += waited <= visit.queue.service_level * SECOND
        else:
            tally.lose(visit)

    def _on_over(self, event: VisitOver) -> None:
        visit, taken = event.visit, event.visit.answered_by
        if taken is not None:
            busy = self._busy.setdefault(taken.member.agent, [])
            busy.append((visit.left_at, visit.ended_at + visit.queue.rules.wrap_up))

    def _on_call_ended(self, event: CallEnded) -> None:
        visit = self._latest.pop(event.call.number, None)
        if visit is not None and visit.why is not Why.CONNECTED:
            self.total.lose(visit)

    def occupancy(self, until: Instant, queue: Queue | None = None) -> float | None:
        """Give the share of their time, from the start until then, that agents were in calls of queues or wrapped up.

        Agents of one queue, or of all; those who are logged in. None where there are none, or no time went by.
        """
        queues = self._pbx.queues if queue is None else (queue,)
        agents = {member.agent: None for each in queues for member in each.members if member.agent.is_logged_in}
        at_work = len(agents) * (until - self._began)
        return self._busy_time(agents, until) / at_work if at_work else None

    def _busy_time(self, agents: Iterable[Agent], until: Instant) -> Duration:
        times = [time for agent in agents for time in self._busy.get(agent, ())]
        return sum(max(0, min(end, until) - max(begin, self._began)) for begin, end in times)
