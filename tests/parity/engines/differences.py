"""Where engines differ, and why: declared one by one. Whatever else differs is a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tests.parity.engines.compare import Aspect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.parity.engines.compare import Difference


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the simulated engine and another in one scenario, in words, and why it must.

    `of` are the differences that come of it, each by aspect and subject as the comparison names them.
    """

    engine: str
    scenario: int
    simulated: str
    other: str
    why: str
    of: frozenset[tuple[Aspect, str]]


def _under(aspect: Aspect, *of: str) -> frozenset[tuple[Aspect, str]]:
    return frozenset((aspect, one) for one in of)


DECLARED: Final = (
    Declared(
        engine="asterisk",
        scenario=49,
        simulated="B's call fails at once (20)",
        other="B rings on, until the ring limit is over (19)",
        why="A telephone that unregisters has its INVITE still, and rings; one that loses its power is not missed"
        " either. Here a telephone that drops off is gone, as chan_sip tells one that it no longer reaches.",
        of=_under(Aspect.CALLS, "outcome of call 1")
        | _under(Aspect.LEGS, "cause of A, call 1", "cause of B, call 1")
        | _under(
            Aspect.EVENTS, *(f"{what}, call 1" for what in ("leg-ended, A", "leg-ended, B", "call-ended, the whole"))
        )
        | _under(Aspect.RECORDS, "record 1")
        | _under(Aspect.NOTICES, "webhook 6")
        | _under(Aspect.TELEPHONES, "over, A, as it saw it", "over, B, as it saw it"),
    ),
)
"""All of them."""


def judged(engine: str, scenario: int, found: Iterable[Difference]) -> list[str]:
    """Tell what is wrong with what was found in a scenario: differences that nobody declared, or that are gone."""
    declared = frozenset().union(*(one.of for one in declared_for(engine, scenario)))
    differences = {(one.aspect, one.of): one for one in found}
    undeclared = [
        f"{one.aspect}, {one.of}: simulated {one.first!r}, {engine} {one.other!r}"
        for key, one in differences.items()
        if key not in declared
    ]
    gone = sorted(f"{aspect}, {of}: declared, and the same now" for aspect, of in declared - differences.keys())
    return undeclared + gone


def declared_for(engine: str, scenario: int) -> list[Declared]:
    """Give what is declared of a scenario."""
    return [one for one in DECLARED if (one.engine, one.scenario) == (engine, scenario)]
