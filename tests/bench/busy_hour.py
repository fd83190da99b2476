"""An hour of a call centre: 4,000 calls through a queue to 210 agents, each with its record and the queue's figures."""

from __future__ import annotations

import math
import time

from tests.bench.harness import Figures, expect, settle_gc
from tests.pbx.busy_hour import CALLS, BusyHour


def figures(per_hour: int) -> Figures:
    """Run the hour until its last call is over; CPU time of this process."""
    hour = BusyHour(1, math.inf)
    settle_gc()
    begun = time.process_time()
    hour.run(CALLS, per_hour)
    spent = time.process_time() - begun
    expect("calls still alive", len(hour.pbx.calls.live), 0)
    expect("records", len(hour.archive), CALLS)
    expect("calls completed by agents", hour.queue.figures.completed, CALLS)
    expect("callers left in the queue", len(hour.queue.waiters), 0)
    return {"CPU s": spent, "calls/s": CALLS / spent}
