"""What a PBX file says of money: accounts with credit, and tariffs."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import Instant
from pbxsim.kit.values import Amount, Name, Price, WholeSeconds, money
from pbxsim.pbx.account import Account, Rate, Tariff

FREE = Tariff("")
"""The tariff of an account that has none: nothing costs anything."""


class RateEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The price of the numbers that begin with a prefix; the longest prefix that fits decides."""

    prefix: Annotated[
        str, Meta(pattern=r"^\+?[0-9*#]{0,40}$", title="digits, as text", description="Empty: all other numbers.")
    ] = ""
    per_minute: Annotated[Price, Meta(description="In the account's currency.")] = 0
    connection: Annotated[Price, Meta(description="Charged once for each answered call.")] = 0
    step_seconds: Annotated[
        int, Meta(ge=1, le=86_400, description="Time is charged in full steps: 1 per second, 60 per minute.")
    ] = 1
    minimum_seconds: Annotated[WholeSeconds, Meta(description="Charged at least.")] = 0

    @lru_cache(1024)  # noqa: B019 - a price list never changes, and a PBX that is reset often has it read each time
    def rate(self) -> Rate:
        """Make the switch's own of it."""
        return Rate(
            prefix=self.prefix,
            per_minute=money(self.per_minute),
            connection=money(self.connection),
            step_seconds=self.step_seconds,
            minimum_seconds=self.minimum_seconds,
        )


class TariffEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price list. A number that no prefix fits is free."""

    name: Name
    rates: tuple[RateEntry, ...] = ()

    @lru_cache(1024)  # noqa: B019 - as its rates
    def tariff(self) -> Tariff:
        """Make the switch's own of it."""
        return Tariff(self.name, tuple(entry.rate() for entry in self.rates))


class AccountEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone's credit, which calls consume."""

    name: Name
    credit: Annotated[Amount, Meta(description="In units of the currency; exact to the millionth.")] = 0
    currency: Annotated[str, Meta(max_length=10, description="As CZK or EUR.")] = ""
    tariff: Annotated[Name | None, Meta(description="Absent: everything is free.")] = None

    def account(self, tariffs: Mapping[str, Tariff], now: Instant) -> Account:
        """Make the switch's own of it; `tariffs` are all of the file, by name, `now` is when the PBX starts."""
        return Account(
            name=self.name,
            credit=money(self.credit),
            currency=self.currency,
            tariff=FREE if self.tariff is None else tariffs[self.tariff],
            changed_at=now,
        )
