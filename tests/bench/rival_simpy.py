"""Rival: SimPy, one process per call with eight timeouts, as its tutorial would write it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import simpy

from tests.bench.harness import Figures, expect, settle_gc
from tests.bench.rival_heap import BareCall
from tests.bench.traffic import EVENTS_PER_CALL, SHAPES, Traffic

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event


class SimpyCalls:
    """The simulation: calls arrive, and each waits eight times."""

    def __init__(self, traffic: Traffic) -> None:
        self.env = simpy.Environment()
        self.traffic = traffic
        self.delays = traffic.all_delays()
        self.events = 0
        self.ended = 0

    def arrivals(self) -> Generator[Event, None, None]:
        """Start all calls, one after the other."""
        gap = self.traffic.gap
        for number in range(self.traffic.calls):
            call = BareCall(number, int(self.env.now), self.delays[number % SHAPES])
            self.env.process(self.course(call))
            yield self.env.timeout(gap)

    def course(self, call: BareCall) -> Generator[Event, None, None]:
        """Live one call."""
        for delay in call.delays:
            yield self.env.timeout(delay)
            call.step += 1
            self.events += 1
        self.ended += 1


def calls_per_second(calls: int, alive: int) -> Figures:
    """Run the traffic; CPU time of this process."""
    simulation = SimpyCalls(Traffic(calls, alive))
    settle_gc()
    begun = time.process_time()
    simulation.env.process(simulation.arrivals())
    simulation.env.run()
    spent = time.process_time() - begun
    expect("calls ended", simulation.ended, calls)
    expect("events", simulation.events, calls * EVENTS_PER_CALL)
    return {"calls/s": calls / spent}
