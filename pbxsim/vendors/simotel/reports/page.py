"""A page of a report, of which there may be ten thousand rows: found, put in order and spelt a piece at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.long_list import LongBody, spelt
from pbxsim.vendors.simotel.reports.dates import ReportDates

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from pbxsim.kit.reply import Reply
    from pbxsim.vendors.simotel.reports.query import Column, Rank, ReportQuery
    from pbxsim.vendors.simotel.state import State

FOUND_AT_ONCE: Final = 500
"""So many are looked at before others have their turn."""

_DEPTH: Final = 3  # how many lists and objects deep a row of a page stands
_SPELT_AT_ONCE: Final = 64
_BY_RANK: Final = itemgetter(0)

_OneT = TypeVar("_OneT")


class Page(ABC, Generic[_OneT]):
    """The page that a query asks for, and how many there are in all that fit (`total`).

    What is told of comes one behind the other, and what was found stays in its place; where that is otherwise
    (`is_otherwise`) the page is found anew.
    """

    def __init__(self, state: State, query: ReportQuery, columns: dict[str, Column[_OneT]]) -> None:
        self.state = state
        self.query = query
        self._dates = ReportDates(state.settings.reports)
        self._most = max(1, query.start + query.count)
        self._body = LongBody()
        self._rank = query.rank(columns)
        self._texts: dict[Hashable, bytes] = {}
        self.begin()

    @staticmethod
    @abstractmethod
    def row(one: _OneT, dates: ReportDates, /) -> dict[str, object]:
        """Give one as the report shows it."""

    @staticmethod
    @abstractmethod
    def known_by(one: _OneT) -> Hashable:
        """Give what its row hangs on."""

    @abstractmethod
    def without_rows(self) -> bytes:
        """Spell the reply as it is before the rows are in it."""

    @abstractmethod
    def is_otherwise(self) -> bool:
        """Tell whether what was found may not be there any more, or not as it was."""

    @abstractmethod
    def behind(self) -> list[_OneT]:
        """Find the next FOUND_AT_ONCE that may fit, behind those that were given; fewer: there are no more."""

    @abstractmethod
    def fits(self, one: _OneT) -> bool:
        """Tell whether that one is asked for."""

    def begin(self) -> None:
        """Begin anew, with nothing found."""
        self._best: list[tuple[Rank, _OneT]] = []  # in order, no more than the page needs
        self._found: list[tuple[Rank, _OneT]] = []  # behind those, in no order
        self._texts.clear()
        self.total = 0

    def prepare(self) -> Iterator[None]:
        """Find, put in order and spell what has not been yet."""
        yield from self._find()
        yield from self._spell()
        texts = [self._texts[self.known_by(one)] for one in self._page()]
        yield from self._body.prepare(self.without_rows(), texts, _DEPTH)

    def told(self) -> Reply:
        """Give it as it is now."""
        for _ in self.prepare():
            pass
        return wire.spelt(self._body.content, self.query.search.hints)

    def _page(self) -> list[_OneT]:
        return [one for _, one in self._best[self.query.start : self.query.start + self.query.count]]

    def _find(self) -> Iterator[None]:
        if self.is_otherwise():
            self.begin()
        is_more = True
        while is_more:
            some = self.behind()
            is_more = len(some) == FOUND_AT_ONCE
            found = [(self._rank(one), one) for one in some if self.fits(one)]
            self.total += len(found)
            self._found += found
            if len(self._found) >= max(FOUND_AT_ONCE, len(self._best) // 8) or not is_more:
                self._order()
            if some:
                yield

    def _order(self) -> None:
        """Put what was found among the rest: what is in order already costs the sort next to nothing."""
        if self._found:
            self._best += self._found
            self._best.sort(key=_BY_RANK)
            del self._best[self._most :]
            self._found = []

    def _spell(self) -> Iterator[None]:
        while unspelt := [one for one in self._page() if self.known_by(one) not in self._texts]:  # or again, by then
            for place in range(0, len(unspelt), _SPELT_AT_ONCE):
                for one in unspelt[place : place + _SPELT_AT_ONCE]:
                    self._texts[self.known_by(one)] = spelt([self.row(one, self._dates)], _DEPTH)
                yield
