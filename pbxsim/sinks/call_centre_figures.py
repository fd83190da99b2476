"""What a call centre is judged by: who was offered, answered, lost, how fast, and how busy the agents were.

app_queue's own running averages are in pbx/queue.py; these here are exact, over a whole run.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant
from pbxsim.pbx.events import CallEnded, CallerJoined, CallerLeft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Member, Queue


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


class _Busy:
    """When an agent was busy, as instants of beginnings and ends."""

    __slots__ = ("begins", "ends")

    def __init__(self) -> None:
        self.begins = array("q")
        self.ends = array("q")

    def within(self, begin: Instant, end: Instant) -> Duration:
        """Sum up what lies between two instants."""
        return sum(
            max(0, min(last, end) - max(first, begin)) for first, last in zip(self.begins, self.ends, strict=True)
        )


class CallCentreFigures:
    """Counts for each queue, and for each call: one that overflows from queue to queue is one call in `total`."""

    def __init__(self, pbx: Pbx) -> None:
        self.queues = {queue.name: Tally() for queue in pbx.queues}
        self.total = Tally()
        self._pbx = pbx
        self._began = pbx.clock.now
        self._joined: dict[int, Instant] = {}
        self._last: dict[int, str] = {}
        self._talks: dict[int, tuple[Queue, Agent, Instant]] = {}
        self._busy: dict[Agent, _Busy] = {}
        pbx.events.subscribe(CallerJoined, self._on_joined)
        pbx.events.subscribe(CallerLeft, self._on_left)
        pbx.events.subscribe(CallEnded, self._on_call_ended)

    def _on_joined(self, event: CallerJoined) -> None:
        self.queues[event.queue.name].offered += 1
        self._joined[event.call.number] = self._pbx.clock.now
        self._is_in_queues(event.call.number)

    def _is_in_queues(self, call: int) -> None:
        if call not in self._last:
            self._last[call] = ""
            self.total.offered += 1

    def _on_left(self, event: CallerLeft) -> None:
        call, queue, tally = event.call, event.queue, self.queues[event.queue.name]
        joined = self._joined.pop(call.number, None)
        if joined is None:
            tally.offered += 1
            self._is_in_queues(call.number)
        if event.how == "connected" and joined is not None:
            in_level = self._pbx.clock.now - joined <= queue.service_level * SECOND
            for counted in (tally, self.total):
                counted.answered += 1
                counted.waited += self._pbx.clock.now - joined
                counted.in_level += in_level
            member = _member_on(queue, call.second.line if call.second is not None else None)
            if member is not None:
                self._talks[call.number] = queue, member.agent, self._pbx.clock.now
        elif event.how == "abandoned":
            tally.abandoned += 1
        else:
            tally.overflowed += 1
        self._last[call.number] = event.how

    def _on_call_ended(self, event: CallEnded) -> None:
        number = event.call.number
        how = self._last.pop(number, None)
        self.total.abandoned += how == "abandoned"
        self.total.overflowed += how == "overflow"
        talk = self._talks.pop(number, None)
        if talk is not None:
            queue, agent, began = talk
            busy = self._busy.setdefault(agent, _Busy())
            busy.begins.append(began)
            busy.ends.append(event.call.ended_at + queue.rules.wrap_up)

    def occupancy(self, until: Instant, queue: Queue | None = None) -> float | None:
        """Give the share of their time, from the start until then, that agents were in calls of queues or wrapped up.

        Agents of one queue, or of all; those who are logged in. None where there are none, or no time went by.
        """
        queues = self._pbx.queues if queue is None else (queue,)
        agents = {member.agent: None for each in queues for member in each.members if member.agent.is_logged_in}
        at_work = len(agents) * (until - self._began)
        return self._busy_time(agents, until) / at_work if at_work else None

    def _busy_time(self, agents: Iterable[Agent], until: Instant) -> Duration:
        return sum(self._busy[agent].within(self._began, until) for agent in agents if agent in self._busy)


def _member_on(queue: Queue, line: object) -> Member | None:
    return next((member for member in queue.members if member.agent.line is line), None)
