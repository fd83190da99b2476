"""200,000 calls in progress at once, on one processor: how fast, how heavy, how smooth, and is anything left behind."""

from __future__ import annotations

import gc
import sys
import time
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.events import CdrClosed
from tests.bench.harness import Figures, expect, resident_bytes, settle_gc
from tests.bench.our_switch import BenchPbx
from tests.bench.traffic import Traffic

if TYPE_CHECKING:
    from pbxsim.pbx.cdr import Cdr

SLICE: Final[Duration] = SECOND // 10
"""How much virtual time passes between two looks at the processor's clock."""

TALK_SECONDS: Final = 60
ARRIVALS_PER_LENGTH: Final = 4
"""The calls arrive in a quarter of a call's mean length: all of them are there before the first one ends."""

_WAVES: Final = 2


@dataclass
class Wave:
    """One rise and fall of the calls."""

    peak: int = 0
    weight: int = 0
    slices: array[float] = field(default_factory=lambda: array("d"))  # no object per slice: those would count as growth


class CountedRecords:
    """Takes every record as it is closed, and keeps only which call it was of."""

    def __init__(self, calls: int) -> None:
        self.seen = bytearray(calls + 1)

    def on_cdr(self, event: CdrClosed) -> None:
        """Count a record for its call."""
        record: Cdr = event.cdr
        self.seen[record.call] += 1


def figures(calls: int) -> Figures:
    """Run two waves of so many simultaneous calls. What the second leaves behind is growth."""
    bench, traffic = BenchPbx(), Traffic(calls, calls * ARRIVALS_PER_LENGTH, TALK_SECONDS)
    records = CountedRecords(calls * _WAVES)
    bench.pbx.events.subscribe(CdrClosed, records.on_cdr)
    settle_gc()
    begun = time.process_time()
    first = _wave(bench, traffic)
    blocks = _blocks()
    second = _wave(bench, traffic)
    spent = time.process_time() - begun
    uncollected = sys.getallocatedblocks() - blocks
    left = _blocks() - blocks
    bench.expect_all_over()
    expect("calls with exactly one record", records.seen.count(1), calls * _WAVES)
    expect("peak of calls alive", (first.peak, second.peak), (calls, calls))
    return {
        "peak alive": second.peak,
        "calls/s": calls * _WAVES / spent,
        "bytes/call": first.weight / calls,
        "slowest slice ms": max(first.slices + second.slices) * 1000,
        "median slice ms": sorted(second.slices)[len(second.slices) // 2] * 1000,
        "blocks left/call": max(0.0, left / calls),
        "blocks waiting for the collector/call": max(0.0, (uncollected - left) / calls),
    }


def _blocks() -> int:
    """Count the memory blocks that Python holds when all garbage is gone."""
    gc.collect()
    return sys.getallocatedblocks()


def _wave(bench: BenchPbx, traffic: Traffic) -> Wave:
    """Place all calls, then let all of them end."""
    clock, place, gap, wave = bench.pbx.clock, bench.orders(traffic), traffic.gap, Wave()
    begin, before, per_slice = clock.now, resident_bytes(), SLICE // traffic.gap
    for number in range(0, traffic.calls, per_slice):
        started = time.process_time()
        for call in range(number, min(number + per_slice, traffic.calls)):
            clock.run_until(begin + call * gap)
            place(call)
        wave.slices.append(time.process_time() - started)
    wave.peak, wave.weight = len(bench.pbx.calls.live), resident_bytes() - before
    while bench.pbx.calls.live:
        started = time.process_time()
        clock.run_until(clock.now + SLICE)
        wave.slices.append(time.process_time() - started)
    return wave
