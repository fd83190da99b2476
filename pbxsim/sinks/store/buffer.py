"""The buffer of a PBX that has a store: buffers what must last until the writer takes it all at once."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pbxsim.clock.instant import HOUR
from pbxsim.kit.civil import zone
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.events import CdrClosed, CreditChanged, DatabaseChanged, RecordingMoved
from pbxsim.sinks.store import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.cdr import Cdr, CdrHistory
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.saved import Saved
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.store.port import Recorded
    from pbxsim.sinks.store.rows import Work

_log: Final = logging.getLogger("pbxsim.store")

_PRUNED_EVERY: Final = HOUR


class Keeper(Protocol):
    """What a buffer needs of the store that it belongs to."""

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

    def history(self, pbx: str) -> CdrHistory:
        """Give what the database has of a PBX's records, to be asked."""
        ...


class Batch(msgspec.Struct, frozen=True, eq=False):
    """What one buffer had at one turn of the writer: one transaction. `posts` are told of when it lasts.

    `recorded` is to be waited for first, where one of its records names a recording. `last_cdr` is the highest record
    of this batch and all before it, `moved` are those whose recordings moved.
    """

    buffer: WriteBuffer
    turn: int
    run: object
    work: Work
    posts: list[Delivery]
    rows: int
    recorded: Recorded | None
    last_cdr: int = 0
    moved: Sequence[Cdr] = ()


class _Pending:
    """What one run of the PBX said since the writer's last turn. A run that was cleared speaks to nobody."""

    __slots__ = ("cdrs", "database", "entries", "moved", "wake")

    def __init__(self, wake: Callable[[], None]) -> None:
        self.cdrs: list[Cdr] = []
        self.entries: list[LedgerEntry] = []
        self.moved: list[Cdr] = []
        self.database: dict[tuple[str, str], str] = {}
        self.wake = wake

    def handed_on(self) -> _Pending:
        """Give another that knows what this one has heard; this one is not listened to any more."""
        other = _Pending(self.wake)
        other.cdrs, other.entries, other.moved = self.cdrs, self.entries, self.moved
        self.cdrs, self.entries, self.moved = [], [], []
        other.database, self.database = self.database, {}
        return other

    def on_cdr(self, event: CdrClosed) -> None:
        cdrs = self.cdrs
        cdrs.append(event.cdr)
        if len(cdrs) == 1:  # else that was asked for, and nobody has come yet
            self.wake()

    def on_credit(self, event: CreditChanged) -> None:
        self.entries.append(event.entry)
        self.wake()

    def on_moved(self, event: RecordingMoved) -> None:
        self.moved.append(event.cdr)
        self.wake()

    def on_database(self, event: DatabaseChanged) -> None:
        self.database[event.family, event.key] = event.value
        self.wake()


class WriteBuffer:
    """Implements `RecordStore`. `keep` is how long records are kept; 0: for ever."""

    def __init__(self, name: str, keeper: Keeper, keep: Instant) -> None:
        self.name = name
        self._keeper = keeper
        self._keep = keep
        self._pbx: Pbx | None = None
        self._recorded: Recorded | None = None
        self._zone: ZoneInfo | None = None
        self._run = object()  # until all is forgotten; whoever is attached then lives another one
        self._pending = _Pending(keeper.wake)
        self._first: Work = []  # what comes before all else: what a clear removes, the directory
        self._deliveries: dict[int, Delivery] = {}
        self._posts: list[Delivery] = []
        self._listener: Callable[[Sequence[Delivery]], None] | None = None
        self._cache: Callable[[], Iterable[Delivery]] = tuple
        self._known_cdrs: frozenset[int] = frozenset()
        self._known_entries: frozenset[int] = frozenset()
        self._known_database: Mapping[tuple[str, str], str] = {}
        self._last_cdr = 0
        self._last_delivery = 0
        self._pruned_at: Instant = 0
        self._before_clear: dict[str, object] = {}

    def resume(self, saved: Saved) -> None:
        """Learn what the database has."""
        self._known_cdrs = frozenset(cdr.id for cdr in saved.cdrs)
        self._known_entries = frozenset(entry.id for entry in saved.entries)
        self._known_database = saved.database
        self._last_cdr, self._last_delivery = saved.last_cdr, saved.last_notice

    def attach(self, pbx: Pbx, recorded: Recorded | None = None) -> None:
        """Take down from now on each record, each change of credit and each recording that moves; first what is new.

        What the PBX that was attached before has said, and nobody has taken yet, comes before that.
        """
        before, self._pbx = self._pbx, pbx
        self._recorded = recorded
        self._zone = zone(pbx.time_zone) if pbx.time_zone else None
        pending = self._pending = self._pending.handed_on()
        pbx.cdrs.rest_on(self._keeper.history(self.name))
        pbx.events.subscribe(CdrClosed, pending.on_cdr, Stage.RECORDS)
        pbx.events.subscribe(CreditChanged, pending.on_credit, Stage.RECORDS)
        pbx.events.subscribe(RecordingMoved, pending.on_moved, Stage.RECORDS)
        pbx.events.subscribe(DatabaseChanged, pending.on_database, Stage.RECORDS)
        pending.database |= self._new_in_database(pbx, before)
        pending.cdrs += self._new_cdrs(pbx, before)
        pending.entries += self._new_entries(pbx, before)
        self._put_directory(pbx)

    def begin_anew(self) -> None:
        """Put down everything that the PBX remembers: the database has lost it."""
        self._known_cdrs = self._known_entries = frozenset()
        self._known_database = {}
        if self._pbx is not None:
            self._pbx.cdrs.lose_history()
            self._pending.cdrs = self._new_cdrs(self._pbx, None)
            self._pending.entries = self._new_entries(self._pbx, None)
            self._pending.database = self._pbx.database.entries()
            self._deliveries |= {delivery.id: delivery for delivery in self._cache()}
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
        self._cache = remembered

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
        self._before_clear = vars(self).copy()
        self._pbx = None
        self._run = object()
        self._pending = _Pending(self._keeper.wake)
        self._deliveries = {}
        self._posts = []
        self._known_cdrs = self._known_entries = frozenset()
        self._known_database = {}
        self._last_cdr = self._last_delivery = self._pruned_at = 0
        self._first = [(statement, [(self.name,)]) for statement in rows.WITHOUT.values()]
        self._keeper.wake()

    def unclear(self) -> None:
        """Be as before `clear`, of which nothing was taken yet: whoever was attached then is again."""
        vars(self).update(self._before_clear)

    @property
    def has_something(self) -> bool:
        """Tell whether there is something to take."""
        pending = self._pending
        return bool(
            pending.cdrs or pending.entries or self._deliveries or pending.moved or pending.database or self._first
        )

    @property
    def waiting(self) -> int:
        """Count the rows that there are to take."""
        pending = self._pending
        new = len(pending.cdrs) + len(pending.entries) + len(pending.moved) + len(pending.database)
        return new + len(self._deliveries) + rows.count(self._first)

    def take(self, turn: int) -> Batch:
        """Give all of it, and have nothing any more."""
        pending, name = self._pending, self.name
        work = self._first
        self._before_clear = {}
        recorded = None
        if pending.cdrs:
            self._last_cdr = pending.cdrs[-1].id
            records = rows.of_cdrs(name, pending.cdrs, self._zone)
            recorded = self._recorded if rows.have_recordings(records) else None
            work.append((rows.CDR, records))
        if pending.entries:
            work.append((rows.LEDGER, rows.of_entries(name, pending.entries)))
        if self._deliveries:
            work.append((rows.WEBHOOK, rows.of_deliveries(name, self._deliveries.values())))
        if pending.moved:
            work.append((rows.MOVED, rows.of_moved(name, pending.moved)))
        if pending.database:
            pending.database[rows.NOW] = str(self._pbx.clock.now if self._pbx is not None else 0)
            work.append((rows.ASTDB, rows.of_astdb(name, pending.database)))
        if self._keep:
            work.extend(self._prune())
        batch = Batch(
            self, turn, self._run, work, self._posts, rows.count(work), recorded, self._last_cdr, pending.moved
        )
        self._first, self._posts, self._deliveries = [], [], {}
        pending.cdrs, pending.entries, pending.moved, pending.database = [], [], [], {}
        return batch

    def lasts(self, batch: Batch) -> None:
        """Say that deliveries last, unless they are of a run that was cleared."""
        if not batch.posts or self._listener is None or batch.run is not self._run:
            return
        try:
            self._listener(batch.posts)
        except Exception:
            _log.exception("somebody who was told of stored deliveries of %s failed", self.name)

    def is_in_database(self, batch: Batch) -> None:
        """Hear that the database has a batch and all before it: the oldest records need not stay in memory."""
        if self._pbx is not None and batch.run is self._run:
            self._pbx.cdrs.lasting(batch.last_cdr, batch.moved)

    def _new_cdrs(self, pbx: Pbx, before: Pbx | None) -> list[Cdr]:
        """Give the records that neither the database nor the PBX before has: those that stand in its file."""
        had = set() if before is None else {cdr.id for cdr in before.cdrs.remembered()}
        found = chain(pbx.cdrs.unsure, pbx.cdrs.remembered())
        return [cdr for cdr in found if cdr.id not in self._known_cdrs and cdr.id not in had]

    def _new_entries(self, pbx: Pbx, before: Pbx | None) -> list[LedgerEntry]:
        """Give the bookings that neither of them has: openings of accounts."""
        first = 0 if before is None else before.ledger.next_entry
        entries = sorted(pbx.ledger, key=lambda entry: entry.id)
        return [entry for entry in entries if entry.id >= first and entry.id not in self._known_entries]

    def _new_in_database(self, pbx: Pbx, before: Pbx | None) -> dict[tuple[str, str], str]:
        """Give what a PBX put in its database as it was made."""
        known = self._known_database if before is None else before.database.entries()
        return {key: value for key, value in pbx.database.entries().items() if known.get(key) != value}

    def _put_directory(self, pbx: Pbx) -> None:
        self._first.extend(one for one in rows.of_directory(self.name, pbx.directory) if one[1])
        self._keeper.wake()

    def _prune(self) -> Work:
        """Give what removes old rows, once in an hour of the PBX's clock."""
        pending = self._pending
        told = [cdr.end for cdr in pending.cdrs[-1:]] + [entry.at for entry in pending.entries[-1:]]
        now = max(told + [post.posted_at for post in self._posts[-1:]], default=0)
        if now < self._pruned_at + _PRUNED_EVERY:
            return []
        self._pruned_at = now
        return rows.of_old(self.name, now - self._keep, last_cdr=self._last_cdr, last_delivery=self._last_delivery)
