"""A scheduler with its driver on a loop on hand, for the driver's tests: plan work in words, read what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND, Instant, seconds
from pbxsim.clock.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clock.loop import LoopOnHand

START: Instant = 1_700_000_000 * SECOND


class Desk:
    """`done` holds each finished piece of work with the virtual second, counted from the start, when it was done.

    `asleep` are the seconds by which the world's clock has run ahead of the loop's: a machine that slept. `looks`
    counts how often that was asked for.
    """

    def __init__(self, loop: LoopOnHand, start: Instant = START) -> None:
        self.loop = loop
        self.start = start
        self.clock = Scheduler(start)
        self.asleep = 0.0
        self.looks = 0
        self.driver = ClockDriver(self.clock, rate=0, world=self.world)
        self.done: list[tuple[str, float]] = []
        self._steps = 0

    @property
    def now(self) -> float:
        """Give the virtual seconds since the start."""
        return (self.clock.now - self.start) / SECOND

    def world(self) -> Instant:
        """Give the world's time: the loop's, and the `asleep` seconds that the loop did not see."""
        self.looks += 1
        return START + seconds(self.loop.now + self.asleep)

    def plan(self, word: str, at: float, *, also: Callable[[], object] | None = None, takes: float = 0.0) -> None:
        """Have `word` done at that virtual second; it calls `also`, and takes so many seconds of the loop's time."""

        def act(_: None) -> None:
            self.done.append((word, self.now))
            self.loop.spend(takes)
            if also is not None:
                also()

        self._steps += 1
        self.clock.call_at(self.start + seconds(at), 1, self._steps, act, None)

    def words(self) -> list[str]:
        """Give what was done, in order."""
        return [word for word, _ in self.done]


class Pulse:
    """Wants its turn in each turn of the loop, as a request would; `longest_gap` is how long it had to wait for one."""

    def __init__(self, loop: LoopOnHand) -> None:
        self._loop = loop
        self._last = loop.now
        self._is_on = True
        self.longest_gap = 0.0
        self.turns = 0
        loop.call_soon(self._turn)

    def _turn(self) -> None:
        self.longest_gap = max(self.longest_gap, self._loop.now - self._last)
        self.turns += 1
        self._loop.spend(0.0001)
        self._last = self._loop.now
        if self._is_on:
            self._loop.call_soon(self._turn)

    def stop(self) -> None:
        """Let the loop come to rest."""
        self._is_on = False
