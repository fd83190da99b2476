"""Records of a history, a page at a time: what is asked next, and what of the answer fits."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotInTime
from typing import TYPE_CHECKING, Final, TypeVar

from pbxsim.sinks.store.port import NotStored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from pbxsim.pbx.cdr import Cdr, CdrHistory, CdrQuery

T = TypeVar("T")

PAGE: Final = 500
PATIENCE: Final = 10.0
"""How many seconds a reply that cannot be awaited waits for the database."""


def waited(asked: Future[T]) -> T:
    """Wait for an answer, and let nothing else happen meanwhile. Raises NotStored."""
    try:
        return asked.result(PATIENCE)
    except NotInTime:
        raise NotStored(f"the database has not answered for {PATIENCE:g} s") from None


class Pages:
    """The records of a history between two ids that fit a query, in its order.

    Those that are `moved` are given instead of what it has under their ids.
    """

    def __init__(self, history: CdrHistory, query: CdrQuery, above: int, below: int, moved: Mapping[int, Cdr]) -> None:
        self._history = history
        self._query = query
        self._above, self._below = above, below
        self._moved = moved
        self._most = PAGE if query.limit is None else min(query.limit, PAGE)
        self._is_over = False

    def ask(self) -> Future[list[Cdr]] | None:
        """Ask for the next page; None: there is none."""
        if self._is_over or self._below - self._above <= 1:
            return None
        return self._history.page(self._query, above=self._above, below=self._below, most=self._most)

    def take(self, page: list[Cdr]) -> list[Cdr]:
        """Give those of a page that fit, and go on behind it."""
        self._is_over = len(page) < self._most
        if page and self._query.newest_first:
            self._below = page[-1].id
        elif page:
            self._above = page[-1].id
        return [self._moved.get(cdr.id, cdr) for cdr in self._query.fitting(page)]
