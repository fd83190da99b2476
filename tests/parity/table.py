"""The page `docs/parity.md`: totals, every difference with its ruling, and the rulings with their reasons."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from tests.parity.compare import CHAN_SIP, PJSIP, Aspect, recorded
from tests.parity.floors import FLOORS, QUEUES, results, same
from tests.parity.reasons import REASONS, ruling
from tests.parity.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.parity.compare import Difference
    from tests.parity.floors import Results

PAGE: Final = Path(__file__).parents[2] / "docs" / "parity.md"
_OF_QUEUES: Final = frozenset({Aspect.LOG, Aspect.FIGURES})
_HEAD: Final = (
    "Written by `python -m tests.parity --write`; a test sees that it is up to date. {scenarios} scenarios,"
    " told once in `tests/parity/scenarios.py`, were played on two real Asterisks ({versions}) and are played"
    " here, with the clock held. Seconds that differ by one at most count as the same. The rows compared are"
    " those of the same two channels. The reference is chan_sip, whose channels (`SIP/…`) all four vendors"
    " show; differences from it are named below, each with the ruling that it falls under. Whether the engines do"
    " the same as each other stands in [parity-engines.md](parity-engines.md)."
)


def page() -> str:
    """Play everything, and write the page."""
    found = results()
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Results) -> Iterator[str]:
    runs = [recorded(name) for name in (CHAN_SIP, PJSIP)]
    versions = " and ".join(f"{run.asterisk} with {run.driver}" for run in runs)
    yield from ("# As on a real Asterisk, and not", "")
    yield from wrap(_HEAD.format(scenarios=len(SCENARIOS), versions=versions), 140)
    yield ""
    yield from _totals(found, results(PJSIP))
    yield ""
    yield from _table(found)
    yield ""
    yield from _rulings(found)


def _totals(found: Results, beside: Results) -> Iterator[str]:
    yield from ("## In how many scenarios it is the same", "", "| | of | chan_sip | PJSIP | at the least |")
    yield "| --- | --- | --- | --- | --- |"
    for floor in FLOORS:
        counts = [same(floor.aspects, floor.among, one) for one in (found, beside)]
        yield f"| {floor.name} | {len(floor.among)} | {counts[0]} | {counts[1]} | {floor.least} |"
    for aspect in Aspect:
        among = QUEUES if aspect in _OF_QUEUES else frozenset(SCENARIOS)
        if frozenset({aspect}) not in [floor.aspects for floor in FLOORS]:
            counts = [same(frozenset({aspect}), among, one) for one in (found, beside)]
            yield f"| {aspect} | {len(among)} | {counts[0]} | {counts[1]} | |"
    counts = [same(frozenset(Aspect), frozenset(SCENARIOS), one) for one in (found, beside)]
    yield f"| everything | {len(SCENARIOS)} | {counts[0]} | {counts[1]} | |"


def _table(found: Results) -> Iterator[str]:
    yield from (
        "## Scenarios",
        "",
        "| | scenario | not as chan_sip: there / here | ruling |",
        "| --- | --- | --- | --- |",
    )
    for number, differences in found.items():
        scenario = SCENARIOS[number]
        names = [ruling(number, one) for one in differences] + [scenario.told_otherwise]
        told = "; ".join(_grouped(differences)) or "the same"
        yield f"| {number} | {scenario.title} | {told} | {' '.join(_in_order(names))} |"


def _grouped(differences: Iterable[Difference]) -> Iterator[str]:
    by_aspect: dict[Aspect, list[str]] = {}
    for one in differences:
        by_aspect.setdefault(one.aspect, []).append(f"{one.of} {one.real} / {one.ours}".replace("|", "\\|"))
    for aspect, spelt in by_aspect.items():
        yield f"{aspect}: {', '.join(spelt)}"


def _rulings(found: Results) -> Iterator[str]:
    where: dict[str, list[int]] = {}
    for number, differences in found.items():
        for name in {ruling(number, one) for one in differences} | {SCENARIOS[number].told_otherwise}:
            where.setdefault(name, []).append(number)
    yield from ("## Rulings", "", "| | why | scenarios |", "| --- | --- | --- |")
    for name in _in_order(where):
        yield f"| {name} | {REASONS[name]} | {', '.join(map(str, where[name]))} |"


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name}, key=lambda name: int(name[1:]))
