"""Charged legs as the customer knows them: which call each belongs to, and what reports and notices say of it."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import msgspec

from pbxsim.kit.numbers import SPAIN, as_dialled
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.vendors.duocom import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.clock.instant import Instant
    from pbxsim.vendors.duocom.settings import Account
    from pbxsim.vendors.duocom.state import State


class ChargedLeg(msgspec.Struct, frozen=True):
    """A charge, and the record of the web call that it was for."""

    entry: LedgerEntry
    cdr: Cdr

    def values(self, state: State) -> dict[str, str]:
        """Give what the LEG_PLACES say of it: the day and hour are the call's, the number is the leg's (R20)."""
        entry, settings = self.entry, state.settings
        told = call_values(state, entry.reference, self.cdr.began, self.cdr.caller or self.cdr.src, entry.number)
        told["segundos"] = str(entry.seconds)
        told["coste"] = wire.money(entry.cost, settings.decimal_mark)
        return told


def call_values(state: State, reference: str, start: Instant, caller: str, called: str) -> dict[str, str]:
    """Give what the CALL_PLACES say of a call."""
    return {
        "ref": reference,
        "ref_id": reference,
        "fecha": wire.day(start, state.zone),
        "hora": wire.hour(start, state.zone),
        "llamante": as_dialled(caller, SPAIN),
        "acceso": state.settings.access,
        "llamado": as_dialled(called, SPAIN),
    }


def belongs_to(cdr: Cdr, account: Account) -> bool:
    """Tell whether a record is of a web call of that customer: it carries its user number as CustomCDR1 (R14)."""
    return cdr.vendor == wire.NAME and cdr.custom[0] == account.principal


class Origins:
    """The web calls of the newest records, in which that of a charge is found."""

    def __init__(self, newest_first: Iterable[Cdr]) -> None:
        self._by_call: dict[int, Cdr] = {}
        self._by_reference: dict[str, list[Cdr]] = {}
        for cdr in newest_first:
            self._by_call[cdr.call] = cdr
            if cdr.vendor == wire.NAME:
                self._by_reference.setdefault(cdr.reference, []).append(cdr)

    def of(self, entry: LedgerEntry) -> Cdr | None:
        """Find the record of the web call that a charge was for; None if it was for none.

        It is the charge's own call, unless the leg was brought into another one by an attended transfer: then the
        latest that had its reference before.
        """
        cdr = self._by_call.get(entry.call)
        if cdr is not None and cdr.reference == entry.reference:
            return cdr if cdr.vendor == wire.NAME else None
        earlier = (cdr for cdr in self._by_reference.get(entry.reference, ()) if cdr.began <= entry.at)
        return max(earlier, key=lambda cdr: cdr.began, default=None)


def legs(state: State, account: Account, since: Instant, until: Instant) -> list[ChargedLeg]:
    """Give a customer's charged legs of the calls that began from `since` to before `until`, in order of their calls.

    Calls that are still in progress have none yet.
    """
    records = state.pbx.shown_cdrs(CdrQuery(newest_first=True))
    origins = Origins(takewhile(lambda cdr: cdr.end >= since, records))
    entries = state.pbx.ledger.of(account.account, newest_first=True)
    found = _charged(takewhile(lambda entry: entry.at >= since, entries), origins)
    wanted = [leg for leg in found if since <= leg.cdr.began < until and belongs_to(leg.cdr, account)]
    return sorted(wanted, key=lambda leg: (leg.cdr.began, leg.entry.id))


def _charged(entries: Iterable[LedgerEntry], origins: Origins) -> Iterator[ChargedLeg]:
    for entry in entries:
        if entry.kind is EntryKind.CHARGE:
            cdr = origins.of(entry)
            if cdr is not None:
                yield ChargedLeg(entry, cdr)
