"""The ledger: every change of every account's credit, numbered, never altered; the credit is the sum of them.

Not here: what a leg costs (account.py), when one is charged (closing.py), where entries are stored (sinks).
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from pbxsim.pbx.events import CreditChanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.account import Account, Money
    from pbxsim.pbx.bus import EventBus

KEPT_ENTRIES: Final = 100_000
"""How many of an account's newest entries stay in memory unless somebody says otherwise."""


class EntryKind(StrEnum):
    """Why an account's credit changed."""

    OPENING = "opening"  # the credit with which the account began
    CHARGE = "charge"  # an answered leg
    TOP_UP = "top_up"  # somebody paid in


class LedgerEntry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One change of an account's credit.

    `id` counts from 1 through all accounts of a PBX. `amount` is what the credit changed by, so a charge is negative;
    `balance` the credit after it. `call`, `number`, `seconds` and `reference` are a charged leg's: its call, the number
    that was dialled, the seconds charged, the vendor's name for the call.
    """

    id: int
    at: Instant
    account: str
    kind: EntryKind
    amount: Money
    balance: Money
    call: int = 0
    number: str = ""
    seconds: int = 0
    reference: str = ""

    @property
    def cost(self) -> Money:
        """What the account paid: the amount of a charge, positive."""
        return -self.amount


class Ledger:
    """Books changes of credit. Of each account the newest `limit` entries are kept in memory."""

    def __init__(self, bus: EventBus, *, first: int = 1, limit: int = KEPT_ENTRIES) -> None:
        self._bus = bus
        self._limit = limit
        self.next_entry = first
        self._entries: dict[str, deque[LedgerEntry]] = {}

    def open(self, account: Account, at: Instant) -> None:
        """Book the credit that an account begins with. Nobody is told: this is how the PBX is found."""
        self._keep(self._entry(account, EntryKind.OPENING, account.credit, at))

    def resume(self, entries: Iterable[LedgerEntry]) -> None:
        """Take over entries of an earlier run, oldest first."""
        for entry in entries:
            self._keep(entry)

    def charge(
        self, account: Account, cost: Money, *, at: Instant, call: int, number: str, seconds: int, reference: str
    ) -> LedgerEntry:
        """Take what an answered leg costs (0 or more) off an account's credit."""
        account.credit -= cost
        leg = {"call": call, "number": number, "seconds": seconds, "reference": reference}
        return self._book(account, replace(self._entry(account, EntryKind.CHARGE, -cost, at), **leg))

    def top_up(self, account: Account, amount: Money, *, at: Instant) -> LedgerEntry:
        """Add to an account's credit; a negative amount takes away."""
        account.credit += amount
        return self._book(account, self._entry(account, EntryKind.TOP_UP, amount, at))

    def __iter__(self) -> Iterator[LedgerEntry]:
        """Give the entries of all accounts, also of those that an earlier run had; of each in order."""
        return (entry for entries in self._entries.values() for entry in entries)

    def last_balances(self) -> dict[str, tuple[Money, Instant]]:
        """Give what each account had after its last entry, and when that was, also of those of an earlier run."""
        return {name: (entries[-1].balance, entries[-1].at) for name, entries in self._entries.items()}

    def of(self, account: str, *, newest_first: bool = False) -> Iterator[LedgerEntry]:
        """Give an account's entries in the order in which they were booked, or from the newest back."""
        entries = self._entries.get(account, ())
        return reversed(entries) if newest_first else iter(entries)

    def charges(self, account: str) -> list[LedgerEntry]:
        """Give an account's charged legs, oldest first."""
        return [entry for entry in self.of(account) if entry.kind is EntryKind.CHARGE]

    def balance_at(self, account: Account, instant: Instant) -> tuple[Money, Instant]:
        """Give an account's credit at an instant, and when it had last changed by then.

        Before its first entry that is the credit with which it began, and when; before the oldest entry that is still
        kept, the credit just before that one.
        """
        oldest = None
        for entry in self.of(account.name, newest_first=True):
            if entry.at <= instant:
                return entry.balance, entry.at
            oldest = entry
        if oldest is None:
            return account.credit, account.changed_at
        before = oldest.balance if oldest.kind is EntryKind.OPENING else oldest.balance - oldest.amount
        return before, oldest.at

    def _book(self, account: Account, entry: LedgerEntry) -> LedgerEntry:
        account.changed_at = entry.at
        self._keep(entry)
        self._bus.emit(CreditChanged(entry))
        return entry

    def _keep(self, entry: LedgerEntry) -> None:
        kept = self._entries.get(entry.account)
        if kept is None:
            kept = self._entries[entry.account] = deque(maxlen=self._limit)
        kept.append(entry)

    def _entry(
        self,
        account: Account,
        kind: EntryKind,
        amount: Money,
        at: Instant,
    ) -> LedgerEntry:
        number = self.next_entry
        self.next_entry += 1
        return LedgerEntry(id=number, at=at, account=account.name, kind=kind, amount=amount, balance=account.credit)
