"""The database of a store, connected when it is needed: the link that writes, and questions.

SQLAlchemy and the driver are imported with the first connection, in a thread: that takes half a second.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import TYPE_CHECKING, Final, TypeVar

from pbxsim.sinks.store import rows
from pbxsim.sinks.store.database_file import DatabaseFile
from pbxsim.sinks.store.errors import DatabaseFailed, RowsRefused, StoreInUse, StoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pbxsim.pbx.saved import Saved
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.store.health import StoreHealth
    from pbxsim.sinks.store.links.link import Link
    from pbxsim.sinks.store.location import StorePlace
    from pbxsim.sinks.store.rows import Work

_T = TypeVar("_T")
_log: Final = logging.getLogger("pbxsim.store")

LETTING_GO: Final = 1.0
"""For how many seconds a PBX that another process seems to have is asked for."""

LARGE: Final = 50_000
"""With how many records, of all PBXs, it gets its indexes: so many are read in 20 ms, which a question may take."""

_PAUSE: Final = 0.05  # seconds


class Database:
    """Connects, and connects again after a failure. Everything raises DatabaseFailed when it does not work."""

    def __init__(
        self, place: StorePlace, synchronous: str, health: StoreHealth, loaded: Callable[[], None] | None = None
    ) -> None:
        self._place = place
        self._synchronous = synchronous
        self._loaded = loaded
        self._file = DatabaseFile(place.file) if place.file is not None else None
        self._health = health
        self._engine: AsyncEngine | None = None
        self._link: Link | None = None
        self._turn = asyncio.Lock()  # whoever uses the link: a driver's connection does one thing at a time
        self._locked: list[str] = []
        self._going: asyncio.Task[None] | None = None
        self._was_connected = False
        self._was_emptied = False
        self._records = 0  # at least; it matters whether they are `LARGE`

    @property
    def is_connected(self) -> bool:
        """Tell whether there is a connection that has not failed."""
        return self._link is not None

    @property
    def is_as_left(self) -> bool:
        """Tell whether nobody else has changed its file, if it has one, since the last transaction."""
        return self._file is None or self._link is None or self._file.is_as_left

    def hold(self) -> None:
        """Take its file, if it has one, for this process, made where it is missing. Raises StoreInUse, OSError."""
        if self._file is not None:
            self._file.hold()

    async def connect(self) -> None:
        """Connect unless that has been done. Raises StoreUnreachable for a database of a newer release.

        Whatever else goes wrong is DatabaseFailed: with no descriptor left, even to import the driver fails.
        """
        if self._link is not None:
            return
        try:
            await self._connect()
        except (DatabaseFailed, StoreUnreachable):
            raise
        except Exception as error:
            raise DatabaseFailed(f"{type(error).__name__}: {error}") from error

    async def _connect(self) -> None:
        await self.drop()  # SQLite, as it closes, removes files by their names: not those of the next connection
        opening = await _imported("engine")
        loaded, self._loaded = self._loaded, None
        if loaded is not None:
            loaded()
        try:
            self.hold()
            self._engine = opening.make_engine(self._place)
            is_empty = await opening.migrate(self._engine)
            self._records = 0
            await self._grow(await opening.count_records(self._engine, LARGE))
            self._link = await opening.make_link(self._engine, self._place, self._synchronous, self._file)
            for pbx in self._locked:
                await self._take(pbx)
            self._was_emptied = is_empty and self._was_connected
            self._was_connected = True
        except BaseException:
            await self.drop()
            raise

    def take_emptied(self) -> bool:
        """Tell, once, whether a connection after the first found a database without tables: it was another one."""
        was_emptied, self._was_emptied = self._was_emptied, False
        return was_emptied

    async def lock(self, pbx: str) -> None:
        """Take a PBX for this process alone, now and after each new connection. Raises StoreInUse."""
        if pbx not in self._locked:
            async with self._turn:
                if self._link is not None:
                    await self._take(pbx)
            self._locked.append(pbx)

    async def write(self, work: Work) -> None:
        """Do all of it in one transaction. Rows that will never be taken are mended, else left out, logged, counted."""
        await self.connect()
        link = self._link
        assert link is not None
        try:
            async with self._turn:
                await self._write(link, work)
                if await self._grow(sum(len(some) for name, some in work if name == rows.CDR)) and self._file:
                    self._file.left()  # nobody else has changed it
        except DatabaseFailed:
            self._let_go()
            raise
        except Exception as error:
            self._let_go()
            raise DatabaseFailed(f"{type(error).__name__}: {error}") from error
        self._health.written += rows.count(work)
        self._health.flushes += 1

    async def saved(self, pbx: str, newest: int) -> Saved:
        """Gather what an earlier run left."""
        reading = await _imported("reading")
        return await self._ask(lambda connection: reading.saved(connection, pbx, newest))

    async def deliveries(self, pbx: str) -> list[Delivery]:
        """Give an earlier run's deliveries."""
        reading = await _imported("reading")
        return await self._ask(lambda connection: reading.deliveries(connection, pbx))

    async def pending(self, pbx: str, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Give a receiver's pending deliveries behind an id, in order."""
        reading = await _imported("reading")
        return await self._ask(lambda connection: reading.pending(connection, pbx, receiver, after, limit))

    async def find(self, pbx: str, delivery: int) -> Delivery | None:
        """Give one delivery."""
        reading = await _imported("reading")
        return await self._ask(lambda connection: reading.delivery(connection, pbx, delivery))

    async def replayed(self, pbx: str) -> tuple[str, int]:
        """Give the database's note of the last frame that it took from a spill file."""
        reading = await _imported("reading")
        return await self._ask(lambda connection: reading.replayed(connection, pbx))

    async def drop(self) -> None:
        """Let go of every connection, whatever their state."""
        self._let_go()
        if self._going is not None:
            going, self._going = self._going, None
            await going

    async def close(self) -> None:
        """Let go of every connection, and of the file."""
        await self.drop()
        if self._file is not None:
            self._file.close()

    def _let_go(self) -> None:
        """Begin to drop the connections: a server that does not answer makes even that slow."""
        if self._engine is not None:
            self._going = asyncio.create_task(_close(self._link, self._engine))
            self._link = self._engine = None

    async def _take(self, pbx: str) -> None:
        """Take a PBX. A server may need a moment to see that the process that had it was killed."""
        assert self._link is not None
        loop = asyncio.get_running_loop()
        until = loop.time() + LETTING_GO
        while not await self._link.lock(pbx):
            if loop.time() > until:
                raise StoreInUse(f"another process serves the PBX {pbx} from it")
            pause: asyncio.Future[None] = loop.create_future()
            loop.call_later(_PAUSE, pause.set_result, None)
            await pause

    async def _grow(self, records: int) -> bool:
        """Take note of more records; tell whether indexes were made. They are no more than speed: all else goes on."""
        was_large, self._records = self._records >= LARGE, self._records + records
        if was_large or self._records < LARGE:
            return False
        opening = importlib.import_module("pbxsim.sinks.store.engine")
        try:
            await opening.make_indexes(self._engine)
        except DatabaseFailed as error:
            why = self._place.masked(str(error))
            _log.warning("store %s: no indexes were made, so old records are sought slowly: %s", self._place, why)
            return False
        return True

    async def _write(self, link: Link, work: Work) -> None:
        try:
            await link.write(work)
        except RowsRefused:
            self._health.rows_retried += rows.count(work)
            whole = self._mended(work, keeps_nul=link.keeps_nul)
            try:
                await link.write(whole)
            except RowsRefused:
                await self._write_each(link, whole)

    def _mended(self, work: Work, *, keeps_nul: bool) -> Work:
        whole: Work = []
        for name, some in work:
            mended = [rows.mended_row(row, keeps_nul=keeps_nul) for row in some]
            self._health.mended += sum(one != other for one, other in zip(some, mended, strict=True))
            whole.append((name, mended))
        return whole

    async def _write_each(self, link: Link, work: Work) -> None:
        for refused in await link.write_each(work):
            self._health.lost += 1
            _log.error("store %s: a row of %s is lost, it refuses it: %s", self._place, refused.statement, refused.why)

    async def _ask(self, question: Callable[[AsyncConnection], Awaitable[_T]]) -> _T:
        """Ask on a connection of its own, beside the one that writes."""
        await self.connect()
        assert self._engine is not None
        opening = importlib.import_module("pbxsim.sinks.store.engine")
        async with opening.asking(self._engine) as connection:
            return await question(connection)


async def _imported(module: str) -> ModuleType:
    """Import what needs SQLAlchemy. Raises DatabaseFailed: it may not be possible now, and is tried again."""
    try:
        return await asyncio.to_thread(importlib.import_module, f"pbxsim.sinks.store.{module}")
    except Exception as error:
        raise DatabaseFailed(f"{type(error).__name__}: {error}") from error


async def _close(link: Link | None, engine: AsyncEngine) -> None:
    if link is not None:
        await link.close()
    await engine.dispose()
