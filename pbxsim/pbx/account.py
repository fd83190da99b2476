"""Credit and tariffs: what a leg costs, and who pays.

Money is a whole number of millionths of the account's currency: sums are exact, and no float ever holds an amount.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant

Money: TypeAlias = int
"""Millionths of the currency unit."""

UNIT: Final[Money] = 1_000_000


def amount_of(text: str) -> Money:
    """Read an amount exactly: digits, with at most six decimals behind a dot, and a `-` before a negative one."""
    whole, _, fraction = text.lstrip("-").partition(".")
    size = int(whole) * UNIT + int(fraction.ljust(6, "0"))
    return -size if text.startswith("-") else size


def spell_amount(money: Money) -> str:
    """Spell an amount exactly, with two decimals at least: `-12.50`, `0.333333`."""
    whole, fraction = divmod(abs(money), UNIT)
    decimals = f"{fraction:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if money < 0 else ''}{whole}.{decimals}"


class ChargeBasis(Enum):
    """Which seconds of a leg cost money."""

    CONVERSATION = "conversation"  # both parties connected (VUM: seconds of conversation)
    LEG = "leg"  # from this leg's own answer to its end (Duocom charges both calls)


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """The price of numbers that begin with `prefix` (empty: all others).

    `per_minute` and `connection` are Money; time is charged in full steps of `step_seconds` (1: per second, 60: per
    minute), and at least `minimum_seconds`, once the leg has been answered.
    """

    prefix: str = ""
    per_minute: Money = 0
    connection: Money = 0
    step_seconds: int = 1
    minimum_seconds: int = 0

    @property
    def is_free(self) -> bool:
        """Tell whether calls at this rate never cost anything."""
        return self.per_minute == 0 and self.connection == 0

    def price(self, seconds: int) -> Money:
        """Charge for an answered leg of so many seconds, rounded half up to a millionth."""
        steps = -(-max(seconds, self.minimum_seconds) // self.step_seconds)
        return self.connection + (steps * self.step_seconds * self.per_minute * 2 + 60) // 120


class Tariff(msgspec.Struct, frozen=True):
    """A price list: the longest prefix that fits decides; a number that none fits is free."""

    name: str
    rates: tuple[Rate, ...] = ()

    def rate(self, number: str) -> Rate:
        """Find the rate for a dialled number."""
        fitting = [rate for rate in self.rates if number.startswith(rate.prefix)]
        return max(fitting, key=lambda rate: len(rate.prefix), default=_FREE)


_FREE: Final = Rate()


class Account:
    """Someone's credit. It may fall below zero by what the calls in progress at that moment cost.

    Only the ledger changes it (ledger.py), and says so.
    """

    __slots__ = ("changed_at", "credit", "currency", "name", "tariff")

    def __init__(self, *, name: str, credit: Money, tariff: Tariff, changed_at: Instant, currency: str = "") -> None:
        self.name = name
        self.credit = credit
        self.currency = currency
        self.tariff = tariff
        self.changed_at = changed_at

    def can_call(self, number: str) -> bool:
        """Tell whether a call to that number may start: it is free, or there is credit left."""
        return self.credit > 0 or self.tariff.rate(number).is_free
