"""What must hold at each stop of a long run, and over all of them. Each check gives what did not hold, in words."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.soak.receiver import Notices
    from tests.soak.server import Sample

MOST_DRIFT: Final = 0.10
"""By how much of itself the memory may grow after the warm-up."""
_SLACK: Final = 6
"""By how many descriptors or tasks the median may grow: connections come and go, by some ten from stop to stop."""
_WINDOW: Final = 3
"""So many stops make the memory at the beginning, and at the end: their median counts."""
_TOLD: Final = 5


class Stored(msgspec.Struct, frozen=True):
    """What a store holds of a PBX, of records and of webhooks those behind one."""

    records: list[tuple[int, int, str]]  # id, call, vendor
    notices: list[tuple[int, str]]  # id, state


class Figures(msgspec.Struct, frozen=True):
    """What a PBX says of itself in /metrics."""

    started: int
    closed: int
    posted: int
    delivered: int
    failed: int
    waiting: int

    @classmethod
    def of(cls, scraped: Mapping[str, float], pbx: str) -> Figures:
        """Pick them."""
        names = ("calls_started_total", "cdrs_closed_total", "webhooks_posted_total", "webhooks_delivered_total")
        values = [
            int(scraped[f'pbxsim_{name}{{pbx="{pbx}"}}'])
            for name in (*names, "webhooks_failed_total", "webhooks_waiting")
        ]
        return cls(*values)


def read_store(file: Path, pbx: str, before: Figures) -> Stored:
    """Read what a store has of a PBX that it did not have before."""
    with closing(sqlite3.connect(file)) as database:
        records = database.execute(
            "SELECT id, callno, vendor FROM cdr WHERE pbx = ? AND id > ? ORDER BY id", (pbx, before.closed)
        )
        notices = database.execute(
            "SELECT id, state FROM webhook WHERE pbx = ? AND id > ? ORDER BY id", (pbx, before.posted)
        )
        return Stored(records.fetchall(), notices.fetchall())


def records(
    figures: Figures, stored: Stored, accepted: Mapping[str, int], *, calls_before: int, records_before: int
) -> list[str]:
    """See that each call that a vendor accepted since the last stop has its record in the store.

    `accepted` counts those calls by vendor; before them there were so many calls and records.
    """
    faults = []
    calls = {call for _, call, _ in stored.records}
    missing = sorted(set(range(calls_before + 1, figures.started + 1)) - calls)
    if missing:
        faults.append(f"{len(missing)} calls have no record in the store: {missing[:_TOLD]} …")
    if strangers := sorted(call for call in calls if not calls_before < call <= figures.started):
        faults.append(f"records of calls that were not placed: {strangers[:_TOLD]} …")
    if len(stored.records) != figures.closed - records_before:
        faults.append(f"{figures.closed - records_before} records were closed, {len(stored.records)} are stored")
    told = Counter(dict.fromkeys(accepted, 0))
    told.update(vendor for _, vendor in {(call, vendor) for _, call, vendor in stored.records})
    if told != Counter(accepted):
        faults.append(f"accepted were {dict(accepted)}, in the store are {dict(told)}")
    return faults


def webhooks(figures: Figures, stored: Stored, notices: Notices, *, before: int) -> list[str]:
    """See that each webhook posted since the last stop arrived, or is listed as failed.

    There were `before` of them then. One that failed may have come, or even been taken: the reply came too late then.
    """
    faults = []
    if figures.waiting or figures.posted != figures.delivered + figures.failed:
        faults.append(f"of {figures.posted} webhooks {figures.delivered} were delivered, {figures.failed} failed")
    listed = [number for number, _ in stored.notices]
    if listed != [*range(before + 1, figures.posted + 1)]:
        faults.append(f"{figures.posted - before} webhooks were posted, the store lists {len(listed)}")
    if open_ones := [number for number, state in stored.notices if state not in ("delivered", "failed")]:
        faults.append(f"neither delivered nor failed are the webhooks {open_ones[:_TOLD]} …")
    unheard = [number for number, state in stored.notices if state == "delivered" and not notices.has_taken(number)]
    if unheard:
        faults.append(f"{len(unheard)} webhooks count as delivered that the receiver never took: {unheard[:_TOLD]} …")
    return faults


def warmed_up(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Give the stops after the warm-up: its first quarter, one stop at least."""
    return samples[max(1, len(samples) // 4) :]


def drift(samples: Sequence[Sample]) -> float:
    """Tell by how much of itself the memory has grown after the warm-up; 0 where there are too few stops to tell."""
    steady = [sample.resident for sample in warmed_up(samples)]
    if len(steady) < 2:
        return 0.0
    window = min(_WINDOW, len(steady) // 2)
    return median(steady[-window:]) / median(steady[:window]) - 1


def flat(samples: Sequence[Sample]) -> list[str]:
    """See that memory, descriptors and tasks are after the run what they were after the warm-up."""
    faults = []
    if (grown := drift(samples)) > MOST_DRIFT:
        faults.append(f"the memory grew by {grown:.1%} after the warm-up, {MOST_DRIFT:.0%} is the most")
    for name in ("descriptors", "tasks"):
        before, after = _halves([int(getattr(sample, name)) for sample in warmed_up(samples)])
        if after > before + _SLACK:
            faults.append(f"{name} grew from {before:g} to {after:g}")
    return faults


def _halves(seen: Sequence[int]) -> tuple[float, float]:
    """Give the medians of the earlier and of the later half."""
    middle = len(seen) // 2
    return (median(seen[:middle]), median(seen[-middle:])) if middle else (0.0, 0.0)


def log(text: str) -> list[str]:
    """See that nothing went wrong inside."""
    bad = [line for line in text.splitlines() if "Traceback" in line or "ERROR" in line or "CRITICAL" in line]
    return [f"the log has {len(bad)} faults: {bad[:_TOLD]}"] if bad else []
