"""One queue as a hunt: callers join, wait, are rung out to members, connected, or leave."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Final

from pbxsim.clock.instant import SECOND
from pbxsim.native import mypyc_attr
from pbxsim.pbx import clearing, dialing
from pbxsim.pbx.announcing import NEVER, Announcer
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dice import named, turn_of
from pbxsim.pbx.emptiness import is_there
from pbxsim.pbx.queue import Member, Queue, Waiter
from pbxsim.pbx.queue_visit import QueueVisit, Why
from pbxsim.pbx.strategy import Choice, Strategy, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.distribution import Distribution
    from pbxsim.pbx.hunt import HandedOn

_turn: Final = attrgetter("turn")
_KEPT_TRIES: Final = 20  # legs that refused a caller who still waits: enough to see what goes on


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class QueueHunt:
    """Implements `Hunt` for one queue."""

    has_room: ClassVar[bool] = True

    def __init__(self, control: CallControl, distribution: Distribution, queue: Queue, seed: int) -> None:
        self.queue = queue
        self._control = control
        self._clock = control.clock
        self._distribution = distribution
        self._tell = distribution.visits
        self._chances = named(seed, f"queue {queue.name}")
        self._announcer = Announcer(control.clock, control.bus, queue, seed)
        self._standing = len(queue.waiters)  # callers of the PBX file: they wait for nobody, and at the head
        self._joined = 0
        self._waiting: dict[int, Waiter] = {}
        self._tried: dict[int, Waiter] = {}  # those of them within whose pass a member has refused
        self._visits: dict[int, QueueVisit] = {}  # those who wait, and those who talk with a member
        self._taken: dict[int, Channel] = {}  # the members' legs of those who talk
        self._sending: set[int] = set()

    # -- the caller's way -------------------------------------------------------------------------------------------

    def start(self, call: Call, number: str) -> None:
        """Have the caller join, unless the queue is full or counts as empty; then it goes to the overflow."""
        del number
        queue, rules = self.queue, self.queue.rules
        limit = rules.max_wait // SECOND or ""
        call.noted().came_to(
            Passage(app="Queue", data=f"{queue.name},,,,{limit}", at=self._clock.now, after=self._control.channels_made)
        )
        if rules.answers:  # as most dialplans do before Queue(), which itself does not
            dialing.answer(self._control, call)
        if call.is_over:
            return
        why = self._refuses()
        if why is not None:
            self._go_on(call, self._tell.refused(queue, call, why))
            return
        self._joined += 1
        waiter = self._waiting[call.number] = _waiter(call, self._joined, self._clock.now)
        queue.waiters.append(waiter)
        self._visits[call.number] = self._tell.joined(queue, call, len(queue.waiters) - self._standing)
        if rules.max_wait:
            waiter.leave_timer = self._later(call, rules.max_wait, self._wait_ran_out, waiter)
        self._announcer.begin(waiter)
        self.serve()

    def answered(self, call: Call, channel: Channel) -> Duration:
        """Connect the caller with the member who picked up, who may be told something first.

        The caller stays in the queue as long as that takes, but its hold time is taken now (try_calling).
        """
        waiter = self._waiting[call.number]
        assert channel.line is not None  # members are rung on lines
        member, visit = waiter.ringing[channel.line], self._visits[call.number]
        self._tell.picked_up(visit, channel)
        self._let_all_go(waiter)
        self.queue.figures.connected((self._clock.now - waiter.joined_at) // SECOND)
        self._distribution.took(member.agent)
        waiter.hearing, waiter.ringing = channel, {channel.line: member}
        length = self._announcer.prepare(call.second or channel, waiter)  # who picked its call up hears what it would
        if not length:
            self.connecting(call)
        return length

    def connecting(self, call: Call) -> None:
        """Let the caller go to the member who has heard all there is to hear."""
        waiter, visit = self._waiting[call.number], self._visits[call.number]
        assert waiter.hearing is not None  # a member has answered
        self._tell.answered(visit, waiter.hearing)
        self._taken[call.number] = waiter.hearing
        waiter.ringing = {}
        self._leave(waiter, call, visit, Why.CONNECTED)

    def _hung_up_early(self, waiter: Waiter, call: Call, channel: Channel) -> None:
        """Go on after a member who answered was gone before it could be connected (app_queue.c, AGENTDUMP)."""
        assert channel.line is not None  # members are rung on lines
        member = waiter.ringing.pop(channel.line)
        waiter.hearing = None
        self._tell.dumped(self._visits[call.number], channel)
        self._distribution.talked_with_nobody(member.agent)
        self._pass_is_over(waiter)
        if self._is_late(waiter):
            waiter.not_before = self._clock.now
            self._send_away(waiter)

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Count the call: completed if a member had taken it, else abandoned."""
        visit = self._visits.pop(call.number, None)
        if visit is None:
            return
        if visit.answered_by is None:
            waiter = self._waiting[call.number]
            self.queue.figures.abandoned += 1
            self._tell.canceled(visit, by, waiter.hearing)
            if waiter.hearing is not None:
                (member,) = waiter.ringing.values()
                self._distribution.talked_with_nobody(member.agent)
            self._leave(waiter, call, visit, Why.ABANDONED)
        self._tell.over(visit, call, by, handed_on)
        if visit.answered_by is not None:
            self._complete(visit, visit.answered_by.member, self._taken.pop(call.number), by)

    def _complete(self, visit: QueueVisit, member: Member, leg: Channel, by: Channel | None) -> None:
        """Count a call that a member took, and have the member rest, as soon as it talks with nobody any more."""
        taken = visit.answered_by
        held = visit.waited if taken is None else (taken.ended_at - visit.joined_at) // SECOND
        self.queue.figures.complete(visit.talked, in_level=held <= self.queue.service_level)
        member.calls_taken += 1
        member.last_call = self._clock.now
        if leg.is_live and leg is not by:  # a transfer gave the member somebody else to talk with
            self._distribution.talks_on(leg, member, self.queue)
        else:
            self._distribution.finished(member.agent, self.queue)

    def _refuses(self) -> Why | None:
        """Tell why nobody may join now; that nobody is there is looked at first (app_queue.c, join_queue)."""
        queue, absent = self.queue, self.queue.rules.join_empty
        if absent is not None and self._nobody_there(absent):
            return Why.EMPTY
        return Why.FULL if queue.max_waiting and len(queue.waiters) >= queue.max_waiting else None

    def _go_on(self, call: Call, visit: QueueVisit) -> None:
        """Send a caller that this queue does not keep to the overflow, or hang up.

        An overflow that leads back here at once, by whatever way, would go round for ever: it is hung up, too.
        """
        self.queue.figures.overflowed += 1
        call.hunt = None
        if not call.is_over and call.number not in self._sending:
            visit.sent_to = self.queue.rules.overflow
        self._tell.over(visit, call, None)
        if visit.sent_to:
            self._send(call, visit.sent_to)
        elif not call.is_over:
            call.is_exhausted = True
            clearing.end(self._control, call, HangupCause.NORMAL_CLEARING)

    def _send(self, call: Call, overflow: str) -> None:
        self._sending.add(call.number)
        call.noted().came_to(Passage(app="Dial", dst=overflow, at=self._clock.now, after=self._control.channels_made))
        destination = self._control.dialplan.resolve(overflow, call.order.context)
        dialing.ring(self._control, call, destination, call.shows, call.order.second_timeout)
        self._sending.discard(call.number)

    def _leave(self, waiter: Waiter, call: Call, visit: QueueVisit, why: Why) -> None:
        """Take a caller out of the queue; whoever rings for it is free again."""
        del self._waiting[call.number]
        self._tried.pop(call.number, None)
        waiters, index = self.queue.waiters, self._index(waiter)
        del waiters[index]
        self._announcer.left(waiters, index)
        for timer in (waiter.leave_timer, waiter.announce_timer):
            if timer:
                self._clock.cancel(timer)
        self._let_all_go(waiter)
        self._tell.left(visit, call, why, index + 1 - self._standing)
        self._distribution.changed()

    # -- ringing members --------------------------------------------------------------------------------------------

    @property
    def callers(self) -> int:
        """Count who waits here for somebody; one that only stands in the PBX file does not."""
        return len(self._waiting)

    def serve(self) -> None:
        """Ring members for all who wait and may be connected now, in their order, while there are free members.

        Each call that ends has it asked, and thousands may wait. So once nobody more can begin, and nobody is to be
        told anything, of those behind only they are looked at whose pass goes on: for all others nothing would be done.
        """
        if self._is_left_empty():
            self._send_all_away()
            return
        newest = self._joined  # who joins meanwhile is served as it joins
        turn = self._serve_from_head(newest)
        while self._tried and (waiter := self._going_on(turn, newest)) is not None:
            turn, call = waiter.turn, waiter.call
            if call is not None and waiter.not_before <= self._clock.now and not self._is_late(waiter):
                self._ring_next(waiter, call)

    def _serve_from_head(self, newest: int) -> int:
        """Serve one after the other; gives the turn up to which that was done."""
        waiters, speaks = self.queue.waiters, self._announcer.speaks
        ahead, index, turn, can_begin = 0, 0, 0, True
        while (index := _behind(waiters, index, turn)) < len(waiters) and waiters[index].turn <= newest:
            waiter = waiters[index]
            turn, call = waiter.turn, waiter.call
            if call is None or waiter.ringing or self._is_late(waiter):
                continue
            if waiter.not_before > self._clock.now or self._hears_more(waiter, call):
                ahead += 1
            elif waiter.tried:
                self._ring_next(waiter, call)
            elif can_begin and (free := self._members_for(ahead)):
                ahead += self._begin(waiter, call, index, free)
            elif speaks:
                can_begin = False
                self._announce(waiter, call, index)
            else:
                return turn
        return newest

    def _going_on(self, turn: int, newest: int) -> Waiter | None:
        """Find the first behind that turn whose pass goes on, and for whom nobody rings any more."""
        tried = (each for each in self._tried.values() if turn < each.turn <= newest and not each.ringing)
        return min(tried, key=_turn, default=None)

    def _begin(self, waiter: Waiter, call: Call, index: int, free: list[tuple[int, Member]]) -> bool:
        """Ring for a caller whose turn it is, unless it is told something first; True: it listens."""
        if self._announcer.to_first and self._announce(waiter, call, index):
            return True
        self._begin_pass(waiter, call, free)
        return False

    def _members_for(self, ahead: int) -> list[tuple[int, Member]]:
        """Give the members that can be rung for whoever waits behind `ahead` others; none if there are no more.

        Each of those `ahead` who pause or hear an announcement has a claim to one member (app_queue.c, is_our_turn).
        """
        free = self._distribution.free(self.queue)
        claims = bool(free) if self.queue.way is Strategy.RINGALL else len(free)
        return free if claims > ahead else []

    def _begin_pass(self, waiter: Waiter, call: Call, free: list[tuple[int, Member]]) -> None:
        """Ring for a caller whose turn it is."""
        queue = self.queue
        queue.passes += 1
        self._visits[call.number].passes += 1
        waiter.pass_ends = self._clock.now + queue.rules.member_timeout
        self._ring_some(waiter, call, free)

    def _ring_next(self, waiter: Waiter, call: Call) -> None:
        """Ring another member within the pass, or let the pass be over."""
        free = [placed for placed in self._distribution.free(self.queue) if placed[1] not in waiter.tried]
        if free:
            self._ring_some(waiter, call, free)
        else:
            self._pass_is_over(waiter)

    def _ring_some(self, waiter: Waiter, call: Call, free: list[tuple[int, Member]]) -> None:
        queue = self.queue
        chance = turn_of(self._chances, queue.passes)
        way = queue.way
        goes_on = waiter if way is Strategy.LINEAR else queue
        picked = chosen(way, Choice(free, goes_on.next_place, chance))
        goes_on.next_place = picked[-1][0] + 1
        for _, member in picked:
            if member.agent.line is not None:  # of agents who share a telephone, it rings for the first
                waiter.ringing.setdefault(member.agent.line, member)
        self._distribution.ring(call, self._visits[call.number], waiter.ringing, waiter.pass_ends - self._clock.now)

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Try the next member within the pass; under ringall the pass is over when the last one refused."""
        waiter = self._waiting[call.number]
        if waiter.hearing is not None:  # then nobody rings
            self._hung_up_early(waiter, call, waiter.hearing)
            return
        assert channel.line is not None  # members are rung on lines
        member = waiter.ringing.pop(channel.line)
        waiter.tried.append(member)
        self._tried[call.number] = waiter
        self._tell.failed(self._visits[call.number], channel)
        self._distribution.let_go(member.agent)
        if waiter.ringing:
            return
        if self.queue.way is Strategy.RINGALL or waiter.pass_ends <= self._clock.now:
            self._pass_is_over(waiter)
        else:
            self._distribution.wake(self._clock.now)

    def timed_out(self, call: Call) -> None:
        """Let the caller wait for the next pass."""
        self._tell.all_failed(self._visits[call.number])
        self._pass_is_over(self._waiting[call.number])

    def _pass_is_over(self, waiter: Waiter) -> None:
        """Have the caller pause, unless nobody is there for whom to wait: that is looked at first, and then after."""
        self._let_all_go(waiter)
        if waiter.call is not None:
            waiter.call.forget_unanswered(_KEPT_TRIES)
            self._tried.pop(waiter.call.number, None)
        waiter.tried = []
        pause = 0 if self._is_left_empty() else self.queue.rules.retry
        waiter.not_before = max(waiter.not_before, self._clock.now + pause)
        self._distribution.wake(waiter.not_before)

    def _let_all_go(self, waiter: Waiter) -> None:
        for member in waiter.ringing.values():
            self._distribution.let_go(member.agent)
        waiter.ringing = {}

    # -- waiting ----------------------------------------------------------------------------------------------------

    def _later(self, call: Call, delay: Duration, action: Callable[[Waiter], None], waiter: Waiter) -> TimerId:
        return self._clock.call_at(self._clock.now + delay, call.number, call.next_step(), action, waiter)

    def _announce(self, waiter: Waiter, call: Call, index: int) -> bool:
        """Tell a caller whose turn it is not what is due, and see that it is told what will be; True: it listens."""
        place = index + 1 - self._standing
        listens = self._listens(waiter, self._announcer.speak(waiter, call, place))
        self._announce_at(waiter, call, self._announcer.next_due(waiter, place))
        return listens

    def _hears_more(self, waiter: Waiter, call: Call) -> bool:
        return waiter.owes_periodic and self._listens(waiter, self._announcer.rest(waiter, call))

    def _listens(self, waiter: Waiter, length: Duration) -> bool:
        """Keep a caller from being rung for while it listens; False: there is nothing to listen to."""
        if length:
            waiter.not_before = self._clock.now + length
            self._distribution.wake(waiter.not_before)
        return length > 0

    def _announce_at(self, waiter: Waiter, call: Call, due: Instant) -> None:
        if waiter.announce_timer and waiter.announce_due != due:
            self._clock.cancel(waiter.announce_timer)
            waiter.announce_timer = 0
        if not waiter.announce_timer and waiter.not_before < due < NEVER:
            waiter.announce_due = due
            waiter.announce_timer = self._later(call, due - self._clock.now, self._announcement_due, waiter)

    def _announcement_due(self, waiter: Waiter) -> None:
        """Tell it now, or leave it to whenever the caller is not rung for any more, and does not pause (serve)."""
        waiter.announce_timer = 0
        call = waiter.call
        assert call is not None  # its timer was set for a call
        if not waiter.ringing and waiter.not_before <= self._clock.now and not self._is_late(waiter):
            self._announce(waiter, call, self._index(waiter))

    def _index(self, waiter: Waiter) -> int:
        return bisect_left(self.queue.waiters, waiter.turn, key=_turn)

    def _wait_ran_out(self, waiter: Waiter) -> None:
        """Send the caller away; one who pauses between two passes only then (app_queue.c, wait_a_bit)."""
        waiter.leave_timer = 0
        call = waiter.call
        assert call is not None  # its timer was set for a call
        rest = waiter.not_before - self._clock.now
        if waiter.hearing is not None:
            return  # a member has answered; should it be gone before they are connected, this is looked at again
        if rest > 0:
            waiter.leave_timer = self._later(call, rest, self._wait_ran_out, waiter)
        else:
            self._send_away(waiter)

    def _is_late(self, waiter: Waiter) -> bool:
        """Tell whether the caller has waited as long as one may, and is about to leave."""
        limit = self.queue.rules.max_wait
        return bool(limit) and self._clock.now - waiter.joined_at >= limit

    def _is_left_empty(self) -> bool:
        """Tell whether those who wait leave, for nobody is there."""
        absent = self.queue.rules.leave_when_empty
        return absent is not None and self._nobody_there(absent)

    def _send_all_away(self) -> None:
        """Send away all but those for whom somebody rings, and those who pause or listen: these look only then.

        app_queue.c looks at the end of a pass, behind the pause after it, and while a caller waits for its turn.
        """
        for waiter in list(self._waiting.values()):
            is_here = waiter.call is not None and self._waiting.get(waiter.call.number) is waiter
            if is_here and not waiter.ringing and waiter.not_before <= self._clock.now:
                self._send_away(waiter)

    def _send_away(self, waiter: Waiter) -> None:
        call = waiter.call
        assert call is not None  # its timer was set for a call
        is_late = self._is_late(waiter)  # looked at first, as app_queue does, should both be so at one instant
        visit = self._visits.pop(call.number)
        self.queue.figures.abandoned += 1
        if is_late:
            self._tell.all_failed(visit)  # app_queue's last pass is as long as the wait: wait_for_answer, rna
        self._leave(waiter, call, visit, Why.TIMEOUT if is_late else Why.EMPTY)  # first of all: see the next line
        clearing.stop_ringing(self._control, call, HangupCause.NORMAL_CLEARING)  # an engine that hears may end it
        self._tell.canceled(visit, None)
        self._go_on(call, visit)

    def _nobody_there(self, absent: frozenset[str]) -> bool:
        rests, rules = self._distribution.rests, self.queue.rules
        return not any(is_there(member, rules, absent, rests=rests(member.agent)) for member in self.queue.members)


def _behind(waiters: Sequence[Waiter], index: int, turn: int) -> int:
    """Find where those behind a turn begin; it was at that index, and since then some may have left."""
    index = min(index, len(waiters))
    while index and waiters[index - 1].turn > turn:
        index -= 1
    while index < len(waiters) and waiters[index].turn <= turn:
        index += 1
    return index


def _waiter(call: Call, turn: int, now: int) -> Waiter:
    channel = call.first
    assert channel is not None  # a queue is only ever a second party
    shows = call.shows
    number = shows.number or call.order.src
    return Waiter(
        channel=channel.name,
        unique_id=call.unique_id,
        caller_number=number,
        caller_name=shows.name or number,
        joined_at=now,
        call=call,
        turn=turn,
    )
