"""The shelf of a PBX that has a store: buffers what must last until the writer takes it all at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pbxsim.clock.instant import HOUR
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import CdrClosed, CreditChanged, RecordingMoved
from pbxsim.sinks.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.saved import Saved
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.shelf import Recorded
    from pbxsim.sinks.store.rows import Work

_log: Final = logging.getLogger("pbxsim.store")

_PRUNED_EVERY: Final = HOUR


class Keeper(Protocol):
    """What a shelf needs of the store that it belongs to."""

    def wake(self) -> None:
        """Have it take what is here, soon."""
        ...

    async def settled(self) -> None:
        """Wait until all that was here is lasting. Raises NotStored."""
        ...

    async def pending(self, pbx: str, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Ask the database. Raises NotStored."""
        ...

    async def find(self, pbx: str, delivery: int) -> Delivery | None:
        """Ask the database. Raises NotStored."""
        ...


class Part(msgspec.Struct, frozen=True, eq=False):
    """What one shelf had at one turn of the writer: one transaction. `posts` are told of when it lasts.

    `recorded` is to be waited for first, where one of its records names a recording.
    """

    shelf: StoreShelf
    turn: int
    life: object
    work: Work
    posts: list[Delivery]
    rows: int
    recorded: Recorded | None


class _Heard:
    """What one run of the PBX said since the writer's last turn. A run that was cleared speaks to nobody."""

    __slots__ = ("cdrs", "entries", "moved", "wake")

    def __init__(self, wake: Callable[[], None]) -> None:
        self.cdrs: list[Cdr] = []
        self.entries: list[LedgerEntry] = []
        self.moved: list[Cdr] = []
        self.wake = wake

    def handed_on(self) -> _Heard:
        """Give another that knows what this one has heard; this one is not listened to any more."""
        other = _Heard(self.wake)
        other.cdrs, other.entries, other.moved = self.cdrs, self.entries, self.moved
        self.cdrs, self.entries, self.moved = [], [], []
        return other

    def on_cdr(self, event: CdrClosed) -> None:
        self.cdrs.append(event.cdr)
        self.wake()

    def on_credit(self, event: CreditChanged) -> None:
        self.entries.append(event.entry)
        self.wake()

    def on_moved(self, event: RecordingMoved) -> None:
        self.moved.append(event.cdr)
        self.wake()


class StoreShelf:
    """Implements `Shelf`. `keep` is how long records are kept; 0: for ever."""

    def __init__(self, name: str, keeper: Keeper, keep: Instant) -> None:
        self.name = name
        self._keeper = keeper
        self._keep = keep
        self._pbx: Pbx | None = None
        self._recorded: Recorded | None = None
        self._life = object()  # until all is forgotten; whoever is attached then lives another one
        self._heard = _Heard(keeper.wake)
        self._first: Work = []  # what comes before all else: what a clear removes, the directory
        self._deliveries: dict[int, Delivery] = {}
        self._posts: list[Delivery] = []
        self._listener: Callable[[Sequence[Delivery]], None] | None = None
        self._remembered: Callable[[], Iterable[Delivery]] = tuple
        self._known_cdrs: frozenset[int] = frozenset()
        self._known_entries: frozenset[int] = frozenset()
        self._last_cdr = 0
        self._last_delivery = 0
        self._pruned_at: Instant = 0

    def resume(self, saved: Saved) -> None:
        """Learn what the database has."""
        self._known_cdrs = frozenset(cdr.id for cdr in saved.cdrs)
        self._known_entries = frozenset(entry.id for entry in saved.entries)
        self._last_cdr, self._last_delivery = saved.last_cdr, saved.last_notice

    def attach(self, pbx: Pbx, recorded: Recorded | None = None) -> None:
        """Take down from now on each record, each change of credit and each recording that moves; first what is new.

        What the PBX that was attached before has said, and nobody has taken yet, comes before that.
        """
        before, self._pbx = self._pbx, pbx
        self._recorded = recorded
        heard = self._heard = self._heard.handed_on()
        pbx.events.subscribe(CdrClosed, heard.on_cdr)
        pbx.events.subscribe(CreditChanged, heard.on_credit)
        pbx.events.subscribe(RecordingMoved, heard.on_moved)
        heard.cdrs += self._new_cdrs(pbx, before)
        heard.entries += self._new_entries(pbx, before)
        self._put_directory(pbx)

    def begin_anew(self) -> None:
        """Put down everything that the PBX remembers: the database has lost it."""
        self._known_cdrs = self._known_entries = frozenset()
        if self._pbx is not None:
            self._heard.cdrs = self._new_cdrs(self._pbx, None)
            self._heard.entries = self._new_entries(self._pbx, None)
            self._deliveries |= {delivery.id: delivery for delivery in self._remembered()}
            self._put_directory(self._pbx)

    def post(self, delivery: Delivery) -> None:
        """Take down a new delivery."""
        self._posts.append(delivery)
        self._last_delivery = delivery.id
        self.tried(delivery)

    def tried(self, delivery: Delivery) -> None:
        """Take down what became of a delivery since."""
        self._deliveries[delivery.id] = delivery
        self._keeper.wake()

    def on_lasting(self, listener: Callable[[Sequence[Delivery]], None]) -> None:
        """Have `listener` called with new deliveries as soon as they last."""
        self._listener = listener

    def on_lost(self, remembered: Callable[[], Iterable[Delivery]]) -> None:
        """Have `remembered` asked for deliveries where the database has lost what it had."""
        self._remembered = remembered

    async def pending(self, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Give a receiver's pending deliveries behind an id, in order. Raises NotStored."""
        return await self._keeper.pending(self.name, receiver, after, limit)

    async def find(self, delivery: int) -> Delivery | None:
        """Give one delivery. Raises NotStored."""
        return await self._keeper.find(self.name, delivery)

    async def settled(self) -> None:
        """Return when all that was put here before is lasting. Raises NotStored."""
        await self._keeper.settled()

    def clear(self) -> None:
        """Forget everything of this PBX. What it says after that, until another is attached, is not taken down."""
        self._pbx = None
        self._life = object()
        self._heard = _Heard(self._keeper.wake)
        self._deliveries.clear()
        self._posts = []
        self._known_cdrs = self._known_entries = frozenset()
        self._last_cdr = self._last_delivery = self._pruned_at = 0
        self._first = [(statement, [(self.name,)]) for statement in rows.WITHOUT.values()]
        self._keeper.wake()

    @property
    def has_something(self) -> bool:
        """Tell whether there is something to take."""
        heard = self._heard
        return bool(heard.cdrs or heard.entries or self._deliveries or heard.moved or self._first)

    @property
    def waiting(self) -> int:
        """Count the rows that there are to take."""
        heard = self._heard
        return len(heard.cdrs) + len(heard.entries) + len(heard.moved) + len(self._deliveries) + rows.count(self._first)

    def take(self, turn: int) -> Part:
        """Give all of it, and have nothing any more."""
        heard, name = self._heard, self.name
        work = self._first
        if heard.cdrs:
            self._last_cdr = heard.cdrs[-1].id
            work.append((rows.CDR, rows.of_cdrs(name, heard.cdrs)))
        if heard.entries:
            work.append((rows.LEDGER, rows.of_entries(name, heard.entries)))
        if self._deliveries:
            work.append((rows.WEBHOOK, rows.of_deliveries(name, self._deliveries.values())))
        if heard.moved:
            work.append((rows.MOVED, rows.of_moved(name, heard.moved)))
        if self._keep:
            work.extend(self._prune())
        has_recordings = any(cdr.recording_file for cdr in heard.cdrs)
        recorded = self._recorded if has_recordings else None
        part = Part(self, turn, self._life, work, self._posts, rows.count(work), recorded)
        self._first, self._posts, self._deliveries = [], [], {}
        heard.cdrs, heard.entries, heard.moved = [], [], []
        return part

    def lasts(self, part: Part) -> None:
        """Say that deliveries last, unless they are of a run that was cleared."""
        if not part.posts or self._listener is None or part.life is not self._life:
            return
        try:
            self._listener(part.posts)
        except Exception:
            _log.exception("somebody who was told of stored deliveries of %s failed", self.name)

    def _new_cdrs(self, pbx: Pbx, before: Pbx | None) -> list[Cdr]:
        """Give the records that neither the database nor the PBX before has: those that stand in its file."""
        had = set() if before is None else {cdr.id for cdr in before.cdrs.find(CdrQuery())}
        found = pbx.cdrs.find(CdrQuery())
        return [cdr for cdr in found if cdr.id not in self._known_cdrs and cdr.id not in had]

    def _new_entries(self, pbx: Pbx, before: Pbx | None) -> list[LedgerEntry]:
        """Give the bookings that neither of them has: openings of accounts."""
        first = 0 if before is None else before.ledger.next_entry
        entries = sorted(pbx.ledger, key=lambda entry: entry.id)
        return [entry for entry in entries if entry.id >= first and entry.id not in self._known_entries]

    def _put_directory(self, pbx: Pbx) -> None:
        self._first.extend(one for one in rows.of_directory(self.name, pbx.directory) if one[1])
        self._keeper.wake()

    def _prune(self) -> Work:
        """Give what removes old rows, once in an hour of the PBX's clock."""
        heard = self._heard
        told = [cdr.end for cdr in heard.cdrs[-1:]] + [entry.at for entry in heard.entries[-1:]]
        now = max(told + [post.posted_at for post in self._posts[-1:]], default=0)
        if now < self._pruned_at + _PRUNED_EVERY:
            return []
        self._pruned_at = now
        return rows.of_old(self.name, now - self._keep, last_cdr=self._last_cdr, last_delivery=self._last_delivery)
