"""What one call in progress weighs: resident memory gained by 100,000 of them, divided by their number."""

from __future__ import annotations

import asyncio
from heapq import heappush
from typing import Final

from pbxsim.clock.instant import SECOND
from tests.bench.harness import Figures, expect, resident_bytes, settle_gc
from tests.bench.our_switch import BenchPbx, is_talking
from tests.bench.traffic import FIRST_RING_SECONDS, Traffic

_NOW: Final = 1_767_225_600 * SECOND


class SlotsCall:
    """A call of 16 fields with values of its own in them: names, numbers, instants."""

    __slots__ = (
        "answered_at",
        "cause",
        "channel",
        "context",
        "created_at",
        "custom",
        "dst",
        "ended_at",
        "id",
        "is_held",
        "peer",
        "shown",
        "src",
        "started_at",
        "state",
        "unique_id",
    )

    def __init__(self, number: int) -> None:
        self.id = number
        self.unique_id = f"{_NOW // SECOND}.{number}"
        self.channel = f"SIP/100-{number:08x}"
        self.src = "100"
        self.dst = f"8001{number:05d}"
        self.context = "main"
        self.state = 3
        self.cause = 16
        self.created_at = _NOW + number
        self.started_at = self.created_at
        self.answered_at = self.created_at + 3 * SECOND
        self.ended_at = 0
        self.is_held = False
        self.peer = "sip100"
        self.shown = ""
        self.custom = ""

    def time_is_up(self) -> None:
        """End the call: what its timer would do."""
        self.ended_at = self.answered_at


def slots_and_timer(calls: int) -> Figures:
    """Weigh a slotted object with one timer in a heap."""
    kept: list[SlotsCall] = []
    heap: list[tuple[int, int, object, SlotsCall]] = []
    settle_gc()
    before = resident_bytes()
    for number in range(calls):
        call = SlotsCall(number)
        kept.append(call)
        heappush(heap, (call.answered_at + 30 * SECOND, number + 1000, SlotsCall.time_is_up, call))
    gained = resident_bytes() - before
    expect("calls with a timer", len(heap), calls)
    return {"bytes/call": gained / calls}


def sleeping_tasks(calls: int) -> Figures:
    """Weigh a slotted object whose asyncio task sleeps."""
    kept: list[SlotsCall] = []

    async def talk(call: SlotsCall) -> None:
        await asyncio.sleep(3600)
        call.time_is_up()

    async def weigh() -> float:
        tasks: list[asyncio.Task[None]] = []
        settle_gc()
        before = resident_bytes()
        for number in range(calls):
            call = SlotsCall(number)
            kept.append(call)
            tasks.append(asyncio.create_task(talk(call)))
        await asyncio.sleep(0)
        gained = resident_bytes() - before
        expect("tasks asleep", sum(not task.done() for task in tasks), calls)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return gained / calls

    return {"bytes/call": asyncio.run(weigh())}


def our_calls(calls: int, state: str) -> Figures:
    """Weigh calls of our switch, `ringing` their first party or `talking`: channels, timers, orders and all."""
    bench, traffic = BenchPbx(), Traffic(calls, calls, talk=60)
    clock, place = bench.pbx.clock, bench.orders(traffic)
    settle_gc()
    before = resident_bytes()
    for number in range(calls):
        clock.run_until(clock.now + 1)  # each call at an instant of its own
        place(number)
    if state == "talking":
        clock.run_until(clock.now + (FIRST_RING_SECONDS + 10) * SECOND)
    gained = resident_bytes() - before
    live = bench.pbx.calls.live.values()
    expect("calls alive", len(live), calls)
    expect("calls talking", sum(map(is_talking, live)), calls if state == "talking" else 0)
    return {"bytes/call": gained / calls}
