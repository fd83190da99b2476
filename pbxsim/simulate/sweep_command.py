"""The words of `pbxsim sweep`. Light: what it takes to sweep is imported only to do it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pbxsim.simulate.command import ProgressBar, SimulationRefused, add_traffic_options, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.simulate.sweep import Runner
    from pbxsim.simulate.variation import Vary


class NotReached(Exception):
    """The cluster does not answer; says which."""


def add_options(parser: argparse.ArgumentParser, *, moment: Callable[[str], object]) -> None:
    """Give the command its options; `moment` reads a moment as other commands do."""
    parser.add_argument(
        "--vary",
        type=_vary,
        action="append",
        required=True,
        metavar="PLACE=VALUES",
        help="what of the file, and its values: queues.support.members=40..60, queues.support.strategy=ringall,random;"
        " given more than once, each value with each",
    )
    parser.add_argument("--seeds", type=whole(1, 10_000), default=10, metavar="N", help="how many days each (10)")
    add_traffic_options(parser, moment=moment)
    parser.add_argument("--queue", metavar="NAME", help="whose callers count (the queue that is varied, else all)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the figures of every day there")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw service level against the values there")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--on", metavar="tcp://HOST:PORT", help="a Dask cluster's scheduler (pbxsim[dask]) does the days"
    )
    where.add_argument(
        "--processes", type=whole(1, 512), metavar="N", help="so many processes do the days (one for each processor)"
    )


def swept(asked: argparse.Namespace, terminal: TextIO) -> str:
    """Do what was asked for, and give the table. Raises SimulationRefused, NotReached."""
    from pbxsim.config.fault import PbxFileRefused
    from pbxsim.discovery import BrokenPackage
    from pbxsim.simulate.run import NoTraffic, NotWritten, written
    from pbxsim.simulate.runners import ClusterUnreachable
    from pbxsim.simulate.sweep import SweepRefused, Wish, sweep
    from pbxsim.simulate.sweep_report import csv, svg, table

    wish = Wish(
        file=asked.file,
        varied=tuple(asked.vary),
        days=asked.seeds,
        lasts=asked.lasts,
        calls=asked.calls,
        seed=asked.seed,
        start_at=asked.start_at,
        queue=asked.queue,
    )
    try:
        for path in filter(None, (asked.csv, asked.svg)):
            written(path, iter(()))  # before hours are spent on it
        found = sweep(wish, _runner(asked), ProgressBar(terminal))
        for path, spelt in ((asked.csv, csv), (asked.svg, svg)):
            if path is not None:
                written(path, spelt(found))
    except ClusterUnreachable as unreachable:
        raise NotReached(str(unreachable)) from unreachable
    except (PbxFileRefused, BrokenPackage, NoTraffic, NotWritten, SweepRefused) as refused:
        raise SimulationRefused(str(refused)) from refused
    return "\n".join(table(found))


def _runner(asked: argparse.Namespace) -> Runner:
    from pbxsim.simulate.runners import cluster, processes

    return processes(asked.processes or os.cpu_count() or 1) if asked.on is None else cluster(asked.on)


def _vary(text: str) -> Vary:
    from pbxsim.simulate.variation import Vary

    try:
        return Vary.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
