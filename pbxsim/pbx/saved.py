"""What an earlier run of a PBX left in its store, from which this one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.account import Money
    from pbxsim.pbx.cdr import Cdr, CdrHistory
    from pbxsim.pbx.ledger import LedgerEntry


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier run's records. Empty: there was none, and the PBX is as its file says.

    `cdrs` and `entries` are in the order of their ids. Of the records they are the newest; `stored` older ones are in
    `history`. `balances` has the last balance of every account that was ever
    booked, with the instant of it. `last_*` are the highest numbers that were used; `now` the latest instant told of.
    `database` is the PBX's own (AstDB), JSON by family and key.
    """

    cdrs: tuple[Cdr, ...] = ()
    stored: int = 0
    history: CdrHistory | None = None
    entries: tuple[LedgerEntry, ...] = ()
    balances: dict[str, tuple[Money, Instant]] = {}
    now: Instant = 0
    last_call: int = 0
    last_channel: int = 0
    last_cdr: int = 0
    last_entry: int = 0
    last_notice: int = 0
    database: Mapping[tuple[str, str], str] = {}

    @property
    def is_empty(self) -> bool:
        """Tell whether there was no earlier run."""
        return self.now == 0
