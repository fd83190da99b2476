"""Where real time enters: one handle in the event loop that turns the loop's time into a scheduler's instants.

The only part of pbxsim that knows both clocks. What is done, and in which order, is the scheduler's; here is only when.
Three rules hold throughout. The PBX's time is `scheduler.now`: whoever changes the clock changes it from there. Work is
done in slices of about 5 ms, and the loop has its turn between them, so a server answers while a day goes by. And time
moves forward or stands still: where work is slower than the rate asks, time lags behind and catches up when it can.

The loop's time is monotonic: it stands still while the machine sleeps, and does not know that the world's clock was
set. A clock in real time is to show the world's: where that has run ahead of the loop's, the difference is made up,
and what was due in it is done in its order, as an `advance` does it. A world's clock that is set back is let be.
"""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pbxsim.clock.hold import Hold
from pbxsim.clock.instant import SECOND, Duration, Instant, TimeWentBackwards, from_datetime, iso
from pbxsim.clock.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FASTEST: Final = 1_000_000.0
"""The highest rate: eleven days in a second."""

LAST: Final[Instant] = from_datetime(datetime.max.replace(tzinfo=UTC))
"""The last instant that can be spelt (year 9999). Time stops there."""

_SLICE: Final = 0.005  # seconds of the loop's time: what a request may have to wait for
_LEAD: Final = SECOND  # how far the world may be ahead: a clock that is only being corrected (slewed) stays below
_LOOK: Final = 1.0  # seconds of the loop's time between two looks at the world's while something is due
_LOOKED: Final = 0.005  # and at least, however often there is something to do: a look costs more than a timer
_CHUNK: Final = 4  # actions between two looks at the loop's time, as long as each takes some 10 to 20 µs
_QUICK: Final = 0.0004  # seconds that so many take at most; where they take longer it is one at a time


class ClockNotRunning(RuntimeError):
    """The clock was asked to move before `start` or after `close`."""

    def __init__(self) -> None:
        super().__init__("the clock is not running")


class RealTime(RuntimeError):
    """The clock was asked to go faster, slower or somewhere, and what it is for lives in real time."""

    def __init__(self) -> None:
        super().__init__("this PBX's telephones live in real time: its clock cannot be held, go faster or be moved on")


class BeyondTime(ValueError):
    """The clock was asked for a moment after the year 9999."""

    def __init__(self) -> None:
        super().__init__(f"the clock cannot go beyond {iso(LAST)}")


def wall_clock() -> Instant:
    """Tell the world's time."""
    return time.time_ns() // 1_000


class _Leap:
    """A way ahead that an `advance` asked for: as fast as possible to `goal`, or only until nothing is left to do."""

    __slots__ = ("arrived", "goal", "stops_when_idle")

    def __init__(self, goal: Instant, arrived: asyncio.Future[None], *, stops_when_idle: bool) -> None:
        self.goal = goal
        self.arrived = arrived
        self.stops_when_idle = stops_when_idle


class ClockDriver:
    """Drives a scheduler: at `rate` times the loop's time (0: paused, 1: real time), or by `advance` and its siblings.

    Each of `barriers` is awaited at the end of every `advance`, `run_next` and `run_until_idle`: whoever does something
    outside the switch (writes records, posts webhooks) returns from there when it is done.

    `outside` is a second scheduler, for what happens at moments of the PBX's time and is none of the switch's business
    (when a webhook is tried again). It is run as time passes, but no time passes for it: it is never waited for, and
    `run_next` and `run_until_idle` do not see it. So nobody outside decides where the switch's clock stands.

    One that `is_real_time` goes at rate 1, whatever anybody wants: a hold does not stop it, and all else that would
    raises RealTime.

    `world` tells the world's time: at rate 1 the clock goes on from there after a suspend or a jump forward.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        *,
        rate: float,
        is_real_time: bool = False,
        world: Callable[[], Instant] = wall_clock,
    ) -> None:
        self.is_real_time = is_real_time
        self.barriers: list[Callable[[], Awaitable[None]]] = []
        self.outside = Scheduler(scheduler.now)
        self._clock = scheduler
        self._rate = _checked(rate)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handle: asyncio.Handle | None = None
        self._wakes_at = 0.0  # the loop's time that the handle is for: uvloop's cannot always say it
        self._turn = asyncio.Lock()
        self._leap: _Leap | None = None
        self._holds = 0
        self._working = False
        self._anchor = 0.0  # the loop's time at which the clock stood at `_anchored_at`
        self._anchored_at: Instant = scheduler.now
        self._world = world
        self._looked_at = -math.inf  # the loop's time of the last look at the world's
        self._apart: Duration = 0  # how far the world's time is from the loop's, as far as it is made up for
        self._made_up: Instant = scheduler.now  # where the clock should have stood when that was last seen to grow

    @property
    def rate(self) -> float:
        """How many virtual seconds go by in a real one; 0 is paused."""
        return self._rate

    @property
    def is_held(self) -> bool:
        """Tell whether somebody holds it until an answer from outside has come."""
        return self._holds > 0

    @property
    def moment(self) -> Instant:
        """Tell what time it should be now, for whoever only looks: nothing is done, and the clock stays where it is."""
        now, due = self._clock.now, self._clock.next_due()
        if not self._rate or self._loop is None or self._leap is not None:
            return now
        ahead = self._target(self._loop.time())
        return ahead if due is None else max(now, min(ahead, due))  # what is due and not done has not been yet

    def set_rate(self, rate: float) -> None:
        """Run at another rate from now on; 0 pauses exactly here.

        Raises ValueError below 0 and above FASTEST, RealTime.
        """
        checked = _checked(rate)
        if self.is_real_time and checked != self._rate:
            raise RealTime
        self.catch_up()
        self._clock.stand()
        self._rate = checked
        self._meet_world()
        self._take_anchor()
        self.rearm()

    def start(self) -> None:
        """Begin to run in the running event loop; time goes on from where the scheduler stands."""
        self._loop = asyncio.get_running_loop()
        self._meet_world()
        self._take_anchor()
        self.rearm()

    def close(self) -> None:
        """Stop for good: the handle is taken back, and whoever waits for an `advance` gets ClockNotRunning."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._loop = None
        self._clock.stand()
        if self._leap is not None and not self._leap.arrived.done():
            self._leap.arrived.set_exception(ClockNotRunning())

    def catch_up(self) -> None:
        """Bring virtual time to what it should be now, and do what is due. Nothing when paused, held or advancing.

        After a long sleep of the machine there may be more to do than fits a slice: then time lags behind, and the
        caller finds the clock, and all that it drives, at the instant that has been reached.
        """
        if not self._rate or self._loop is None or self._holds or self._working or self._leap is not None:
            return
        self._work(self._loop)  # the handle may now wake for nothing, and then sees to itself

    def rearm(self) -> None:
        """Look again when to wake: new work was scheduled. Nearly nothing where it wakes at once already.

        It is not put off to the loop's next turn: a callback of the loop's costs more than this.
        There is nothing to wake for as long as time stands and nobody has it moved.
        """
        loop, handle = self._loop, self._handle
        if loop is None or self._working or (handle is not None and self._wakes_at <= loop.time()):
            return
        if handle is None and not self._rate and self._leap is None:
            return
        self._look_again()

    def _look_again(self) -> None:
        if self._loop is None:
            return
        when = self._wake_at(self._loop)
        if self._handle is not None:
            if when is not None and self._wakes_at <= when:
                return  # waking too early is harmless; waking too late is not
            self._handle.cancel()
            self._handle = None
        if when is not None:
            self._handle, self._wakes_at = self._loop.call_at(when, self._wake), when

    # -- commands: one after the other, each a barrier ------------------------------------------------------------

    async def advance(self, duration: Duration) -> None:
        """Move time ahead by `duration` as fast as possible; return when all work due by then is done, barriers too.

        Works at any rate; at one above 0 time goes on from the new moment. Raises TimeWentBackwards, BeyondTime,
        ClockNotRunning.
        """
        if duration < 0:
            raise TimeWentBackwards(self._clock.now, self._clock.now + duration)
        if duration:
            self._must_be_movable()
        async with self._turn:
            self.catch_up()
            await self._go(self._clock.now + duration)

    async def advance_to(self, goal: Instant) -> None:
        """Move time ahead to that moment, as `advance` does. Raises the same."""
        self._must_be_movable()
        async with self._turn:
            self.catch_up()
            if goal < self._clock.now:
                raise TimeWentBackwards(self._clock.now, goal)
            await self._go(goal)

    async def run_next(self) -> bool:
        """Move time to the next due instant and do all work due there; False if none is. Raises ClockNotRunning."""
        self._must_be_movable()
        async with self._turn:
            self.catch_up()
            due = self._clock.next_due()
            await self._go(self._clock.now if due is None else due)
            return due is not None

    async def run_until_idle(self, limit: Duration) -> bool:
        """Do all work until none is left, or until `limit` of virtual time has passed; tell whether none is left.

        Time then stands at the last work done, or at the limit. Raises TimeWentBackwards, ClockNotRunning.
        """
        if limit < 0:
            raise TimeWentBackwards(self._clock.now, self._clock.now + limit)
        self._must_be_movable()
        async with self._turn:
            self.catch_up()
            await self._go(min(self._clock.now + limit, LAST), stops_when_idle=True)
            return self._clock.next_due() is None

    def hold(self, *, here: bool = False) -> Hold:
        """Make virtual time stand still while an outside answer is awaited; work due at this instant is still done.

        Holds add up: time goes on when the last is released, from where it stood. An `advance` waits for that. With
        `here` it stands where the scheduler is, for whoever asks in the middle of the PBX's work; without, what is due
        by now is done first.
        """
        if self.is_real_time:
            return Hold(_nothing)
        if not here:
            self.catch_up()
        self._holds += 1
        self._clock.stand()
        return Hold(self._let_go)

    def _must_be_movable(self) -> None:
        if self.is_real_time:
            raise RealTime

    def _let_go(self) -> None:
        self._holds -= 1
        if not self._holds:
            self._take_anchor()
            self.rearm()

    async def _go(self, goal: Instant, *, stops_when_idle: bool = False) -> None:
        """Run to `goal`, then pass the barriers; again if one of them brought more work that is due by then."""
        if goal > LAST:
            raise BeyondTime
        while True:
            await self._run_to(max(goal, self._clock.now), stops_when_idle=stops_when_idle)
            for barrier in tuple(self.barriers):
                await barrier()
            if not self._is_due(goal):
                return

    async def _run_to(self, goal: Instant, *, stops_when_idle: bool) -> None:
        if self._loop is None:
            raise ClockNotRunning
        leap = self._leap = _Leap(goal, self._loop.create_future(), stops_when_idle=stops_when_idle)
        self.rearm()
        try:
            await leap.arrived
        finally:  # also when whoever waited was cancelled: time then stays where it has come to
            self._leap = None
            self._take_anchor()
            self.rearm()

    # -- the handle -----------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        self._handle = None
        if self._loop is None:
            return
        done = self._work(self._loop)
        if done and self._leap is not None and not self._holds and not self._leap.arrived.done():
            self._leap.arrived.set_result(None)
        self._look_again()

    def _wake_at(self, loop: asyncio.AbstractEventLoop) -> float | None:
        """Tell at which of the loop's times there is something to do; None: not until somebody changes something."""
        due, other = self._clock.next_due(), self.outside.next_due()
        if due is None or (other is not None and other < due):
            due = other
        if self._holds:
            goes_on = self._is_due(self._clock.now) and (self._rate or self._leap is not None)
            return loop.time() if goes_on else None
        if self._leap is not None:
            return None if self._leap.arrived.done() else loop.time()
        if not self._rate or due is None or due > LAST:
            return None
        when = self._anchor + (due - self._anchored_at) / (self._rate * SECOND)
        return min(when, loop.time() + _LOOK) if self._rate == 1 else when

    def _work(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Do what is due, for one slice at most; tell whether that was all."""
        before = loop.time()
        ends, chunk = before + _SLICE, _CHUNK
        self._working = True
        self._make_up(before)
        try:
            while self._step(loop, before, chunk):
                now = loop.time()
                if now >= ends:
                    return False
                if now - before > _QUICK:
                    chunk = 1
                before = now
        finally:
            self._working = False
            self._run_outside(loop)
        return True

    def _run_outside(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self.outside.run_until(self._clock.now)
        except Exception as error:
            loop.call_exception_handler({"message": "an action outside the switch failed", "exception": error})

    def _step(self, loop: asyncio.AbstractEventLoop, now: float, chunk: int) -> bool:
        """Do some of the work that is due at that time of the loop's, at most `chunk` actions; tell if there is more.

        An action that takes a hold, pauses the clock or closes it has the scheduler stand: nothing later is done then.
        """
        target = self._target(now)
        leap = self._leap
        if leap is not None and leap.stops_when_idle:
            due = self._clock.next_due()
            if due is None:
                return False  # time stands at the last work done
            target = min(due, target)
        try:
            done = self._clock.run_until(target, chunk)
        except Exception as error:  # a fault in one action must not stop the clock for all others
            loop.call_exception_handler(
                {"message": f"an action due at {iso(self._clock.now)} failed", "exception": error}
            )
            return True
        return not done or (leap is not None and leap.stops_when_idle and target < leap.goal)

    def _target(self, now: float) -> Instant:
        """Tell where the clock should stand at that time of the loop's."""
        stands = self._clock.now
        if self._holds or self._loop is None:  # None: an action has just closed the clock
            return stands
        if self._leap is not None:
            return self._leap.goal
        ahead = self._anchored_at + round((now - self._anchor) * self._rate * SECOND)
        return max(stands, min(ahead, LAST))

    def _is_due(self, by: Instant) -> bool:
        due = self._clock.next_due()
        return due is not None and due <= by

    def _take_anchor(self) -> None:
        if self._loop is not None:
            self._anchor = self._loop.time()
            self._anchored_at = max(self._clock.now, self._made_up)
            self._looked_at = -math.inf  # it may have slept meanwhile

    # -- the world's time -----------------------------------------------------------------------------------------

    def _meet_world(self) -> None:
        """Take the world's time for what it is now: what it did before is no affair of this clock."""
        self._made_up = self._clock.now
        if self._loop is not None:
            self._apart = self._world() - round(self._loop.time() * SECOND)

    def _make_up(self, now: float) -> None:
        """Go on from the world's time where it has left the loop's behind: the machine slept, or its clock was set."""
        if self._rate != 1 or self._holds or self._leap is not None or now - self._looked_at < _LOOKED:
            return
        self._looked_at = now
        ahead = self._world() - round(now * SECOND) - self._apart
        if ahead > _LEAD:
            self._apart += ahead
            self._anchored_at += ahead
            # Work may be slow, and a hold then takes another anchor before all is done: what is missing stays owed.
            self._made_up = self._anchored_at + round((now - self._anchor) * SECOND)


def _nothing() -> None:
    """Let go of what does not stand still."""


def _checked(rate: float) -> float:
    if not 0 <= rate <= FASTEST:  # so written that NaN is refused too
        raise ValueError(f"a clock runs at 0 (paused) to {FASTEST:g} times real time, not at {rate:g}")
    return rate
