"""Charged legs as the customer knows them: which call each belongs to, and what reports and notices say of it."""

from __future__ import annotations

from itertools import takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Final

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


_AT_ONCE: Final = 500  # records, or charges, that are looked at at once
_PLACE: Final = itemgetter(0, 1)


class ChargedLeg(msgspec.Struct, frozen=True, gc=False):
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
    """The web calls of some records, in which that of a charge is found."""

    def __init__(self, records: Iterable[Cdr] = ()) -> None:
        self._by_call: dict[int, Cdr] = {}
        self._by_reference: dict[str, list[Cdr]] = {}
        for cdr in records:
            self.add(cdr)

    def add(self, cdr: Cdr) -> None:
        """Look in one more record, in whatever order they come: of a call's the first counts."""
        known = self._by_call.get(cdr.call)
        if known is None or cdr.id < known.id:
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
        return max(earlier, key=lambda cdr: (cdr.began, cdr.id), default=None)


class ChargedLegs:
    """A customer's charged legs of the calls that began from `since` to before `until`, found a piece at a time.

    Calls that are still in progress have none yet. Records and charges come one behind the other; where records were
    altered, or the ledger has forgotten charges, all is found anew.
    """

    def __init__(self, state: State, account: Account, since: Instant, until: Instant) -> None:
        self._pbx, self._account, self._since, self._until = state.pbx, account, since, until
        self._begin()

    def find(self) -> Iterator[None]:
        """Find those that have not been found yet; between two pieces anything may happen."""
        is_known = (self._altered, self._oldest) == (self._pbx.cdrs.altered, self._oldest_entry())
        if not is_known or self._pbx.calls.faults is not None:  # a fault may show what it has hidden
            self._begin()
        new: list[Cdr] = []
        yield from self._take_records(new)
        if new:
            self._unsettle(new)
        yield from self._settle(self._unsettled())

    def in_order(self) -> list[ChargedLeg]:
        """Give those that are found, in order of their calls."""
        return [leg for _, _, leg in self._ordered]

    def _begin(self) -> None:
        self._altered, self._oldest = self._pbx.cdrs.altered, self._oldest_entry()
        self._origins = Origins()
        self._last_record = self._last_entry = 0
        self._charges: list[LedgerEntry] = []
        self._settled: set[int] = set()  # charges whose web call was looked for
        self._ordered: list[tuple[Instant, int, ChargedLeg]] = []

    def _oldest_entry(self) -> int:
        oldest = next(iter(self._pbx.ledger.of(self._account.account)), None)
        return 0 if oldest is None else oldest.id

    def _take_records(self, new: list[Cdr]) -> Iterator[None]:
        """Take the records that have not been taken, from the newest back to the first that ended too early."""
        after = None
        is_more = True
        while is_more:
            cdrs = self._pbx.shown_cdrs(CdrQuery(newest_first=True, after=after, limit=_AT_ONCE))
            some = list(takewhile(lambda cdr: cdr.id > self._last_record and cdr.end >= self._since, cdrs))
            new += some
            for cdr in some:
                self._origins.add(cdr)
            is_more = len(some) == _AT_ONCE
            if is_more:
                after = some[-1].id
                yield
        if new:
            self._last_record = new[0].id

    def _unsettle(self, new: list[Cdr]) -> None:
        """Have charges looked at again whose web call may be among new records."""
        calls, references = {cdr.call for cdr in new}, {cdr.reference for cdr in new}
        again = {each.id for each in self._charges if each.call in calls or each.reference in references}
        if again:
            self._settled -= again
            self._ordered = [each for each in self._ordered if each[1] not in again]

    def _unsettled(self) -> list[LedgerEntry]:
        """Take the charges that have not been taken; give those whose web call has not been looked for."""
        entries = self._pbx.ledger.of(self._account.account, newest_first=True)
        new = list(takewhile(lambda entry: entry.id > self._last_entry and entry.at >= self._since, entries))
        self._charges += [entry for entry in reversed(new) if entry.kind is EntryKind.CHARGE]
        self._last_entry = new[0].id if new else self._last_entry
        return [entry for entry in self._charges if entry.id not in self._settled]

    def _settle(self, charges: list[LedgerEntry]) -> Iterator[None]:
        """Find the web call of each charge, and put those of the customer's into their order."""
        for place in range(0, len(charges), _AT_ONCE):
            some = charges[place : place + _AT_ONCE]
            self._ordered += [each for each in map(self._leg, some) if each is not None]
            self._ordered.sort(key=_PLACE)  # what is in order already costs it next to nothing
            self._settled.update(entry.id for entry in some)
            yield

    def _leg(self, entry: LedgerEntry) -> tuple[Instant, int, ChargedLeg] | None:
        cdr = self._origins.of(entry)
        if cdr is None or not belongs_to(cdr, self._account):
            return None
        began = cdr.began
        return (began, entry.id, ChargedLeg(entry, cdr)) if self._since <= began < self._until else None
