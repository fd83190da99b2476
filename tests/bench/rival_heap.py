"""Rival: a bare heap of (due, sequence, function, call), eight timed events a call; no channels, records or states."""

from __future__ import annotations

import time
from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeAlias

from tests.bench.harness import Figures, expect, settle_gc
from tests.bench.traffic import EVENTS_PER_CALL, SHAPES, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    _Entry: TypeAlias = "tuple[int, int, Callable[[BareCall], None], BareCall]"


class BareCall:
    """A call of 16 fields, most of which nobody reads: what any simulation of calls would have to carry."""

    __slots__ = (
        "answered_at",
        "cause",
        "context",
        "custom",
        "delays",
        "dst",
        "ended_at",
        "first",
        "number",
        "ringing_at",
        "second",
        "src",
        "started_at",
        "state",
        "step",
        "timer",
    )

    def __init__(self, number: int, now: int, delays: tuple[int, ...]) -> None:
        self.number = number
        self.started_at = now
        self.delays = delays
        self.step = 0
        self.state = 0
        self.src = "100"
        self.dst = "800123456"
        self.context = "main"
        self.custom = ""
        self.ringing_at = 0
        self.answered_at = 0
        self.ended_at = 0
        self.cause = 0
        self.first = ""
        self.second = ""
        self.timer = 0


class BareHeap:
    """The least that runs calls by their due times."""

    def __init__(self) -> None:
        self.heap: list[_Entry] = []
        self.now = 0
        self.sequence = 0
        self.ended = 0

    def advance(self, call: BareCall) -> None:
        """Let the call's next event happen, and set the one after it."""
        step = call.step
        if step == EVENTS_PER_CALL:
            self.ended += 1
            return
        call.step = step + 1
        self.sequence += 1
        heappush(self.heap, (self.now + call.delays[step], self.sequence, self.advance, call))

    def run_until(self, until: int) -> None:
        """Do what is due."""
        heap = self.heap
        while heap and heap[0][0] <= until:
            self.now, _, action, call = heappop(heap)
            action(call)
        self.now = until


def calls_per_second(calls: int, alive: int, talk: int = 20) -> Figures:
    """Run the traffic; CPU time of this process."""
    traffic = Traffic(calls, alive, talk)
    delays, gap, kernel = traffic.all_delays(), traffic.gap, BareHeap()
    settle_gc()
    begun = time.process_time()
    for number in range(calls):
        kernel.run_until(number * gap)
        kernel.advance(BareCall(number, kernel.now, delays[number % SHAPES]))
    kernel.run_until(traffic.span)
    spent = time.process_time() - begun
    expect("calls ended", kernel.ended, calls)
    expect("events", kernel.sequence, calls * EVENTS_PER_CALL)
    return {"calls/s": calls / spent}
