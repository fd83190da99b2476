"""`make parity`: plays all scenarios on each engine, compares, and writes `docs/parity-engines.md`.

0: all is the same, or declared; 1: something is not; 3: an engine could not be had, so nothing was measured of it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from tests.parity.engines.differences import declared_for
from tests.parity.engines.measuring import OTHERS, faults, histories
from tests.parity.engines.page import PAGE, page
from tests.parity.engines.playing import EngineUnavailable
from tests.parity.engines.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.parity.engines.scenario import Scenario

_SAME, _RED, _NOT_MEASURED = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the module says."""
    parser = argparse.ArgumentParser(prog="python -m tests.parity.engines", description=__doc__)
    parser.add_argument("--engine", action="append", choices=OTHERS, help="only this one; may be said several times")
    parser.add_argument("--only", default="", metavar="1,60", help="only these scenarios")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} anew")
    asked = parser.parse_args(arguments)
    numbers = [int(number) for number in asked.only.split(",") if number] or list(SCENARIOS)
    chosen = [SCENARIOS[number] for number in numbers]
    if asked.write:
        PAGE.write_text(page(), "utf-8")
    return max(asyncio.run(_measured(asked.engine or OTHERS, chosen)))


async def _measured(engines: Sequence[str], scenarios: Sequence[Scenario]) -> list[int]:
    ours = await histories("simulated", scenarios)
    codes = []
    for engine in engines:
        try:
            theirs = await histories(engine, scenarios)
        except EngineUnavailable as error:
            print(f"{engine}: NOT MEASURED: {error}")
            codes.append(_NOT_MEASURED)
            continue
        found = faults(engine, ours, theirs)
        for scenario in scenarios:
            _tell(engine, scenario, found.get(scenario.number, []))
        print(f"{engine}: {len(scenarios) - len(found)} of {len(scenarios)} scenarios as declared")
        codes.append(_RED if found else _SAME)
    return codes


def _tell(engine: str, scenario: Scenario, wrong: list[str]) -> None:
    declared = declared_for(engine, scenario.number)
    said = "WRONG" if wrong else "otherwise, as declared" if declared else "the same"
    print(f"{engine} {scenario.number:3} {scenario.title}: {said}", *wrong, sep="\n        ")


if __name__ == "__main__":
    sys.exit(main())
