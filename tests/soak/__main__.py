"""`python -m tests.soak` (`make soak`): runs for long, prints each stop, and tells what did not hold."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.soak.checks import drift, warmed_up
from tests.soak.run import Plan, Soak, Totals
from tests.soak.server import SMALL, USUAL

_MINUTES: Final = 30.0
_MANY: Final = 1_000_000  # requests from which on as much is kept as usual: all of it is full after the first few stops
_STOPS: Final = 40


def main(arguments: list[str] | None = None) -> int:
    """Run for as long as asked. 0: all held; 1: something did not; 2: wrong usage."""
    asked = _parser().parse_args(arguments)
    totals = Totals()
    with tempfile.TemporaryDirectory(prefix="pbxsim-soak-", dir=asked.folder) as folder:
        totals = asyncio.run(Soak(plan(asked), _tell).run(Path(folder)))
    print(*summary(totals), sep="\n")
    print(*[f"DID NOT HOLD: {fault}" for fault in totals.faults], sep="\n", file=sys.stderr)
    return 1 if totals.faults else 0


def plan(asked: argparse.Namespace) -> Plan:
    """Make the plan of what was asked for."""
    is_long = (asked.requests or 0) >= _MANY
    return Plan(
        requests=asked.requests or sys.maxsize,
        seconds=asked.minutes * 60 if asked.minutes else math.inf if asked.requests else _MINUTES * 60,
        round=asked.round or (asked.requests // _STOPS if is_long else 20_000),
        seed=asked.seed,
        kept=USUAL if is_long else SMALL,
    )


def summary(totals: Totals) -> list[str]:
    """Write what a run came to."""
    samples = totals.samples
    if not samples:
        return ["it ended before the first stop"]
    warm = warmed_up(samples)[0] if len(samples) > 1 else samples[0]
    resident = " / ".join(f"{each.resident / 1e6:.1f}" for each in (samples[0], warm, samples[-1]))
    return [
        f"{totals.requests:,} requests in {totals.seconds:.0f} s, {totals.requests / totals.seconds:.0f} a second, "
        f"{samples[-1].cpu:.0f} CPU s of the server; "
        f"{totals.rude:,} rude clients, {totals.resets} resets, {totals.moved} recordings moved",
        f"{totals.calls:,} calls, {totals.records:,} records; "
        f"{totals.delivered:,} webhooks delivered, {totals.failed:,} failed",
        f"resident MB at the first stop / warm / at the end: {resident}; drift {drift(samples):+.1%}; "
        f"at most {samples[-1].peak / 1e6:.1f}",
        f"descriptors {warm.descriptors} warm, {samples[-1].descriptors} at the end; "
        f"tasks {warm.tasks} warm, {samples[-1].tasks} at the end",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, metavar="N", help=f"how long (default {_MINUTES:g} minutes)")
    parser.add_argument("--requests", type=int, metavar="N", help="how many requests, however long they take")
    parser.add_argument("--round", type=int, metavar="N", help="requests from one stop to the next")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="decides which requests come (1)")
    parser.add_argument("--folder", metavar="DIR", help="where the store and the recordings are meanwhile")
    return parser


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
