"""What if: a PBX file's traffic with each value of what is varied, on many days. What `pbxsim sweep` does.

Each day is a run of its own, which knows its file and its seed and nothing else, so it comes out the same wherever it
is done: in this process, in several, on a cluster. They are put together in one order.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.document import Document
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import load, read, text_of
from pbxsim.discovery import find_engines, find_vendors
from pbxsim.hosting.assemble import PAUSED_START, assemble
from pbxsim.hosting.collector import tune_garbage_collection
from pbxsim.kit.finding import did_you_mean
from pbxsim.simulate.run import Run, Simulation
from pbxsim.simulate.variation import NotThere, Value, Vary, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.config.load import LoadedFile

MOST_RUNS: Final = 100_000

TOTAL: Final = "total"
"""What the figures of all queues together are called."""

_Values: TypeAlias = tuple[Value, ...]


class SweepRefused(Exception):
    """What was asked for cannot be swept; says why."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One run: the text of the PBX file, what faults call it by, the run's seed, and how long or how many."""

    text: str
    file: str
    seed: int
    lasts: Duration | None
    calls: int | None
    start_at: Instant | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a day's callers: in one queue, or in all. `wait` is of all who were answered, in microseconds."""

    offered: int
    answered: int
    abandoned: int
    in_level: int
    wait: Duration
    occupancy: float | None

    @property
    def service_level(self) -> float | None:
        """Give the share of the offered calls that were answered in time."""
        return self.in_level / self.offered if self.offered else None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be swept: which file, what of it, on how many days from which seed on, judged by which queue.

    `seed` None: the file's. `queue` None: the one that is varied, if it is one, else all.
    """

    file: str
    varied: tuple[Vary, ...]
    days: int
    lasts: Duration | None = None
    calls: int | None = None
    seed: int | None = None
    start_at: Instant | None = None
    queue: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """All days with these values."""

    values: _Values
    outcomes: tuple[Outcome, ...]


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `queue` is whose figures these are, `seed` the first day's; each day began at `began`."""

    wish: Wish
    queue: str
    seed: int
    began: Instant
    rows: tuple[Row, ...]


Runner: TypeAlias = "Callable[[list[Day], str], Iterable[Outcome]]"
"""Does days, and gives what became of that queue's callers in their order."""


def sweep(wish: Wish, runner: Runner, progress: Callable[[float], None]) -> Swept:
    """Do all days, and put them together. Raises PbxFileRefused, SweepRefused."""
    loaded = load(wish.file, engines=find_engines("simulated"))
    queue = _queue(wish, loaded)
    seed = loaded.file.seed if wish.seed is None else wish.seed
    combinations = list(product(*(vary.values for vary in wish.varied)))
    if len(combinations) * wish.days > MOST_RUNS:
        raise SweepRefused(f"{len(combinations)} times {wish.days} runs: expected at most {MOST_RUNS:,}")
    days = [day for values in combinations for day in _days(wish, values, seed, queue)]
    outcomes = []
    for outcome in runner(days, queue):
        outcomes.append(outcome)
        progress(len(outcomes) / len(days))
    parts = (tuple(outcomes[first : first + wish.days]) for first in range(0, len(days), wish.days))
    rows = (Row(values=values, outcomes=part) for values, part in zip(combinations, parts, strict=True))
    began = wish.start_at or loaded.file.start or PAUSED_START
    return Swept(wish=wish, queue=queue, seed=seed, began=began, rows=tuple(rows))


def _queue(wish: Wish, loaded: LoadedFile) -> str:
    if any(vary.place == "seed" for vary in wish.varied):
        raise SweepRefused("--vary: each day has a seed of its own: say by --seed and --seeds which")
    names = [queue.name for queue in loaded.file.queues]
    if wish.queue is not None:
        if wish.queue not in names:
            raise SweepRefused(f"--queue: no queue is called {wish.queue!r}{did_you_mean(wish.queue, names)}")
        return wish.queue
    named = {vary.place.split(".")[1] for vary in wish.varied if vary.place.startswith("queues.")}
    return named.pop() if len(named) == 1 and named <= set(names) else TOTAL


def _days(wish: Wish, values: _Values, seed: int, queue: str) -> list[Day]:
    """Give the days with these values. Raises SweepRefused where the file cannot be so."""
    text, file = text_of(wish.file)
    text = _with(text, file, wish.varied, values, queue)
    return [
        Day(text=text, file=file, seed=seed + number, lasts=wish.lasts, calls=wish.calls, start_at=wish.start_at)
        for number in range(wish.days)
    ]


def _with(text: str, file: str, varied: tuple[Vary, ...], values: _Values, queue: str) -> str:
    found, _ = Document(file, text).plain()
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))  # nothing of it is in two places
    where = ", ".join(f"{vary.place}={value}" for vary, value in zip(varied, values, strict=True))
    try:
        for vary, value in zip(varied, values, strict=True):
            put(plain, vary.place, value)
        made = msgspec.json.encode(plain).decode()
        pbx = assemble(_read(made, file), clock=Scheduler(0)).pbx  # its vendors have a word to say, too
    except NotThere as missing:
        raise SweepRefused(f"--vary: {missing}") from None
    except PbxFileRefused as refused:
        raise SweepRefused(f"with {where}:\n{refused}") from None
    if queue not in (TOTAL, *(each.name for each in pbx.queues)):
        raise SweepRefused(f"with {where}: there is no queue {queue!r} then, whose callers would count")
    return made


@lru_cache(maxsize=4)  # the days with the same values come one after the other
def _read(text: str, file: str) -> LoadedFile:
    return read(text, file, find_vendors(), find_engines("simulated"))


_tune_once: Final = lru_cache(maxsize=1)(tune_garbage_collection)  # again it would freeze what a day has left


def done(day: Day, queue: str) -> Outcome:
    """Do one day. Raises NoTraffic."""
    _tune_once()
    wish = Run(file=day.file, lasts=day.lasts, calls=day.calls, seed=day.seed, start_at=day.start_at)
    simulation = Simulation(wish, _read(day.text, day.file))
    simulation.run(lambda _: None)
    figures, pbx = simulation.figures, simulation.pbx
    tally = figures.total if queue == TOTAL else figures.queues[queue]
    of = next((each for each in pbx.queues if each.name == queue), None)
    return Outcome(
        offered=tally.offered,
        answered=tally.answered,
        abandoned=tally.abandoned,
        in_level=tally.in_level,
        wait=tally.waited,
        occupancy=figures.occupancy(simulation.over_at, of),
    )


def here(days: list[Day], queue: str) -> Iterator[Outcome]:
    """Do them in this process, one after the other."""
    return (done(day, queue) for day in days)
