"""How things are measured: each measurement in a fresh, pinned process; rounds interleaved; ratios within a round.

Machines and neighbours change from minute to minute, so two figures are only ever compared within one round, and what
is told is the median of those ratios and their middle half (IQR). No round is dropped.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Figures: TypeAlias = dict[str, float]
"""What one measurement found, by name; the unit is part of the name."""

Rounds: TypeAlias = dict[str, list[Figures]]
"""Each contender's measurements, one per round."""

ROOT: Final = Path(__file__).parents[2]
GC_THRESHOLDS: Final = (200_000, 50, 1000)
"""What `pbxsim serve` sets, with all that is loaded frozen. Every contender is given the same."""

SERVER_CPU: Final = 0
CLIENT_CPU: Final = 1


class WrongResult(Exception):
    """Something did not do its work (calls are missing, a reply is wrong): its speed means nothing."""


@dataclass(frozen=True)
class Contender:
    """One side of a race: what the table calls it, and how it is measured once."""

    name: str
    measure: Callable[[], Figures]


@dataclass(frozen=True)
class Spread:
    """The median of some values and the middle half of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Sum up values; a single one stands for all three."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


def interleave(contenders: tuple[Contender, ...], rounds: int, tell: Callable[[str], None]) -> Rounds:
    """Measure A B C, A B C, …: neighbours' work then falls on all of them alike."""
    found: Rounds = {contender.name: [] for contender in contenders}
    for turn in range(1, rounds + 1):
        for contender in contenders:
            tell(f"round {turn} of {rounds}: {contender.name}")
            found[contender.name].append(contender.measure())
    return found


def ratios(ours: list[Figures], rival: list[Figures], figure: str) -> Spread:
    """Divide ours by the rival's, round by round."""
    return Spread.of([mine[figure] / theirs[figure] for mine, theirs in zip(ours, rival, strict=True)])


def in_child(module: str, function: str, **arguments: float | str) -> Callable[[], Figures]:
    """Give a measurement that calls `tests.bench.<module>.<function>(**arguments)` in a process of its own."""
    return in_child_of(sys.executable, module, function, **arguments)


def in_child_of(python: str, module: str, function: str, **arguments: float | str) -> Callable[[], Figures]:
    """Give such a measurement by another Python, whose packages are other ones."""

    def measure() -> Figures:
        done = subprocess.run(
            [python, "-m", "tests.bench.child", f"tests.bench.{module}", function, json.dumps(arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise WrongResult(f"{module}.{function}({arguments}) failed:\n{done.stderr}")
        figures: Figures = json.loads(done.stdout)
        return figures

    return measure


def pin(cpu: int) -> None:
    """Keep this process, and all that it starts, on one processor, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[cpu % len(allowed)]})


def unpin() -> None:
    """Let this process, and all that it starts, use every processor: for what is many processes itself."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))


def settle_gc() -> None:
    """Collect, freeze what is loaded and set the thresholds, just before the work begins."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def resident_bytes() -> int:
    """Give the memory that this process occupies. Raises FileNotFoundError where there is no /proc."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def expect(what: str, found: object, wanted: object) -> None:
    """Check a result. Raises WrongResult."""
    if found != wanted:
        raise WrongResult(f"{what}: {found!r}, but it must be {wanted!r}")
