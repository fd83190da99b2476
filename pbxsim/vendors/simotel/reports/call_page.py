"""A page of the calls' records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.kit.numbers import is_digits
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.vendors.simotel.reports.page import FOUND_AT_ONCE, Page
from pbxsim.vendors.simotel.reports.query import read_report
from pbxsim.vendors.simotel.reports.rows import lasted, talked, waited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.reports.query import Column
    from pbxsim.vendors.simotel.state import State

_LONGEST_NUMBER: Final = 12  # digits of a Unix time: no clock here goes beyond the year 9999; or of a channel's serial

COLUMNS: Final[dict[str, Column[Cdr]]] = {
    "starttime": lambda cdr: cdr.start,
    "start": lambda cdr: cdr.start,
    "answer": lambda cdr: cdr.talk or cdr.answer,
    "endtime": lambda cdr: cdr.end,
    "duration": lasted,
    "billsec": talked,
    "wait": waited,
    "cuid": lambda cdr: cdr.linked_id,
    "type": lambda cdr: cdr.direction.value,
    "src": lambda cdr: cdr.src,
    "dst": lambda cdr: cdr.dst,
    "disposition": lambda cdr: cdr.disposition.value,
    "sequence": lambda cdr: cdr.id,
    "_id": lambda cdr: cdr.id,
}
"""What a page of the calls' records can be put in order by."""


class CallPage(Page[Cdr]):
    """The page that a request asks for. Raises Refusal.

    Records are never changed; only where a recording lies, and what is forgotten, may be otherwise from one moment to
    the next, which the archive counts.
    """

    def __init__(self, request: Request, state: State) -> None:
        super().__init__(state, read_report(request, state.settings), COLUMNS)

    @staticmethod
    def known_by(one: Cdr) -> int:
        """Give its id."""
        return one.id

    def begin(self) -> None:
        """Begin anew, with nothing found."""
        super().begin()
        self._altered, self._last = self.state.pbx.cdrs.altered, 0

    def is_otherwise(self) -> bool:
        """Tell whether the archive has altered something; and a fault may show what it has hidden."""
        pbx = self.state.pbx
        return self._altered != pbx.cdrs.altered or pbx.calls.faults is not None

    def fits(self, one: Cdr) -> bool:
        """Tell whether the caller and the number are those that are asked for."""
        fits = self.query.search.fits
        return fits("from", one.src) and fits("to", one.dst)

    def behind(self) -> list[Cdr]:
        """Find the next records that may fit."""
        cdrs = self._next()
        self._last = cdrs[-1].id if len(cdrs) == FOUND_AT_ONCE else self._newest()
        return cdrs

    def _next(self) -> list[Cdr]:
        query, pbx = self.query, self.state.pbx
        if query.cuid:
            found = [cdr for cdr in named(query.cuid, pbx) if query.spans(cdr.start) and cdr.id > self._last]
            return found[::-1][:FOUND_AT_ONCE]
        asked = CdrQuery(since=query.since, until=query.until, after=self._last or None, limit=FOUND_AT_ONCE)
        return list(pbx.shown_cdrs(asked))

    def _newest(self) -> int:
        """Give the id of the newest record that there is."""
        newest = next(iter(self.state.pbx.cdrs.find(CdrQuery(newest_first=True, limit=1))), None)
        return self._last if newest is None else max(self._last, newest.id)


def named(cuid: str, pbx: Pbx) -> Iterator[Cdr]:
    """Find the records of the call with that cuid, the newest first, for it is mostly one of them."""
    second, _, number = cuid.partition(".")
    if not (is_digits(second, 1, _LONGEST_NUMBER) and is_digits(number, 1, _LONGEST_NUMBER)):
        return
    found = pbx.shown_cdrs(CdrQuery(since=int(second) * SECOND, serial=int(number), newest_first=True))
    yield from (cdr for cdr in found if cdr.linked_id == cuid)
