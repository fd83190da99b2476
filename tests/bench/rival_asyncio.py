"""Rival: an asyncio loop whose time is virtual, one task per call with eight sleeps."""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from tests.bench.harness import Figures, expect, settle_gc
from tests.bench.rival_heap import BareCall
from tests.bench.traffic import EVENTS_PER_CALL, SHAPES, Traffic

if TYPE_CHECKING:
    from selectors import SelectorKey


class JumpingSelector(selectors.DefaultSelector):
    """A selector that does not wait: it moves time on by what it was asked to wait."""

    def __init__(self, *, asks_the_system: bool) -> None:
        super().__init__()
        self.now = 0.0
        self._asks = asks_the_system

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """Jump over the wait; then ask the system for ready sockets (there are none), or leave that out."""
        if timeout:
            self.now += timeout
        ready: list[tuple[SelectorKey, int]] = super().select(0) if self._asks else []
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """The usual trick: an event loop that believes its selector's clock."""

    def __init__(self, *, asks_the_system: bool) -> None:
        self.jumping = JumpingSelector(asks_the_system=asks_the_system)
        super().__init__(self.jumping)

    def time(self) -> float:
        """Give the virtual time in seconds."""
        return self.jumping.now


class AsyncioCalls:
    """The simulation: a task per call."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        self.delays = traffic.all_delays()
        self.tasks: set[asyncio.Task[None]] = set()
        self.events = 0
        self.ended = 0

    async def run(self) -> None:
        """Start all calls, one after the other, and wait for the last."""
        gap = self.traffic.gap / SECOND
        for number in range(self.traffic.calls):
            call = BareCall(number, 0, self.delays[number % SHAPES])
            task = asyncio.create_task(self.course(call))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            await asyncio.sleep(gap)
        await asyncio.gather(*self.tasks)

    async def course(self, call: BareCall) -> None:
        """Live one call."""
        for delay in call.delays:
            await asyncio.sleep(delay / SECOND)
            call.step += 1
            self.events += 1
        self.ended += 1


def calls_per_second(calls: int, alive: int, asks_the_system: int) -> Figures:
    """Run the traffic; CPU time of this process."""
    simulation = AsyncioCalls(Traffic(calls, alive))
    loop = VirtualTimeLoop(asks_the_system=bool(asks_the_system))
    settle_gc()
    begun = time.process_time()
    loop.run_until_complete(simulation.run())
    spent = time.process_time() - begun
    loop.close()
    expect("calls ended", simulation.ended, calls)
    expect("events", simulation.events, calls * EVENTS_PER_CALL)
    return {"calls/s": calls / spent}
