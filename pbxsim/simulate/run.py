"""Hours of a PBX file's traffic in seconds: virtual time, no server. What `pbxsim simulate` does.

A PBX of the simulated engine, without recordings and HTTP. Not here: the command's words (command.py), the table of
figures (summary.py).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, cast

import msgspec

from pbxsim.clock.instant import HOUR, MINUTE, Duration, Instant, iso_seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.discovery import find_engines
from pbxsim.hosting.assemble import PAUSED_START, assemble
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.events import CdrClosed
from pbxsim.simulate.summary import spelt_span, table
from pbxsim.sinks.call_centre_figures import CallCentreFigures
from pbxsim.sinks.cdr_export import csv_lines, csv_of, harmless
from pbxsim.sinks.queue_log import COLUMNS, QueueLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pbxsim.config.load import LoadedFile
    from pbxsim.engines.simulated.simulation import Simulation as Simulated
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.pbx import Pbx

_LONGEST_REST: Final[Duration] = 24 * HOUR
_STEP: Final[Duration] = MINUTE


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What to simulate: the PBX file, and either for how long its traffic comes, or how many calls come."""

    file: str
    lasts: Duration | None = None
    calls: int | None = None
    seed: int | None = None
    start_at: Instant | None = None
    cdr: Path | None = None
    queue_log: Path | None = None


class NoTraffic(Exception):
    """The PBX file has no traffic, so nothing would ever happen; or none ever comes."""


class NotWritten(Exception):
    """A file cannot be written; says which, and why."""


def run(wish: Run, progress: Callable[[float], None]) -> str:
    """Simulate, write the files that are wanted, and give the summary. `progress` is told the share that is done.

    Raises PbxFileRefused, BrokenPackage, NoTraffic, NotWritten.
    """
    simulation = Simulation(wish)
    if wish.cdr is not None and wish.queue_log is not None and wish.cdr.resolve() == wish.queue_log.resolve():
        raise NotWritten(f"{wish.cdr}: the records and the queue log cannot both be written there")
    for path in (wish.cdr, wish.queue_log):
        if path is not None:
            written(path, iter(()))  # before hours are spent on it
    simulation.run(progress)
    if wish.cdr is not None:
        written(wish.cdr, csv_of(simulation.cdrs))
    if wish.queue_log is not None:
        written(wish.queue_log, simulation.queue_log())
    return simulation.summary()


def _example(pbx: Pbx) -> str:
    """Write three lines of a PBX file that have somebody call this PBX."""
    directory = pbx.directory
    public = (number for extension in directory.extensions for number in extension.public)
    to = next(chain(directory.dids, public), "222333444")
    return f'traffic:\n  - to: "{to}"  # a public number of the PBX\n    per_hour: 60'


class Simulation:
    """One PBX whose traffic comes until its time is over; then whoever is there finishes.

    `loaded` None: its file is read.
    """

    def __init__(self, wish: Run, loaded: LoadedFile | None = None) -> None:
        if loaded is None:
            loaded = load(wish.file, engines=find_engines("simulated"))
        said = loaded.file.start if wish.start_at is None else wish.start_at
        self.began: Instant = PAUSED_START if said is None else said
        clock = Scheduler(self.began)
        self._wish = wish
        assembled = assemble(loaded, clock=clock, seed=wish.seed)
        self._traffic = cast("Simulated", assembled.opened).traffic
        if not self._traffic.sources:
            raise NoTraffic(
                f"{wish.file}: traffic: nobody calls there; expected callers under `traffic`, for example\n\n"
                f"{_example(assembled.pbx)}"
            )
        self._traffic.limit = wish.calls
        if wish.calls is not None and clock.next_due() is None:
            raise NoTraffic(f"{wish.file}: traffic: 0 calls per hour all day, so there will never be {wish.calls}")
        self.pbx = assembled.pbx
        self.cdrs: list[Cdr] = []
        self.figures = CallCentreFigures(self.pbx)
        self._log = QueueLog(self.pbx) if wish.queue_log is not None else None
        self.pbx.events.subscribe(CdrClosed, self._on_cdr, Stage.RECORDS)

    def _on_cdr(self, event: CdrClosed) -> None:
        self.cdrs.append(event.cdr)

    def run(self, progress: Callable[[float], None]) -> None:
        """Let the traffic come, then let everybody finish: at most a day, for some may wait for ever."""
        clock, traffic = self.pbx.clock, self._traffic
        end = None if self._wish.lasts is None else self.began + self._wish.lasts
        while traffic.over_at is None and clock.now != end:
            until = max(clock.next_due() or 0, clock.now + _STEP)
            clock.run_until(until if end is None else min(until, end))
            progress(self._done())
        traffic.stop()
        latest = clock.now + _LONGEST_REST
        while self.pbx.calls.live and (next_due := clock.next_due()) is not None and next_due <= latest:
            clock.run_until(min(next_due + _STEP, latest))
        if self.pbx.events.failures:
            raise self.pbx.events.failures[0][1]

    def _done(self) -> float:
        if self._wish.lasts is not None:
            return (self.pbx.clock.now - self.began) / self._wish.lasts
        return self._traffic.placed / (self._wish.calls or 1)

    @property
    def over_at(self) -> Instant:
        """Give the moment from which on nobody called any more; `run` is done by then."""
        assert self._traffic.over_at is not None
        return self._traffic.over_at

    def queue_log(self) -> Iterator[bytes]:
        """Spell the queue log as a CSV file."""
        yield csv_lines([list(COLUMNS)])
        if self._log is not None:
            yield csv_lines([harmless(cell) for cell in row] for row in self._log.rows)

    def summary(self) -> str:
        """Tell in words and figures what became of everybody."""
        traffic, figures, over_at = self._traffic, self.figures, self.over_at
        answered = len({cdr.call for cdr in self.cdrs if cdr.talk})
        lines = [
            f"{self.pbx.name}: {spelt_span(over_at - self.began)} of traffic from {iso_seconds(self.began)},"
            f" seed {self.pbx.seed}",
            f"calls: {traffic.placed} placed, {answered} connected, {traffic.refused} found every trunk full,"
            f" {len(self.pbx.calls.live)} not over; {figures.total.offered} came to queues",
        ]
        if figures.queues:
            lines += ["", *table(self.pbx, figures, over_at)]
        return "\n".join(lines)


def written(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file, piece by piece. Raises NotWritten."""
    try:
        with path.open("wb") as opened:
            opened.writelines(pieces)
    except OSError as error:
        raise NotWritten(f"{path}: cannot be written: {error.strerror}") from error
