"""The words of `pbxsim simulate`, and its progress bar. Light: what it takes to simulate is imported only to do it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration

_LONGEST_DAYS: Final = 366
_SPAN: Final = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", re.ASCII)


class SimulationRefused(Exception):
    """What was given cannot be simulated; says why."""


def add_options(parser: argparse.ArgumentParser, *, moment: Callable[[str], object]) -> None:
    """Give the command its options; `moment` reads a moment as other commands do."""
    add_traffic_options(parser, moment=moment)
    parser.add_argument("--cdr", type=Path, metavar="FILE", help="write the call records there, as CSV")
    parser.add_argument("--queue-log", type=Path, metavar="FILE", help="write app_queue's queue log there, as CSV")


def add_traffic_options(parser: argparse.ArgumentParser, *, moment: Callable[[str], object]) -> None:
    """Give a command the options that say whose traffic, how much of it, and by which seed."""
    parser.add_argument("file", metavar="FILE", help="the path of a PBX file with traffic, or a built-in PBX's name")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--for", dest="lasts", type=span, metavar="8h", help="how long calls come, as 8h, 90m, 1h30m")
    length.add_argument("--calls", type=whole(1, 1_000_000_000), metavar="N", help="how many calls come")
    parser.add_argument(
        "--seed", type=whole(0, 2**63 - 1), metavar="N", help="decides what is drawn by chance (the PBX file's)"
    )
    parser.add_argument("--start-at", type=moment, metavar="TIME", help="where time begins, ISO 8601 (the PBX file's)")


def simulated(asked: argparse.Namespace, terminal: TextIO) -> str:
    """Do what was asked for, and give the summary; the bar is on `terminal`, if it is one. Raises SimulationRefused."""
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.discovery import BrokenPackage
    from pbxsim.hosting.collector import tune_garbage_collection
    from pbxsim.simulate.run import NoTraffic, NotWritten, Run, run

    tune_garbage_collection()
    wish = Run(
        file=asked.file,
        lasts=asked.lasts,
        calls=asked.calls,
        seed=asked.seed,
        start_at=asked.start_at,
        cdr=asked.cdr,
        queue_log=asked.queue_log,
    )
    try:
        return run(wish, ProgressBar(terminal))
    except (PbxFileRefused, BrokenPackage, NoTraffic, NotWritten) as refused:
        raise SimulationRefused(str(refused)) from refused


class ProgressBar:
    """Shows on a terminal how much is done, and takes itself away at the end; elsewhere it shows nothing."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal
        self._shown = -1
        self._is_seen = terminal.isatty()

    def __call__(self, share: float) -> None:
        """Show the share that is done, 0 to 1."""
        percent = int(share * 100)
        if not self._is_seen or percent == self._shown:
            return
        self._shown = percent
        bar = ("#" * (percent // 2)).ljust(50, ".")
        self._terminal.write("\r\x1b[K" if percent >= 100 else f"\r[{bar}] {percent:3d} %")
        self._terminal.flush()


def span(text: str) -> Duration:
    """Read a length of time: 8h, 90m, 1h30m, 2d, 45s."""
    found = _SPAN.fullmatch(text)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    length = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if not 0 < length <= _LONGEST_DAYS * 86_400:
        raise argparse.ArgumentTypeError(
            f"expected a length of time up to {_LONGEST_DAYS} days, as 8h, 90m, 1h30m, not {text!r}"
        )
    return length * 1_000_000


def whole(least: int, most: int) -> Callable[[str], int]:
    """Give what reads a whole number from `least` to `most`."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return read
