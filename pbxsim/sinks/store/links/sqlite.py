"""Writing to an SQLite file: one thread of its own, to which a whole batch goes in one hop.

aiosqlite, which SQLAlchemy's engine uses for all else, would hop to its thread and back for BEGIN, each table and
COMMIT: half as fast again with the few rows of a flush while serving.
"""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from pbxsim.sinks.store.errors import DatabaseFailed, RowsRefused
from pbxsim.sinks.store.links.insert import Insert
from pbxsim.sinks.store.links.link import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pbxsim.sinks.store.database_file import DatabaseFile
    from pbxsim.sinks.store.rows import Work

_T = TypeVar("_T")

BUSY: Final = 1000
"""How many milliseconds a batch waits for somebody else who writes."""

OLDEST: Final = (3, 35)
"""The oldest SQLite that can do what is asked of it: ALTER TABLE … DROP COLUMN."""

_REFUSED: Final = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,  # a number of more than 64 bits
    UnicodeEncodeError,  # half a character
)


class SqliteLink:
    """Implements `Link`. Another process is kept out by the locks on the file and beside it (database_file.py)."""

    keeps_nul = True

    def __init__(self, file: Path, held: DatabaseFile, statements: Mapping[str, str], synchronous: str) -> None:
        self._file = file
        self._held = held
        self._statements = statements
        self._inserts = {name: Insert(one) for name, one in statements.items() if Insert.has_form(one)}
        self._synchronous = synchronous
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pbxsim-store")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Connect. Raises DatabaseFailed."""
        await self._do(self._open)

    async def write(self, work: Work) -> None:
        """Do all of it in one transaction, in one hop."""
        await self._do(lambda: self._write(work))

    async def write_each(self, work: Work) -> list[Refusal]:
        """Do all but what is refused."""
        return await self._do(lambda: self._write_each(work))

    async def lock(self, pbx: str) -> bool:
        """Say yes: who has the file has all that is in it."""
        return True

    async def close(self) -> None:
        """Disconnect, and end the thread."""
        try:
            await self._do(self._close)
        except DatabaseFailed:
            pass  # closing is where a full disk may be told of once more; nothing is open of ours
        finally:
            self._thread.shutdown(wait=False)

    async def _do(self, what: Callable[[], _T]) -> _T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, what)
        except _REFUSED as error:
            raise RowsRefused(str(error)) from error
        except (sqlite3.Error, OSError) as error:
            raise DatabaseFailed(str(error)) from error

    def _open(self) -> None:
        self._held.check()
        connection = sqlite3.connect(self._file, isolation_level=None, timeout=BUSY / 1000)
        self._connection = connection
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        for insert in self._inserts.values():
            insert.look(connection)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _write(self, work: Work) -> None:
        connection = self._begin()
        try:
            for name, rows in work:
                insert = self._inserts.get(name)
                if insert is None:
                    connection.executemany(self._statements[name], rows)
                else:
                    insert.put(connection, rows)
            self._commit(connection)
        except BaseException:
            _roll_back(connection)
            raise

    def _write_each(self, work: Work) -> list[Refusal]:
        connection, refused = self._begin(), []
        try:
            for name, rows in work:
                for row in rows:
                    try:
                        connection.execute(self._statements[name], row)
                    except _REFUSED as error:
                        refused.append(Refusal(name, row, str(error)))
            self._commit(connection)
        except BaseException:
            _roll_back(connection)
            raise
        return refused

    def _begin(self) -> sqlite3.Connection:
        assert self._connection is not None, "open it first"
        self._held.check()
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def _commit(self, connection: sqlite3.Connection) -> None:
        """Commit, and see that the file is still where it was."""
        connection.execute("COMMIT")
        self._held.see_that_it_is_there()
        self._held.left()


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
