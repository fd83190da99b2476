"""Queues: their members, who waits, and the figures that app_queue keeps (Asterisk's apps/app_queue.c).

How waiting calls are given to members is not here yet: a queue of this kind holds state and reports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.pbx.errors import QueueNotFound
from pbxsim.pbx.events import MemberAdded, MemberRemoved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.bus import EventBus


class Member(msgspec.Struct, eq=False, kw_only=True):
    """An agent in a queue. `penalty` 0 is asked first; `last_call` 0 is none; `membership` static or dynamic."""

    agent: Agent
    penalty: int = 0
    membership: str = "dynamic"
    calls_taken: int = 0
    last_call: Instant = 0


class Waiter(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A caller in a queue, since `joined_at`; names as Asterisk shows them. None where the PBX knows no such party."""

    channel: str
    unique_id: str
    caller_number: str
    caller_name: str
    joined_at: Instant
    connected_number: str | None = None
    connected_name: str | None = None


class QueueFigures(msgspec.Struct, eq=False, kw_only=True):
    """What app_queue counts: `hold_time` and `talk_time` are its running averages in whole seconds."""

    completed: int = 0
    abandoned: int = 0
    completed_in_level: int = 0
    hold_time: int = 0
    talk_time: int = 0

    def service_level_percent(self) -> float:
        """Give the share of completed calls answered within the service level (app_queue.c, __queues_show)."""
        return 100 * self.completed_in_level / self.completed if self.completed else 0.0


class Queue(msgspec.Struct, eq=False, kw_only=True):
    """A queue. `max_waiting` 0 is no limit; `service_level` is in seconds; `weight` ranks it among queues."""

    name: str
    strategy: str = "ringall"
    max_waiting: int = 0
    service_level: int = 0
    weight: int = 0
    members: list[Member]
    waiters: list[Waiter]
    figures: QueueFigures

    def member(self, agent: Agent) -> Member | None:
        """Find the agent's membership."""
        return next((member for member in self.members if member.agent is agent), None)


class Queues:
    """The queues of a PBX, by name."""

    def __init__(self, queues: Iterable[Queue], bus: EventBus) -> None:
        self._queues = {queue.name: queue for queue in queues}
        self._bus = bus

    def __iter__(self) -> Iterator[Queue]:
        return iter(self._queues.values())

    def named(self, name: str) -> Queue:
        """Find a queue. Raises QueueNotFound."""
        queue = self._queues.get(name)
        if queue is None:
            raise QueueNotFound(name)
        return queue

    def add(self, queue: Queue, agent: Agent, penalty: int) -> None:
        """Make the agent a dynamic member; one that is a member already gets the new penalty."""
        member = queue.member(agent)
        if member is None:
            queue.members.append(Member(agent=agent, penalty=penalty))
        else:
            member.penalty = penalty
        self._bus.emit(MemberAdded(queue, agent))

    def remove(self, queue: Queue, agent: Agent) -> None:
        """End the agent's membership; one that is no member stays none."""
        member = queue.member(agent)
        if member is not None:
            queue.members.remove(member)
            self._bus.emit(MemberRemoved(queue, agent))
