"""The page `docs/parity-engines.md`: each scenario, and what is otherwise on which engine, with the reason."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from tests.parity.engines.differences import DECLARED, declared_for
from tests.parity.engines.measuring import OTHERS
from tests.parity.engines.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = Path(__file__).parents[3] / "docs" / "parity-engines.md"
_HEAD: Final = (
    "Written by `make parity`, of what is declared in `tests/parity/engines`; a test sees that it is up to date."
    " {count} scenarios are asked for over the vendors' interfaces, or dialled by hand, on a server with the simulated"
    " engine, its clock held, and on one with each other engine and real SIP telephones (baresip, and one that refuses"
    " with 486, 603, 404 and 503). Compared are: what vendors' interfaces replied at each step; calls, dispositions and"
    " causes; legs, displays and their causes; what happened to each party, in which order, to the second; records,"
    " `duration`, `billsec` and the length of recordings to the second; Simotel's webhooks; and what the telephones"
    " themselves saw: who called, when they talked, when it was over. Of what happens in one moment to two telephones"
    " the order does not count. `make parity` is red where something differs that is not named here, or does not"
    " differ that is; an engine that cannot be had is told as not measured, and is never green."
)


def page() -> str:
    """Write the page."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield from ("# The same on each engine, and not", "")
    yield from wrap(_HEAD.format(count=len(SCENARIOS)), 140)
    yield from ("", "## What is otherwise", "")
    yield from ("| | engine | simulated | there | why |", "| --- | --- | --- | --- | --- |")
    for one in DECLARED:
        yield f"| {one.scenario} | {one.engine} | {one.simulated} | {one.other} | {one.why} |"
    yield from (
        "",
        "## Scenarios",
        "",
        f"| | scenario | {' | '.join(OTHERS)} |",
        f"| --- | --- {'| --- ' * len(OTHERS)}|",
    )
    for number, scenario in SCENARIOS.items():
        said = ["otherwise" if declared_for(engine, number) else "the same" for engine in OTHERS]
        yield f"| {number} | {scenario.title} | {' | '.join(said)} |"
