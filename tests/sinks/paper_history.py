"""A history of records for tests: a list, that answers at once."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from pbxsim.sinks.store.port import NotStored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.cdr import Cdr, CdrQuery

T = TypeVar("T")


def _done(value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


class PaperHistory:
    """Implements `CdrHistory` with a list: of what fits a query it leaves nothing out, and gives all else as well."""

    def __init__(self, cdrs: Iterable[Cdr] = ()) -> None:
        self.cdrs = list(cdrs)
        self.asked = 0
        self.is_away = False

    def record(self, cdr_id: int) -> Future[Cdr | None]:
        """Find one."""
        self.asked += 1
        return _done(next((cdr for cdr in self.cdrs if cdr.id == cdr_id), None))

    def page(self, query: CdrQuery, *, above: int, below: int, most: int) -> Future[list[Cdr]]:
        """Give a page."""
        self.asked += 1
        if self.is_away:
            raise NotStored("it is away")
        return _done(self._between(above, below, newest_first=query.newest_first)[:most])

    def nth(self, number: int, *, above: int, below: int, newest_first: bool) -> Future[int]:
        """Count along."""
        found = self._between(above, below, newest_first=newest_first)
        return _done(found[number - 1].id if len(found) >= number else 0)

    def _between(self, above: int, below: int, *, newest_first: bool) -> list[Cdr]:
        found = [cdr for cdr in self.cdrs if above < cdr.id < below]
        return found[::-1] if newest_first else found
