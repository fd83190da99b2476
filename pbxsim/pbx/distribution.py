"""How waiting calls are given to agents, as app_queue does it, but woken by what happens instead of once a second.

Source: Asterisk's apps/app_queue.c: join_queue, is_our_turn, try_calling, ring_entry, compare_weight, leave_queue.
`autofill` is on: several callers are served at once while there are several free members.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.native import mypyc_attr
from pbxsim.pbx import dialing
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import (
    AgentChanged,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegRinging,
    LineRegistered,
    LineUnregistered,
    MemberAdded,
    MemberPauseChanged,
    MemberRemoved,
)
from pbxsim.pbx.queue_hunt import QueueHunt
from pbxsim.pbx.queue_visit import QueueVisits
from pbxsim.pbx.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.directory import Line
    from pbxsim.pbx.queue import Member, Queue
    from pbxsim.pbx.queue_visit import QueueVisit

_DOWN: Final = ChannelState.DOWN  # looked up through its class it costs more than the comparison
_LOOKS: Final = frozenset({"inuse", "ringing"})  # what a member looks like changes with every step of a call
AtWork: TypeAlias = "tuple[int, tuple[int, Member], Agent, Line]"
"""A member's place in a queue, the member with that place, the agent, and the line that it works from."""

_place: Final = itemgetter(0)

_OWNER: Final = 0  # timers set for the PBX as a whole, not for one call
_STEPS: Final = (1 << 24) - 2


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Distribution:
    """Serves all queues of a PBX. One for a PBX, since an agent may be in several queues and is never in two calls."""

    def __init__(self, control: CallControl, queues: Iterable[Queue], seed: int) -> None:
        self.visits = QueueVisits(control.clock, control.bus)
        self._clock = control.clock
        self._control = control
        self._steps = 0
        self._woken_at: set[Instant] = set()
        self._queues = sorted(queues, key=lambda queue: -queue.weight)
        self.hunts = {queue.name: QueueHunt(control, self, queue, seed) for queue in self._queues}
        self._heavier = {
            queue.name: [other for other in self._queues if other.weight > queue.weight] for queue in self._queues
        }
        self._rung: dict[Agent, Call] = {}
        self._talking: dict[Agent, int] = {}
        self._talking_on: dict[Channel, tuple[Member, Queue]] = {}
        self._resting: dict[Agent, Instant] = {}
        self._at_work: dict[str, list[AtWork]] = {}
        self._in_calls: dict[Line, list[tuple[str, AtWork]]] = {}
        if self._queues:
            self._listen()

    def _listen(self) -> None:
        events = self._control.bus
        events.subscribe(LegEnded, self._on_leg_ended, Stage.SWITCH)
        for coming in (AgentChanged, MemberAdded, MemberRemoved, MemberPauseChanged, LineRegistered, LineUnregistered):
            events.subscribe(coming, self._on_coming, Stage.SWITCH)
        if any(_LOOKS & (queue.rules.leave_when_empty or frozenset()) for queue in self._queues):
            for telling in (LegDialed, LegRinging, LegAnswered):
                events.subscribe(telling, self._on_change, Stage.SWITCH)

    def _on_leg_ended(self, event: LegEnded) -> None:
        if event.channel.line in self._in_calls:
            self._take_back(self._in_calls.pop(event.channel.line))
        if event.channel in self._talking_on:
            member, queue = self._talking_on.pop(event.channel)
            member.last_call = self._clock.now
            self.finished(member.agent, queue)
        elif event.channel.line is not None:
            self.changed()

    def _on_coming(self, _event: object) -> None:
        self._at_work.clear()
        self._in_calls.clear()
        self.changed()

    def _on_change(self, _event: object) -> None:
        self.changed()

    def changed(self) -> None:
        """Serve the queues now, if anybody waits: somebody may have become free, or come to the head of a queue."""
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

    def _available(self, queue: Queue) -> list[tuple[int, Member]]:
        """Give the members, with their places, that can be rung for a caller of this queue now.

        All at once: of a large queue each member is looked at for each caller, and a call for each would take longest.
        """
        at_work = self._at_work.get(queue.name)
        if at_work is None:
            at_work = self._look_who_is(queue)
        rung, resting, talking, in_use = self._rung, self._resting, self._talking, queue.rules.ring_in_use
        found, in_calls = [], []
        for each in at_work:
            _, placed, agent, line = each
            if line.channels:
                if not in_use:
                    in_calls.append(each)
                    continue
                if line.is_full:
                    continue
            if agent not in rung and (in_use or agent not in talking) and not (resting and self.rests(agent)):
                found.append(placed)
        if in_calls:
            self._leave_out(queue, at_work, in_calls)
        return found

    def free(self, queue: Queue) -> list[tuple[int, Member]]:
        """Give the members that can be rung for this queue now, each with its place, in the order of these."""
        rules, members = queue.rules, self._available(queue)
        if members and rules.has_penalty_limits:
            members = [placed for placed in members if rules.asks(placed[1].penalty)]
        if members and self._heavier[queue.name]:
            return [placed for placed in members if not self._wanted_elsewhere(queue, placed[1].agent)]
        return members

    def _look_who_is(self, queue: Queue) -> list[AtWork]:
        """Note which members are at work, until somebody comes, goes, moves or pauses: it is asked often."""
        found = []
        for place, member in enumerate(queue.members):
            agent, line = member.agent, member.agent.line
            if line is None or member.is_paused or not line.registration.host or line.resting_state is not _DOWN:
                continue
            found.append((place, (place, member), agent, line))
        self._at_work[queue.name] = found
        return found

    def _leave_out(self, queue: Queue, at_work: list[AtWork], in_calls: list[AtWork]) -> None:
        """Look no more at those whose line is in a call, until one of its calls ends: it is asked often."""
        for each in in_calls:
            del at_work[bisect_left(at_work, each[0], key=_place)]
            self._in_calls.setdefault(each[3], []).append((queue.name, each))

    def _take_back(self, left_out: list[tuple[str, AtWork]]) -> None:
        for name, each in left_out:
            insort(self._at_work[name], each, key=_place)

    def _wanted_elsewhere(self, queue: Queue, agent: Agent) -> bool:
        """Tell whether a queue of more weight needs this agent for its callers (app_queue.c, compare_weight)."""
        return any(
            other.member(agent) is not None and self.hunts[other.name].callers >= max(self._available_members(other), 1)
            for other in self._heavier[queue.name]
        )

    def _available_members(self, queue: Queue) -> int:
        """Count who could be rung; under ringall one at most, for all ring for one caller (num_available_members)."""
        count = len(self._available(queue))
        return min(count, 1) if queue.way is Strategy.RINGALL else count

    def ring(self, call: Call, visit: QueueVisit, ringing: Mapping[Line, Member], timeout: Duration) -> None:
        """Ring members for a caller, all at once, for at most `timeout`."""
        for member in ringing.values():
            self._rung[member.agent] = call
        legs = dialing.legs_on(self._control, call, ringing, call.shows)
        self.visits.rung(visit, zip(ringing.values(), legs, strict=True))
        dialing.dial(self._control, call, legs, timeout)

    def let_go(self, agent: Agent) -> None:
        """Note that an agent rings for nobody any more."""
        self._rung.pop(agent, None)

    def took(self, agent: Agent) -> None:
        """Note that an agent talks to a caller, wherever the agent may log in meanwhile."""
        self._talking[agent] = self._talking.get(agent, 0) + 1

    def talked_with_nobody(self, agent: Agent) -> None:
        """Note that an agent who had answered is not connected after all; that needs no rest."""
        self._talking[agent] -= 1
        if not self._talking[agent]:
            del self._talking[agent]
        self.changed()

    def talks_on(self, leg: Channel, member: Member, queue: Queue) -> None:
        """Note that a call of a queue is over, but not the talk of the member who took it, on that leg."""
        self._talking_on[leg] = member, queue

    def finished(self, agent: Agent, queue: Queue) -> None:
        """Note that an agent's talk is over; now the agent wraps up."""
        self.talked_with_nobody(agent)
        if queue.rules.wrap_up:
            until = max(self._clock.now + queue.rules.wrap_up, self._resting.get(agent, 0))
            self._resting[agent] = until
            self.wake(until)

    def rests(self, agent: Agent) -> bool:
        """Tell whether an agent wraps up."""
        return self._resting.get(agent, 0) > self._clock.now
