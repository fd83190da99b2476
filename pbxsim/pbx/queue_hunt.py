"""One queue as a hunt: callers join, wait, are rung out to members, connected, or leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import dialing
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.dice import stream
from pbxsim.pbx.directory import DeviceState
from pbxsim.pbx.events import CallerJoined, CallerLeft
from pbxsim.pbx.queue import Member, Queue, Waiter
from pbxsim.pbx.strategy import Choice, Strategy, ranked, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.distribution import Distribution
    from pbxsim.pbx.pbx import Pbx


class QueueHunt:
    """Implements `Hunt` for one queue."""

    def __init__(self, pbx: Pbx, distribution: Distribution, queue: Queue) -> None:
        self.queue = queue
        self._pbx = pbx
        self._clock = pbx.clock
        self._distribution = distribution
        self._waiting: dict[int, Waiter] = {}
        self._talking: dict[int, tuple[Member, bool]] = {}

    # -- the caller's way -------------------------------------------------------------------------------------------

    def start(self, call: Call) -> None:
        """Have the caller join, unless the queue is full or counts as empty; then it goes to the overflow."""
        queue, rules = self.queue, self.queue.rules
        full = queue.max_waiting and len(queue.waiters) >= queue.max_waiting
        if full or (rules.join_empty is not None and self._nobody_there(rules.join_empty)):
            self._pbx.events.emit(CallerLeft(queue, call, "overflow"))
            self._go_on(call)
            return
        waiter = self._waiting[call.number] = _waiter(call, self._clock.now)
        queue.waiters.append(waiter)
        self._pbx.events.emit(CallerJoined(queue, call))
        if rules.max_wait:
            waiter.leave_timer = self._later(call, rules.max_wait, self._wait_ran_out, waiter)
        if rules.announce_every:
            waiter.announce_timer = self._later(call, rules.announce_every, self._announce, waiter)
        self.serve()

    def answered(self, call: Call, channel: Channel) -> None:
        """Connect the caller with the member who picked up."""
        waiter = self._waiting[call.number]
        member = next(member for member in waiter.ringing if member.agent.line is channel.line)
        held = (self._clock.now - waiter.joined_at) // SECOND
        self._leave(waiter, call, "connected")
        self.queue.figures.connected(held)
        self._talking[call.number] = member, held <= self.queue.service_level

    def ended(self, call: Call) -> None:
        """Count the call: completed if a member had taken it, else abandoned."""
        talk = self._talking.pop(call.number, None)
        if talk is not None:
            self._complete(call, *talk)
        elif call.number in self._waiting:
            self.queue.figures.abandoned += 1
            self._leave(self._waiting[call.number], call, "abandoned")

    def _complete(self, call: Call, member: Member, in_level: bool) -> None:  # noqa: FBT001 - a pair unpacked
        self.queue.figures.complete((self._clock.now - call.bridged_at) // SECOND, in_level=in_level)
        member.calls_taken += 1
        member.last_call = self._clock.now
        self._distribution.rest(member.agent, self.queue)

    def _go_on(self, call: Call) -> None:
        """Send a caller that this queue does not keep to the overflow, or hang up."""
        self.queue.figures.overflowed += 1
        call.hunt = None
        control, overflow = self._pbx.calls, self.queue.rules.overflow
        if not overflow:
            control.end(call, HangupCause.NORMAL_CLEARING)
            return
        destination = self._pbx.dialplan.resolve(overflow, call.order.context)
        dialing.ring(control, call, destination, call.order.second_shows, call.order.second_timeout)

    def _leave(self, waiter: Waiter, call: Call, how: str) -> None:
        """Take a caller out of the queue; whoever rings for it is free again."""
        del self._waiting[call.number]
        self.queue.waiters.remove(waiter)
        for timer in (waiter.leave_timer, waiter.announce_timer):
            if timer:
                self._clock.cancel(timer)
        for member in waiter.ringing:
            self._distribution.let_go(member.agent)
        self._pbx.events.emit(CallerLeft(self.queue, call, how))

    # -- ringing members --------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Ring members for all who wait and may be connected now, in their order, while there are free members."""
        rules, queue = self.queue.rules, self.queue
        if rules.leave_when_empty is not None and self._nobody_there(rules.leave_when_empty):
            self._send_all_away()
            return
        for waiter in list(queue.waiters):
            if waiter.call is None or waiter.ringing or waiter.not_before > self._clock.now:
                continue
            if waiter.call.number in self._waiting and not self._ring(waiter, waiter.call):
                return

    def _ring(self, waiter: Waiter, call: Call) -> bool:
        queue = self.queue
        free = [
            (place, member)
            for place, member in enumerate(queue.members)
            if member not in waiter.tried and self._distribution.available(queue, member)
        ]
        if not free:
            if waiter.tried:
                self._pass_is_over(waiter)
            return bool(waiter.tried)
        if not waiter.tried:
            queue.passes += 1
            waiter.pass_ends = self._clock.now + queue.rules.member_timeout
        self._ring_some(waiter, call, free)
        return True

    def _ring_some(self, waiter: Waiter, call: Call, free: list[tuple[int, Member]]) -> None:
        queue = self.queue
        chance = stream(self._pbx.seed, f"queue {queue.name}", queue.passes)
        way = queue.way
        picked = together(way, ranked(way, Choice(free, queue.next_place, chance)))
        queue.next_place = picked[-1][0] + 1
        waiter.ringing = [member for _, member in picked]
        self._distribution.ring(call, list(waiter.ringing), waiter.pass_ends - self._clock.now)

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Try the next member within the pass; under ringall the pass is over when the last one refused."""
        waiter = self._waiting[call.number]
        for member in [member for member in waiter.ringing if member.agent.line is channel.line]:
            waiter.ringing.remove(member)
            waiter.tried.append(member)
            self._distribution.let_go(member.agent)
        if waiter.ringing:
            return
        if self.queue.way is Strategy.RINGALL or waiter.pass_ends <= self._clock.now:
            self._pass_is_over(waiter)
        else:
            self._distribution.wake(self._clock.now)

    def timed_out(self, call: Call) -> None:
        """Let the caller wait for the next pass."""
        self._pass_is_over(self._waiting[call.number])

    def _pass_is_over(self, waiter: Waiter) -> None:
        for member in waiter.ringing:
            self._distribution.let_go(member.agent)
        waiter.ringing = []
        waiter.tried = []
        waiter.not_before = max(waiter.not_before, self._clock.now + self.queue.rules.retry)
        self._distribution.wake(waiter.not_before)

    # -- waiting ----------------------------------------------------------------------------------------------------

    def _later(self, call: Call, delay: Duration, action: Callable[[Waiter], None], waiter: Waiter) -> TimerId:
        return self._clock.call_at(self._clock.now + delay, call.number, call.next_step(), action, waiter)

    def _announce(self, waiter: Waiter) -> None:
        waiter.announce_timer = 0
        rules = self.queue.rules
        call = waiter.call
        assert call is not None  # its timer was set for a call
        if not waiter.ringing:
            waiter.not_before = max(waiter.not_before, self._clock.now + rules.announce_length)
            self._distribution.wake(waiter.not_before)
        waiter.announce_timer = self._later(call, rules.announce_every, self._announce, waiter)

    def _wait_ran_out(self, waiter: Waiter) -> None:
        waiter.leave_timer = 0
        self._send_away(waiter)

    def _send_all_away(self) -> None:
        for waiter in list(self._waiting.values()):
            self._send_away(waiter)

    def _send_away(self, waiter: Waiter) -> None:
        call = waiter.call
        assert call is not None  # its timer was set for a call
        self._pbx.calls.stop_ringing(call, HangupCause.ANSWERED_ELSEWHERE)
        self._leave(waiter, call, "overflow")
        self._go_on(call)

    def _nobody_there(self, absent: frozenset[str]) -> bool:
        return all(self._state(member) in absent for member in self.queue.members)

    def _state(self, member: Member) -> str:
        agent = member.agent
        if agent.is_paused:
            return "paused"
        if self._distribution.rests(agent):
            return "wrapup"
        return _STATES[agent.device_state]


_STATES = {
    DeviceState.NOT_IN_USE: "",
    DeviceState.IN_USE: "inuse",
    DeviceState.BUSY: "inuse",
    DeviceState.ON_HOLD: "inuse",
    DeviceState.INVALID: "invalid",
    DeviceState.UNAVAILABLE: "unavailable",
    DeviceState.RINGING: "ringing",
    DeviceState.RING_IN_USE: "ringing",
}


def _waiter(call: Call, now: int) -> Waiter:
    channel = call.first
    assert channel is not None  # a queue is only ever a second party
    if channel.state is ChannelState.RING:
        channel.state = ChannelState.UP  # Queue() answers the caller
        channel.answered_at = now
    shows = call.order.second_shows
    return Waiter(
        channel=channel.name,
        unique_id=channel.unique_id,
        caller_number=shows.number,
        caller_name=shows.name or shows.number,
        joined_at=now,
        call=call,
    )
