"""Numbers that are dialled for a feature of the PBX: parking, pick-up, hearing one's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """A number that is dialled for a feature of the PBX, or what such numbers begin with where it `takes_more`.

    `name` is what it leads to, as dialplan.ToHunt has it. Only who dials in the numbering plan `dialplan` has it,
    empty: whoever has one.
    """

    number: str
    name: str
    takes_more: bool = False
    dialplan: str = ""

    def fits(self, number: str, dialplan: str) -> bool:
        """Tell whether it is what somebody has dialled there."""
        if self.dialplan not in ("", dialplan):
            return False
        return number.startswith(self.number) and number != self.number if self.takes_more else number == self.number


def feature_name(features: Iterable[Feature], number: str, dialplan: str) -> str:
    """Name what that number is dialled for in a numbering plan; empty where it is no feature's."""
    return next((feature.name for feature in features if feature.fits(number, dialplan)), "")
