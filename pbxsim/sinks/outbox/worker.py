"""One receiver's order at work: its deliveries one after the other, none before the one in front of it is settled.

There is a task only while something is due. While the first in order waits for its next try there is a timer on the
PBX's clock and nothing else, so a dead receiver costs a place in a queue and no more.

Tries are made as if time had stood still for each: a failed one is followed by the next at its own due instant plus the
back-off, however far the clock has been moved meanwhile. So an `advance` of an hour makes all tries of that hour. Only
a try that timed out counts from where the clock stands when it ends: a receiver that hangs holds up an `advance` once.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, Duration, Instant, iso, seconds
from pbxsim.sinks.delivery import DeliveryState, Try
from pbxsim.sinks.outbox.outcome import Outcome, Verdict, shown
from pbxsim.sinks.outbox.pending import PendingQueue, StoreSilent

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Retry
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.outbox.pending import DeliveryContext

_log: Final = logging.getLogger("pbxsim")
_STORE_PAUSE: Final = 5 * SECOND  # on the PBX's clock, until a store that did not answer is asked again
_MOST_TRIES: Final = 200  # that are remembered of one delivery; a day by the default back-off has 153
_STEPS: Final = (1 << 24) - 1  # what the scheduler has room for; only one timer is ever pending


class ReceiverWorker:
    """Delivers to one receiver. `owner` is its own number among those who have timers outside the switch."""

    def __init__(self, name: str, retry: Retry, owner: int, context: DeliveryContext) -> None:
        self.name = name
        self.pending = PendingQueue(name, context)
        self._retry = retry
        self._owner = owner
        self._context = context
        self._settled = 0
        self._head: Delivery | None = None
        self._began_at = context.clock.now
        self._backoff = Backoff(retry, self._began_at)
        self._is_dead = False  # the last delivery was given up: whoever waited for as long as that is not tried
        self._is_trying = False
        self._reached: Instant = 0  # where the clock stood, or would have stood, when the last try ended
        self._timer = 0
        self._steps = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._turned = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Count the deliveries that are not settled, those in the store included."""
        return self.pending.given + self.pending.found - self._done

    @property
    def _done(self) -> int:
        return self._settled + self.pending.dropped

    def give(self, delivery: Delivery) -> None:
        """Put a new delivery at the end of the order."""
        self.pending.give(delivery)
        self.wake()

    def give_again(self, delivery: Delivery) -> None:
        """Send a delivery once more, at the end of the order; one that is pending keeps its place, and is due now."""
        delivery.due = self._context.clock.now
        if delivery.state is not DeliveryState.PENDING:
            delivery.state = DeliveryState.PENDING
            self.pending.give_again(delivery)
        self.wake()

    def give_behind(self, delivery: Delivery) -> None:
        """Put a delivery at the end of the order, though others were given that came after it."""
        self.pending.give_again(delivery)
        self.wake()

    # -- running --------------------------------------------------------------------------------------------------

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver from now on."""
        self._loop = loop
        if self.pending.has_more or self._head is not None:
            self.wake()

    def wake(self) -> None:
        """Go on, unless somebody is at it or the first in order is due later."""
        if self._task is not None or self._loop is None:
            return
        if self._head is None or self._head.due <= self._context.clock.now:
            self._forget_timer()
            self._task = self._loop.create_task(self._work())

    def stop(self) -> asyncio.Task[None] | None:
        """Begin no further try, and leave nothing on the clock; give the task of a try that is being made."""
        self._loop = None
        self._forget_timer()
        return self._task

    async def through(self, goal: int, last: int, now: Instant) -> None:
        """Return when the first `goal` deliveries that were given are settled, or wait for a moment after `now`.

        So are those up to the number `last` that only the store has.
        """
        while self._task is not None and self._has_left(goal, last) and not self._waits_beyond(now):
            await self._turned.wait()

    def _has_left(self, goal: int, last: int) -> bool:
        return self._done - self.pending.found < goal or self.pending.lacks(last)

    def _waits_beyond(self, now: Instant) -> bool:
        return self._head is not None and not self._is_trying and self._head.due > now

    async def _work(self) -> None:
        try:
            while (loop := self._loop) is not None and (head := await self._due()) is not None:
                if self._is_dead and self._retry.give_up and self._backoff.ends_at <= self._reached:
                    self._pass_over(head)
                else:
                    await self._try(head, loop)
        finally:
            self._task = None
            self._tell()

    def _tell(self) -> None:
        self._turned.set()
        self._turned = asyncio.Event()

    async def _due(self) -> Delivery | None:
        """Give the first in order if it is to be tried now; if it is due later, set a timer."""
        if self._head is None:
            await self._step_forward()
        self._catch_up()
        head = self._head
        if head is None or self._loop is None:
            return None
        if head.due <= self._context.clock.now:
            return head
        self._set_timer(head.due)
        return None

    async def _step_forward(self) -> None:
        try:
            self._head = await self.pending.take()
        except StoreSilent as error:
            _log.warning("%s: the store did not give what waits: %s", self.name, type(error.__cause__).__name__)
            self._set_timer(self._context.clock.now + _STORE_PAUSE)
        if self._head is not None:
            self._backoff = self._backoff_of(self._head)

    def _backoff_of(self, head: Delivery) -> Backoff:
        """Count from when it was posted, or asked for once more; the time in which nothing ran does not count."""
        if head.redelivered:
            return Backoff(self._retry, head.due)
        return Backoff(self._retry, max(head.posted_at, self._began_at), made=len(head.tries))

    # -- one try --------------------------------------------------------------------------------------------------

    async def _try(self, head: Delivery, loop: asyncio.AbstractEventLoop) -> None:
        at = max(head.due, self._reached)
        began = loop.time()
        self._is_trying = True
        try:
            outcome = await self._context.send(head)
        finally:
            self._is_trying = False
        took = loop.time() - began
        self._reached = self._moment_after(at, took, timed_out=outcome.timed_out)
        _note(head, outcome, at, took)
        self._judge(head, outcome)
        self._context.tried(head)
        self._tell()

    def _pass_over(self, head: Delivery) -> None:
        """Give up what waited for as long as the one before it, which nobody took in all that time."""
        head.tries.append(Try(at=self._reached, error="not tried: its receiver has taken nothing for too long"))
        self._give_up(head)
        self._context.tried(head)
        self._tell()

    def _moment_after(self, at: Instant, took: float, *, timed_out: bool) -> Instant:
        """Tell where the clock stands after a try that took so long, as if nobody had moved it meanwhile."""
        self._catch_up()
        now = max(at, self._context.clock.now)
        return now if timed_out else min(now, at + seconds(took * self._context.driver.rate))

    def _judge(self, head: Delivery, outcome: Outcome) -> None:
        verdict = outcome.verdict
        self._is_dead = False
        if verdict is Verdict.DELIVERED:
            self._settle(head, DeliveryState.DELIVERED)
        elif verdict is Verdict.NEVER:
            self._give_up(head)
        elif verdict is Verdict.AT_ONCE:
            head.due = self._reached
        elif (due := self._backoff.failed(self._reached, self._patience(outcome))) is None:
            self._is_dead = True
            self._give_up(head)
        elif self._gives_way(outcome, due):
            self._give_up(head)
        else:
            head.due = due
            self._put_off(head)

    def _put_off(self, head: Delivery) -> None:
        what, number, why = head.notice.event, len(head.tries), head.tries[-1].error
        _log.warning(
            "%s: delivery %d (%s), try %d: %s; the next at %s", self.name, head.id, what, number, why, iso(head.due)
        )

    def _patience(self, outcome: Outcome) -> Duration:
        """Tell how long the receiver asks not to be tried: of a date by its clock or ours, the nearer counts."""
        asked = (seconds(outcome.patience), outcome.not_before - self._reached)
        return min((span for span in asked if span > 0), default=0)

    def _gives_way(self, outcome: Outcome, due: Instant) -> bool:
        """Tell whether a notice that the receiver answers, and does not take, has kept those behind it long enough."""
        refused = outcome.status and not outcome.timed_out and not self._patience(outcome)
        return bool(refused) and self.pending.has_more and due > self._backoff.gives_way_at

    def _give_up(self, head: Delivery) -> None:
        what, when = head.notice.event, iso(head.posted_at)
        _log.warning("%s does not get delivery %d (%s, %s): %s", self.name, head.id, what, when, head.tries[-1].error)
        self._settle(head, DeliveryState.FAILED)

    def _settle(self, head: Delivery, state: DeliveryState) -> None:
        head.state = state
        self._head = None
        self._settled += 1
        self.pending.settled(head)

    # -- the clock ------------------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        self._context.driver.catch_up()
        self._context.driver.rearm()

    def _set_timer(self, due: Instant) -> None:
        self._forget_timer()
        if self._loop is None:  # stopped meanwhile: nothing may be left on the clock
            return
        self._steps = self._steps % _STEPS + 1
        self._timer = self._context.driver.outside.call_at(due, self._owner, self._steps, self._on_due, None)
        self._context.driver.rearm()

    def _forget_timer(self) -> None:
        if self._timer:
            self._context.driver.outside.cancel(self._timer)
            self._timer = 0

    def _on_due(self, _: None) -> None:
        self._timer = 0
        self.wake()


def _note(head: Delivery, outcome: Outcome, at: Instant, took: float) -> None:
    error, reply = shown(outcome.error), shown(outcome.reply)
    head.tries.append(Try(at=at, status=outcome.status, reply=reply, error=error, took=round(took * 1000, 3)))
    if len(head.tries) > _MOST_TRIES:
        del head.tries[1]  # the first says since when


SHORTEST: Final[Duration] = seconds(0.1)
"""However a PBX file spells it: nobody is tried without a pause, or a dead receiver would hold the clock for ever."""


class Backoff:
    """The tries of one delivery, `made` of which failed already; it is given up where none succeeds for long enough.

    That time counts from `since`.
    """

    __slots__ = ("_retry", "_since", "_wait")

    def __init__(self, retry: Retry, since: Instant, made: int = 0) -> None:
        self._retry = retry
        self._since = since
        self._wait = retry.first
        for _ in range(made):
            self._grow()

    def failed(self, ended_at: Instant, patience: Duration = 0) -> Instant | None:
        """Tell when to try again after a try that ended then, `patience` later or more; None: it is given up."""
        due = ended_at + max(seconds(min(self._wait, self._retry.longest)), SHORTEST, patience)
        self._grow()
        return due if due <= self.ends_at else None

    @property
    def ends_at(self) -> Instant:
        """Tell until when it is tried; the first try may come later, behind others that were not taken."""
        return self._since + seconds(self._retry.give_up)

    @property
    def gives_way_at(self) -> Instant:
        """Tell until when it is tried while others wait behind it, if the receiver answers that it does not take it."""
        return self._since + seconds(self._retry.give_way)

    def _grow(self) -> None:
        self._wait = min(self._wait * self._retry.factor, self._retry.longest)
