"""What the database has of records, for whoever cannot await an answer.

It is asked in a thread with an event loop of its own. So all databases are asked alike, by the drivers that there are,
and whoever asks may block until the answer is there.
"""

from __future__ import annotations

import asyncio
import importlib
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pbxsim.sinks.store.errors import DatabaseFailed, StoreUnreachable
from pbxsim.sinks.store.port import NotStored

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pbxsim.pbx.cdr import Cdr, CdrQuery
    from pbxsim.sinks.store.location import StorePlace

T = TypeVar("T")

_ENDING: Final = 5.0  # seconds


class HistoryThread:
    """The thread of a store; begun with the first question, ended by `close`."""

    def __init__(self, place: StorePlace) -> None:
        self._place = place
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._engine: AsyncEngine | None = None
        self._is_closed = False
        self._beginning = Lock()

    def ask(self, question: Callable[[Any, AsyncConnection], Awaitable[T]]) -> Future[T]:
        """Ask with the module `reading` and a connection. The answer may be the exception NotStored."""
        with self._beginning:
            if self._is_closed:
                raise NotStored("the store is closed")
            if self._loop is None:
                self._begin()
            loop = self._loop
        assert loop is not None
        return asyncio.run_coroutine_threadsafe(self._answered(question), loop)

    def close(self) -> None:
        """Let go of the database, and end; what is still asked is not answered any more."""
        with self._beginning:
            self._is_closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._let_go(), loop).result(_ENDING)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_ENDING)

    def _begin(self) -> None:
        loop = self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._live, args=(loop,), name="pbxsim-history", daemon=True)
        self._thread.start()

    @staticmethod
    def _live(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            loop.close()

    async def _answered(self, question: Callable[[Any, AsyncConnection], Awaitable[T]]) -> T:
        try:
            opening = importlib.import_module("pbxsim.sinks.store.engine")
            reading = importlib.import_module("pbxsim.sinks.store.reading")
            if self._engine is None:
                self._engine = opening.make_engine(self._place)
            async with opening.asking(self._engine) as connection:
                return await question(reading, connection)
        except (DatabaseFailed, StoreUnreachable) as error:
            raise NotStored(self._place.masked(str(error))) from error

    async def _let_go(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        if self._engine is not None:
            await self._engine.dispose()


class StoredCdrs:
    """Implements `CdrHistory` for one PBX of a store."""

    def __init__(self, thread: HistoryThread, pbx: str) -> None:
        self._thread = thread
        self._pbx = pbx

    def record(self, cdr_id: int) -> Future[Cdr | None]:
        """Find one record."""
        return self._thread.ask(lambda reading, connection: reading.record(connection, self._pbx, cdr_id))

    def page(self, query: CdrQuery, *, above: int, below: int, most: int) -> Future[list[Cdr]]:
        """Give the first `most` records between two ids, in the query's order, that may fit."""
        between = above, below
        return self._thread.ask(lambda reading, connection: reading.page(connection, self._pbx, query, between, most))

    def nth(self, number: int, *, above: int, below: int, newest_first: bool) -> Future[int]:
        """Give the id of the record of that number, from 1, of those between two ids; 0: there are not so many."""
        between = above, below
        return self._thread.ask(
            lambda reading, connection: reading.nth(connection, self._pbx, number, between, newest_first=newest_first)
        )
