"""Call records in memory: the archive of a PBX. Where it has a history, it keeps only the newest itself.

Vendors' interfaces answer without an `await`. So what is sought in the history is waited for, in pages of a few hundred
records; who may await it asks by `seek`, and the event loop goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.errors import CdrNotFound
from pbxsim.sinks.capacity import RECORDS
from pbxsim.sinks.cdr_pages import Pages, waited

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.cdr import Cdr, CdrHistory
    from pbxsim.pbx.events import CdrClosed


_STALE: Final = 1_000  # records that have left since the earliest start was looked for
_NOWHERE: Final = (1 << 62, 0, 0)


class CdrMemory:
    """Implements `CdrArchive`. Gives the newest `limit` records; older ones are forgotten, `forgotten` counts them.

    `stored` of `history` come before `first`, the lowest id of those that are to be in memory. What is `placed` with a
    lower one stands in a PBX file, and is `unsure`: it is found as the history has it, which knows more of it.
    """

    def __init__(
        self,
        placed: Iterable[Cdr] = (),
        limit: int = 1_000_000,
        *,
        history: CdrHistory | None = None,
        stored: int = 0,
        first: int = 0,
        kept: int = RECORDS,
    ) -> None:
        placed = list(placed)
        self.unsure: Sequence[Cdr] = [cdr for cdr in placed if cdr.id < first]
        self._records = {cdr.id: cdr for cdr in placed if cdr.id >= first}
        # In their order: to find the first key of the dict takes the longer, the more were deleted before it.
        self._ids = deque(self._records)
        self._limit = limit
        self._kept = min(limit, kept)
        self.altered = 0
        self.forgotten = 0
        self.history: CdrHistory | None = history
        self.older = max(0, min(stored, limit - len(self._ids)))
        self._forgotten_there = stored - self.older
        self._above = 0  # those up to this id are forgotten, and so are as many of the next ones
        self._skipped = self._forgotten_there
        self._looked = _NOWHERE
        self._moved: dict[int, Cdr] = {}  # those whose recordings were moved, as long as the history may not know it

    def __len__(self) -> int:
        return self.older + len(self._records)

    def on_cdr(self, event: CdrClosed) -> None:
        """Keep a record that was just closed."""
        cdr = event.cdr
        self._records[cdr.id] = cdr
        self._ids.append(cdr.id)
        if self.older + len(self._ids) > self._limit:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        self.altered += 1
        self.forgotten += 1
        self._forgotten_there += self.history is not None
        if self.older:
            self.older -= 1
            self._skipped += 1
        else:  # there as well, or soon
            self._above, self._skipped = self._ids.popleft(), 0
            del self._records[self._above]

    def _leave_to_history(self, last: int) -> None:
        """Drop the oldest up to that id, as many as need not stay: at once, for one with each new record costs more."""
        ids, records = self._ids, self._records
        leaving = max(0, min(len(ids) - self._kept, bisect_right(ids, last)))
        for _ in range(leaving):
            del records[ids.popleft()]
        self.older += leaving

    def rest_on(self, history: CdrHistory) -> None:
        """Keep only the newest in memory from now on."""
        self.history = history

    def lasting(self, last: int, moved: Iterable[Cdr] = ()) -> None:
        """Hear that the history has all records up to that id, and knows where the recordings of these were moved."""
        self._leave_to_history(last)
        for cdr in moved:
            if self._moved.get(cdr.id) == cdr:
                del self._moved[cdr.id]

    def lose_history(self) -> None:
        """Hear that the history has lost what it had."""
        self.altered += 1
        self.older = self._skipped = self._forgotten_there = self._above = 0

    @property
    def stored(self) -> int:
        """Count what the history has that is not in memory."""
        return self.older + self._forgotten_there

    def remembered(self) -> Iterator[Cdr]:
        """Give those that are in memory, in order of id."""
        return map(self._records.__getitem__, self._ids)

    def gather(self) -> None:
        """Have in memory all that is to be had, until more of it lasts. Raises NotStored."""
        gathered = {cdr.id: cdr for cdr in self.find(CdrQuery())}
        self._records, self._ids, self.older = gathered, deque(gathered), 0

    def get(self, cdr_id: int) -> Cdr:
        """Give one record. Raises CdrNotFound, NotStored."""
        found = self._records.get(cdr_id)
        if found is None and self.older and self._lowest() < cdr_id < self._first:
            assert self.history is not None
            found = self._moved.get(cdr_id) or waited(self.history.record(cdr_id))
        if found is None:
            raise CdrNotFound(cdr_id)
        return found

    def replace(self, cdr: Cdr) -> None:
        """Put a record in the place of the one with its id. Raises CdrNotFound, NotStored."""
        self.get(cdr.id)
        self.altered += 1
        if cdr.id in self._records:
            self._records[cdr.id] = cdr
        if self.history is not None:
            self._moved[cdr.id] = cdr

    def find(self, query: CdrQuery) -> Iterable[Cdr]:
        """Give the records that fit, lazily, in the query's order. Raises NotStored."""
        return islice(self._in_order(query), query.limit)

    def _in_order(self, query: CdrQuery) -> Iterator[Cdr]:
        if query.newest_first:
            yield from self._in_memory(query)
        if (pages := self._pages(query)) is not None:
            while (asked := pages.ask()) is not None:
                yield from pages.take(waited(asked))
        if not query.newest_first:
            yield from self._in_memory(query)

    async def seek(self, query: CdrQuery) -> AsyncIterator[Cdr]:
        """Give the same, awaiting what the history has. Raises NotStored.

        Where that takes its time, records may be left to the history meanwhile: those are asked for, too.
        """
        number = 0
        async for some in self._in_parts(query):
            for cdr in some if query.limit is None else islice(some, query.limit - number):
                yield cdr
                number += 1
            if query.limit is not None and number >= query.limit:
                return

    async def _in_parts(self, query: CdrQuery) -> AsyncIterator[list[Cdr]]:
        from asyncio import wrap_future  # a PBX within a test needs no event loop

        if query.newest_first:
            pages = self._pages(query)  # of what is older than what is in memory now
            yield list(islice(self._in_memory(query), query.limit))
            while pages is not None and (asked := pages.ask()) is not None:
                yield pages.take(await wrap_future(asked))
            return
        rest = query
        while (pages := self._pages(rest)) is not None:
            below = self._first
            while (asked := pages.ask()) is not None:
                yield pages.take(await wrap_future(asked))
            rest = msgspec.structs.replace(query, after=max(query.after or 0, below - 1))
        yield list(islice(self._in_memory(rest), query.limit))

    # -- in the history -----------------------------------------------------------------------------------------------

    @property
    def _first(self) -> int:
        """The id from which on records are in memory."""
        return self._ids[0] if self._ids else 1 << 62

    def _pages(self, query: CdrQuery) -> Pages | None:
        """Give what is to be asked of the history; None where that is nothing."""
        if self.history is None or not self.older:
            return None
        above, below = 0, self._first
        if query.after is not None and query.newest_first:
            below = min(below, query.after)
        elif query.after is not None:
            above = query.after
        if below - above <= 1:
            return None
        return Pages(self.history, query, max(above, self._lowest()), below, self._moved)

    def _lowest(self) -> int:
        """Give the id behind which the oldest record is that is not forgotten."""
        if self._skipped:
            assert self.history is not None
            is_near = self._skipped <= self.older
            number = self._skipped if is_near else self.older + 1
            asked = self.history.nth(number, above=self._above, below=self._first, newest_first=not is_near)
            self._above, self._skipped = waited(asked), 0
        return self._above

    # -- in memory ----------------------------------------------------------------------------------------------------

    def _in_memory(self, query: CdrQuery) -> Iterator[Cdr]:
        if query.until is not None and self._ids and query.until < self._earliest():
            return iter(())
        # By their ids: an iterator of the dict would first pass all that was deleted.
        ids = reversed(self._ids) if query.newest_first else iter(self._ids)
        cdrs: Iterable[Cdr] = map(self._records.__getitem__, islice(ids, self._passed(query), None))
        after = query.after
        if after is not None and (query.newest_first or after >= self._first):
            cdrs = (cdr for cdr in cdrs if (cdr.id < after if query.newest_first else cdr.id > after))
        return query.fitting(cdrs)

    def _earliest(self) -> Instant:
        """Give a moment before which none of those in memory began; seldom all of them are looked at for it.

        Whoever asks for old records would else have ten thousand compared in vain. `_looked` says from which id to
        which it was looked for, and what was found.
        """
        first, last, earliest = self._looked
        if not first <= self._ids[0] <= first + _STALE:
            first, last, earliest = self._ids[0], 0, 1 << 62
        for number in reversed(self._ids):
            if number <= last:
                break
            earliest = min(earliest, self._records[number].start)
        self._looked = first, self._ids[-1], earliest
        return earliest

    def _passed(self, query: CdrQuery) -> int:
        """Count records that surely come before `after`: where no id is missing, an id says its place."""
        if query.after is None or not self._ids:
            return 0
        first, last = self._ids[0], self._ids[-1]
        if last - first + 1 != len(self._records):
            return 0
        passed = last - query.after + 1 if query.newest_first else query.after - first + 1
        return min(max(0, passed), len(self._records))
