"""How waiting calls are given to agents, as app_queue does it, but woken by what happens instead of once a second.

Source: Asterisk's apps/app_queue.c: join_queue, try_calling, ring_entry, compare_weights, leave_queue. `autofill` is on:
several callers are served at once while there are several free members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx import dialing
from pbxsim.pbx.events import AgentChanged, LegEnded, LineRegistered, MemberAdded, MemberRemoved
from pbxsim.pbx.queue_hunt import QueueHunt

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Member, Queue

_OWNER: Final = 0  # timers set for the PBX as a whole, not for one call
_STEPS: Final = (1 << 24) - 2


class Distribution:
    """Serves all queues of a PBX. One for a PBX, since an agent may be in several queues and is never in two calls."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._clock = pbx.clock
        self._calls = pbx.calls
        self._steps = 0
        self._woken_at: set[Instant] = set()
        self._queues = sorted(pbx.queues, key=lambda queue: -queue.weight)
        self.hunts = {queue.name: QueueHunt(pbx, self, queue) for queue in self._queues}
        self._rung: dict[Agent, Call] = {}
        self._resting: dict[Agent, Instant] = {}
        if self._queues:
            self._listen()

    def _listen(self) -> None:
        events = self._pbx.events
        events.subscribe(LegEnded, self._on_leg_ended)
        for kind in (AgentChanged, MemberAdded, MemberRemoved, LineRegistered):
            events.subscribe(kind, self._on_change)

    def _on_leg_ended(self, event: LegEnded) -> None:
        if event.channel.line is not None:
            self._on_change(event)

    def _on_change(self, _event: object) -> None:
        if any(queue.waiters for queue in self._queues):
            self.wake(self._clock.now)

    def wake(self, at: Instant) -> None:
        """Serve the queues at that instant, once, after whatever is going on then is done."""
        if at in self._woken_at:
            return
        self._woken_at.add(at)
        self._steps = self._steps % _STEPS + 1
        self._clock.call_at(at, _OWNER, self._steps, self._serve, at)

    @property
    def wakes(self) -> int:
        """Count the instants at which the queues will be served."""
        return len(self._woken_at)

    def _serve(self, at: Instant) -> None:
        self._woken_at.discard(at)
        for queue in self._queues:
            if queue.waiters:
                self.hunts[queue.name].serve()

    # -- who can be rung --------------------------------------------------------------------------------------------

    def available(self, queue: Queue, member: Member) -> bool:
        """Tell whether a member can be rung for a caller of this queue now."""
        agent = member.agent
        line = agent.line
        if line is None or agent.is_paused or agent in self._rung or not line.registration.host:
            return False
        if self._resting.get(agent, 0) > self._clock.now or (line.channels and not queue.rules.ring_in_use):
            return False
        return not line.is_full and not self._wanted_elsewhere(queue, agent)

    def _wanted_elsewhere(self, queue: Queue, agent: Agent) -> bool:
        """Tell whether a queue of more weight has callers for this agent (app_queue.c, compare_weights)."""
        return any(
            other.weight > queue.weight and other.waiters and other.member(agent) is not None
            for other in self._queues
            if other is not queue
        )

    def ring(self, call: Call, members: list[Member], timeout: Duration) -> None:
        """Ring members for a caller, all at once, for at most `timeout`."""
        for member in members:
            self._rung[member.agent] = call
        lines = [member.agent.line for member in members if member.agent.line is not None]
        dialing.ring_lines(self._calls, call, lines, call.order.second_shows, timeout)

    def let_go(self, agent: Agent) -> None:
        """Note that an agent rings for nobody any more."""
        self._rung.pop(agent, None)

    def rest(self, agent: Agent, queue: Queue) -> None:
        """Let an agent wrap up after a call."""
        if queue.rules.wrap_up:
            until = self._resting[agent] = self._clock.now + queue.rules.wrap_up
            self.wake(until)

    def rests(self, agent: Agent) -> bool:
        """Tell whether an agent wraps up."""
        return self._resting.get(agent, 0) > self._clock.now
