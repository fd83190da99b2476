"""A store: opened by the composition root, one for a server, with a buffer for each PBX."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pbxsim.clock.driver import LAST
from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.pbx.saved import Saved
from pbxsim.sinks.store.buffer import WriteBuffer
from pbxsim.sinks.store.database import Database
from pbxsim.sinks.store.errors import DatabaseFailed, SpillFailed, StoreInUse, StoreUnreachable
from pbxsim.sinks.store.health import StoreHealth
from pbxsim.sinks.store.history import HistoryThread, StoredCdrs
from pbxsim.sinks.store.location import remove
from pbxsim.sinks.store.lock import FileLock, Locked
from pbxsim.sinks.store.port import NotStored
from pbxsim.sinks.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.store.location import StorePlace
    from pbxsim.sinks.store.settings import StoreSettings

NEWEST: Final = 100_000
"""How many of each account's newest bookings are read into memory at a start."""

_DAY: Final = 24 * HOUR


class Store:
    """A database in use. Made by `open`; ended by `close`, which writes what is still to be written.

    A fresh SQLite file is connected in the background, so that a server need not wait for SQLAlchemy: its buffers keep
    meanwhile what they are given.
    """

    def __init__(self, place: StorePlace, settings: StoreSettings, loaded: Callable[[], None] | None = None) -> None:
        self.place = place
        self._settings = settings
        self._health = StoreHealth(place=str(place))
        self._lock = _locked(place)
        self._database = Database(place, settings.synchronous, self._health, loaded)
        self._history = HistoryThread(place)
        self._writer = Writer(self._database, place, settings, self._health)
        self._buffers: dict[str, WriteBuffer] = {}
        self._is_fresh = is_fresh(place, settings)

    @classmethod
    async def open(cls, place: StorePlace, settings: StoreSettings, loaded: Callable[[], None] | None = None) -> Store:
        """Open a store; what an earlier process had to leave on disk is written into it by `load`.

        `loaded` is called once, when SQLAlchemy and the driver are imported: that may be later, and many objects.
        Raises StoreUnreachable: no such database, not allowed, full, of a newer release; StoreInUse.
        """
        store = cls(place, settings, loaded)
        try:
            if store._is_fresh:
                store._try_to_create()
            else:
                await store._connect()
        except BaseException:
            await store._release()
            raise
        store._writer.start()
        return store

    @property
    def health(self) -> StoreHealth:
        """Say how it is."""
        self._writer.count()
        if not self._database.is_as_left:
            self._writer.look()
        return self._health

    async def load(self, pbx: str, newest: int = NEWEST) -> tuple[Saved, list[Delivery]]:
        """Take a PBX for this process alone, and give what an earlier run of it left: all that a new one goes on from.

        To be called before anything is put in the PBX's buffer. Of each account's bookings the `newest` are given; of
        records some ten thousand, the others being left to the history; of deliveries those that are pending and the
        newest others. Raises StoreUnreachable, StoreInUse.
        """
        if self._is_fresh:
            await self._database.lock(pbx)
            return Saved(), []
        try:
            await self._database.lock(pbx)
            await self._writer.replay(pbx)
            saved = await self._database.saved(pbx, newest)
            deliveries = await self._database.deliveries(pbx)
        except StoreInUse as error:
            raise StoreInUse(self._told(error)) from error
        except (DatabaseFailed, SpillFailed) as error:
            raise StoreUnreachable(self._told(error)) from error
        saved = _going_on(saved, deliveries)
        if saved.stored:
            saved = replace(saved, history=self.history(pbx))
        self._buffer(pbx).resume(saved)
        return saved, deliveries

    def history(self, pbx: str) -> StoredCdrs:
        """Give what the database has of a PBX's records, to be asked."""
        return StoredCdrs(self._history, pbx)

    def buffer(self, pbx: str) -> WriteBuffer:
        """Give the buffer of a PBX; always the same one. Call `load` first."""
        return self._buffer(pbx)

    async def close(self) -> None:
        """Write what there is to write, and let go of everything. What could not be written stays in the spill."""
        await self._writer.close()
        await self._release()
        if self.place.is_scratch and self.place.file is not None:
            remove(self.place.file)

    async def settled(self) -> None:
        """Return when all that lies in any buffer is lasting. Raises NotStored."""
        await self._writer.settled()

    async def pending(self, pbx: str, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Give a receiver's pending deliveries behind an id, in order. Raises NotStored."""
        await self._whole()
        try:
            return await self._database.pending(pbx, receiver, after, limit)
        except (DatabaseFailed, StoreUnreachable) as error:
            raise NotStored(self.place.masked(str(error))) from error

    async def find(self, pbx: str, delivery: int) -> Delivery | None:
        """Give one delivery. Raises NotStored."""
        await self._whole()
        try:
            return await self._database.find(pbx, delivery)
        except (DatabaseFailed, StoreUnreachable) as error:
            raise NotStored(self.place.masked(str(error))) from error

    def wake(self) -> None:
        """Write soon."""
        self._writer.wake()

    def _buffer(self, pbx: str) -> WriteBuffer:
        buffer = self._buffers.get(pbx)
        if buffer is None:
            buffer = self._buffers[pbx] = WriteBuffer(pbx, self, self._settings.keep_days * _DAY)
            self._writer.add(buffer)
        return buffer

    async def _whole(self) -> None:
        """See that the database has all that it is to be asked for. Raises NotStored."""
        await self._writer.settled()
        if self._writer.is_behind:
            raise NotStored(self._health.error)

    async def _connect(self) -> None:
        try:
            await self._database.connect()
        except StoreInUse:
            raise
        except (DatabaseFailed, StoreUnreachable) as error:
            raise StoreUnreachable(self._told(error)) from error

    def _try_to_create(self) -> None:
        """See that the file can be made, and is nobody else's, while there is somebody to tell."""
        try:
            self._database.hold()
        except OSError as error:
            raise StoreUnreachable(self._told(error.strerror)) from error

    async def _release(self) -> None:
        await asyncio.to_thread(self._history.close)
        await self._database.close()
        if self._lock is not None:
            self._lock.release()

    def _told(self, why: object) -> str:
        return self.place.masked(f"the store {self.place} cannot be used: {why}")


def is_fresh(place: StorePlace, settings: StoreSettings) -> bool:
    """Tell whether a store has nothing yet: an SQLite file that is not there or empty, and nothing left on disk."""
    if place.file is None:
        return False
    with suppress(OSError):
        names = os.listdir(settings.spill)  # noqa: PTH208 - a pattern's compiling takes longer
        if any(name.startswith(f"{place.digest}-") and name.endswith(".spill") for name in names):
            return False
    try:
        return place.file.stat().st_size == 0
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _going_on(saved: Saved, deliveries: list[Delivery]) -> Saved:
    """Have a new run begin in the second after all that was stored, tries too: they go on long after the last call.

    What an id has of the time (`<second>.<number>`, originated calls, references) is then no call's that a kill ended.
    """
    if saved.is_empty:
        return saved
    latest = max([saved.now, *(delivery.tries[-1].at for delivery in deliveries if delivery.tries)])
    return replace(saved, now=min(latest + SECOND, LAST))


def _locked(place: StorePlace) -> FileLock | None:
    if place.file is None:
        return None
    try:
        return FileLock(place.file.resolve())
    except Locked as error:
        raise StoreInUse(f"the store {place} is in use by another process") from error
    except OSError as error:
        raise StoreUnreachable(f"the store {place} cannot be used: {error.strerror}") from error
