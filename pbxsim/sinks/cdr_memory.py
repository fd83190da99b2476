"""Call records in memory: the archive that a PBX starts with."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from pbxsim.pbx.errors import CdrNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.pbx.cdr import Cdr, CdrQuery
    from pbxsim.pbx.events import CdrClosed


class CdrMemory:
    """Implements `CdrArchive`. Keeps the newest `limit` records; older ones are forgotten, `forgotten` counts them."""

    def __init__(self, placed: Iterable[Cdr] = (), limit: int = 1_000_000) -> None:
        self._records = {cdr.id: cdr for cdr in placed}
        # In their order: to find the first key of the dict takes the longer, the more were deleted before it.
        self._ids = deque(self._records)
        self._limit = limit
        self.forgotten = 0

    def __len__(self) -> int:
        return len(self._records)

    def on_cdr(self, event: CdrClosed) -> None:
        """Keep a record that was just closed."""
        cdr = event.cdr
        self._records[cdr.id] = cdr
        self._ids.append(cdr.id)
        if len(self._ids) > self._limit:
            del self._records[self._ids.popleft()]
            self.forgotten += 1

    def get(self, cdr_id: int) -> Cdr:
        """Give one record. Raises CdrNotFound."""
        try:
            return self._records[cdr_id]
        except KeyError:
            raise CdrNotFound(cdr_id) from None

    def find(self, query: CdrQuery) -> Iterable[Cdr]:
        """Give the records that fit, lazily, in the query's order."""
        return islice(self._fitting(query), query.limit)

    def _fitting(self, query: CdrQuery) -> Iterator[Cdr]:
        # By their ids: an iterator of the dict would first pass all that was deleted.
        ids = reversed(self._ids) if query.newest_first else iter(self._ids)
        for cdr in map(self._records.__getitem__, islice(ids, self._passed(query), None)):
            if query.after is not None and not _behind(cdr.id, query.after, newest_first=query.newest_first):
                continue
            if query.fits(cdr):
                yield cdr

    def _passed(self, query: CdrQuery) -> int:
        """Count records that surely come before `after`: where no id is missing, an id says its place."""
        if query.after is None or not self._ids:
            return 0
        first, last = self._ids[0], self._ids[-1]
        if last - first + 1 != len(self._records):
            return 0
        passed = last - query.after + 1 if query.newest_first else query.after - first + 1
        return min(max(0, passed), len(self._records))

    def replace(self, cdr: Cdr) -> None:
        """Put a record in the place of the one with its id. Raises CdrNotFound."""
        self.get(cdr.id)
        self._records[cdr.id] = cdr


def _behind(cdr_id: int, after: int, *, newest_first: bool) -> bool:
    return cdr_id < after if newest_first else cdr_id > after
