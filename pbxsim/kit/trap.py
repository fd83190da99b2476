"""A trap: what a vendor's manual says and clients get wrong; how it is set, and what a careful client does."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWERS = "990103020"
"""The number that clients are to dial as a rule: it answers after 3 s, and talks for 20."""


class Careful(StrEnum):
    """What a careful client does."""

    NOTICES = "notices"  # that it was refused: it says so
    DIALS_ONCE = "dials once"  # places no more calls than without the trap, and knows in the end what came of them
    KNOWS = "knows"  # in the end what came of its calls
    SAYS_WHAT_IT_MEANS = "says what it means"  # its requests leave no hint


class Trap(msgspec.Struct, frozen=True, kw_only=True):
    """A trap. `statement` is the number of what the vendor's README says, empty: any vendor's.

    `errors` are keys of the vendor's table: requests like the one that places the call get each in turn, its
    placeholders `filled`. `faults` go wrong on purpose (config/injected_faults.py); those of requests with those alone
    that place a call. The client is asked to dial `number`; `our_phones` say how the PBX's own telephones meet calls.
    The client is asked once more after so many `days` where these are not 0.
    """

    name: str
    words: str
    careful: Careful
    statement: str = ""
    errors: tuple[str, ...] = ()
    filled: Mapping[str, str] = MappingProxyType({})
    faults: tuple[Mapping[str, object], ...] = ()
    number: str = ANSWERS
    our_phones: str = ""
    days: int = 0


def not_connected(statement: str, words: str) -> tuple[Trap, ...]:
    """Give the traps of a vendor whose reply says that a call was taken, and not what becomes of it."""
    outcomes = {"busy": "990200000", "no-answer": "990300000", "no-such-number": "990400000"}
    return tuple(
        Trap(name=f"taken-then-{name}", words=words, careful=Careful.KNOWS, statement=statement, number=number)
        for name, number in outcomes.items()
    )
