"""`python -m tests.bench` (`make bench`): runs the races, prints the report, and writes it where asked."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import machine, races, report
from tests.bench.harness import ROOT, WrongResult, interleave

if TYPE_CHECKING:
    from tests.bench.goals import Race

BENCHMARKS = ROOT / "BENCHMARKS.md"
_ROUNDS = 7
_QUICK_ROUNDS = 3


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for. 0: all did their work, goals reached or not; 1: a result was wrong; 2: wrong usage."""
    asked = _parser().parse_args(arguments)
    rounds = asked.rounds or (_QUICK_ROUNDS if asked.quick else _ROUNDS)
    names = {name.strip().upper() for name in asked.only.split(",") if name.strip()}
    unknown = names - set(races.names())
    if unknown:
        print(
            f"No such goal here: {', '.join(sorted(unknown))}. There are: {', '.join(races.names())}", file=sys.stderr
        )
        return 2
    if asked.write and (names or asked.quick):
        print("--write goes with a whole run: without --only and --quick", file=sys.stderr)
        return 2
    described = machine.describe()
    print(*described, *report.EXPLANATION, sep="\n")
    try:
        results = [_run(race, rounds) for race in races.chosen(names)]
    except WrongResult as wrong:
        print(f"\nBroken, so nothing was measured: {wrong}", file=sys.stderr)
        return 1
    if asked.json:
        content = {"machine": described, "races": results}
        Path(asked.json).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        text = BENCHMARKS.read_text(encoding="utf-8")
        BENCHMARKS.write_text(report.in_document(text, report.markdown(described, results)), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="G4,G6", help=f"only these goals: {', '.join(races.names())}")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"rounds of each race, at least 1 (default {_ROUNDS})")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK_ROUNDS} rounds: a first look, not a result")
    parser.add_argument("--write", action="store_true", help="put what a whole run found into BENCHMARKS.md")
    parser.add_argument("--json", metavar="FILE", help="write every figure of every round to FILE")
    return parser


def _run(race: Race, rounds: int) -> dict[str, object]:
    turns = min(rounds, race.most_rounds or rounds)
    if race.warms_up:
        interleave(race.contenders, 1, _tell)
    measured = interleave(race.contenders, turns, _tell)
    lines = [report.Line.of(goal, measured) for goal in race.goals]
    _tell("")
    print(*report.table(race, measured, lines), sep="\n", flush=True)
    return report.as_json(race, measured, lines)


def _tell(what: str) -> None:
    """Show what is being done, where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
