"""A page of the calls' records, of which there may be ten thousand: found, put in order and spelt a piece at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.clock.instant import SECOND
from pbxsim.kit.numbers import is_digits
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.long_list import LongBody, spelt
from pbxsim.vendors.simotel.reports.dates import ReportDates
from pbxsim.vendors.simotel.reports.query import read_report
from pbxsim.vendors.simotel.reports.rows import lasted, talked, waited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.reports.query import Column, Rank, ReportQuery
    from pbxsim.vendors.simotel.state import State

    _Ranked: TypeAlias = tuple[Rank, Cdr]

_DEPTH: Final = 3  # how many lists and objects deep a row of a page stands
_FOUND_AT_ONCE: Final = 500
_AT_ONCE: Final = 64
_BY_RANK: Final = itemgetter(0)
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


class CallPage(ABC):
    """The page that a request asks for, and how many records fit in all (`total`). Raises Refusal.

    Records are never changed, and come one behind the other; only where a recording lies, and what is forgotten, may be
    otherwise from one moment to the next, which the archive counts. Then the page is found anew.
    """

    def __init__(self, request: Request, state: State) -> None:
        self.state = state
        self.query: ReportQuery = read_report(request, state.settings)
        self._dates = ReportDates(state.settings.reports)
        self._most = max(1, self.query.start + self.query.count)
        self._body = LongBody()
        self._is_made: bool = False  # with all that was found
        self._rank = self.query.rank(COLUMNS)
        self._begin()

    @staticmethod
    @abstractmethod
    def row(cdr: Cdr, dates: ReportDates) -> dict[str, object]:
        """Give a record as the report shows it."""

    @abstractmethod
    def without_rows(self) -> bytes:
        """Spell the reply as it is before the rows are in it."""

    def prepare(self) -> Iterator[None]:
        """Find, put in order and spell what has not been yet."""
        yield from self._find()
        if not self._is_made:
            yield from self._spell()
            yield from self._body.prepare(self.without_rows(), [self._texts[cdr.id] for cdr in self._page()], _DEPTH)
            self._is_made = True

    def told(self) -> Reply:
        """Give it as it is now."""
        for _ in self.prepare():
            pass
        return wire.spelt(self._body.content, self.query.search.hints)

    def _begin(self) -> None:
        archive = self.state.pbx.cdrs
        self._altered, self._last = archive.altered, 0
        self._best: list[_Ranked] = []  # in order, no more than the page needs
        self._found: list[_Ranked] = []  # behind those, in no order
        self._texts: dict[int, bytes] = {}
        self.total = 0
        self._is_made = False

    def _page(self) -> list[Cdr]:
        return [cdr for _, cdr in self._best[self.query.start : self.query.start + self.query.count]]

    def _find(self) -> Iterator[None]:
        pbx = self.state.pbx
        if self._altered != pbx.cdrs.altered or pbx.calls.faults is not None:  # a fault may show what it has hidden
            self._begin()
        is_more = True
        while is_more:
            cdrs = self._behind()
            is_more = len(cdrs) == _FOUND_AT_ONCE
            self._last = cdrs[-1].id if is_more else self._newest()
            self._take(cdrs)
            if len(self._found) >= max(_FOUND_AT_ONCE, len(self._best) // 8) or not is_more:
                self._order()
            if cdrs:
                yield

    def _behind(self) -> list[Cdr]:
        """Find the next records that may fit, those of all others being behind them."""
        query, pbx = self.query, self.state.pbx
        if query.cuid:
            found = [cdr for cdr in named(query.cuid, pbx) if query.spans(cdr.start) and cdr.id > self._last]
            return found[::-1][:_FOUND_AT_ONCE]
        asked = CdrQuery(since=query.since, until=query.until, after=self._last or None, limit=_FOUND_AT_ONCE)
        return list(pbx.shown_cdrs(asked))

    def _newest(self) -> int:
        """Give the id of the newest record that there is."""
        newest = next(iter(self.state.pbx.cdrs.find(CdrQuery(newest_first=True, limit=1))), None)
        return self._last if newest is None else max(self._last, newest.id)

    def _take(self, cdrs: list[Cdr]) -> None:
        fits = self.query.search.fits
        found = [(self._rank(cdr), cdr) for cdr in cdrs if fits("from", cdr.src) and fits("to", cdr.dst)]
        self.total += len(found)
        self._found += found

    def _order(self) -> None:
        """Put what was found among the rest: what is in order already costs the sort next to nothing."""
        if self._found:
            self._is_made = False
            self._best += self._found
            self._best.sort(key=_BY_RANK)
            del self._best[self._most :]
            self._found = []

    def _spell(self) -> Iterator[None]:
        texts = self._texts
        unspelt = [cdr for cdr in self._page() if cdr.id not in texts]
        for place in range(0, len(unspelt), _AT_ONCE):
            for cdr in unspelt[place : place + _AT_ONCE]:
                texts[cdr.id] = spelt([self.row(cdr, self._dates)], _DEPTH)
            yield


def named(cuid: str, pbx: Pbx) -> Iterator[Cdr]:
    """Find the records of the call with that cuid, the newest first, for it is mostly one of them."""
    second, _, number = cuid.partition(".")
    if not (is_digits(second, 1, _LONGEST_NUMBER) and is_digits(number, 1, _LONGEST_NUMBER)):
        return
    found = pbx.shown_cdrs(CdrQuery(since=int(second) * SECOND, serial=int(number), newest_first=True))
    yield from (cdr for cdr in found if cdr.linked_id == cuid)
