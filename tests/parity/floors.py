"""How much is as on a real Asterisk at the least: what was reached once is not lost again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tests.parity.compare import CHAN_SIP, Aspect, Difference, differences
from tests.parity.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    Results = Mapping[int, list[Difference]]

QUEUES: Final = frozenset(number for number, scenario in SCENARIOS.items() if scenario.queue is not None)
"""The scenarios with a queue."""


class Floor(msgspec.Struct, frozen=True):
    """In how many of the scenarios, all or those with a queue, all of these aspects are the same at the least."""

    name: str
    aspects: frozenset[Aspect]
    among: frozenset[int]
    least: int


_ALL: Final = frozenset(SCENARIOS)

FLOORS: Final = (
    Floor("what happens: who rings, states, ends", frozenset({Aspect.HAPPENS}), _ALL, 78),
    Floor("number of rows; their disposition, duration, billsec", frozenset({Aspect.ROWS, Aspect.VALUES}), _ALL, 78),
    Floor("queue log", frozenset({Aspect.LOG}), QUEUES, len(QUEUES)),
    Floor("queue figures", frozenset({Aspect.FIGURES}), QUEUES, len(QUEUES)),
)


def results(name: str = CHAN_SIP) -> dict[int, list[Difference]]:
    """Play all scenarios, and tell what is not as on that Asterisk."""
    return {number: differences(number, name) for number in sorted(SCENARIOS)}


def same(aspects: frozenset[Aspect], among: frozenset[int], found: Results) -> int:
    """Count the scenarios in which all of these aspects are the same."""
    return sum(not any(one.aspect in aspects for one in found[number]) for number in among)


def shortfalls(found: Results) -> list[str]:
    """Name the floors that are not reached."""
    counted = ((floor, same(floor.aspects, floor.among, found)) for floor in FLOORS)
    return [f"{floor.name}: {count} of {len(floor.among)}" for floor, count in counted if count < floor.least]
