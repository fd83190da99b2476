"""Writing to MariaDB and MySQL: aiomysql's own connection, taken from SQLAlchemy's engine."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pymysql  # type: ignore[import-untyped]  # it has none

from pbxsim.sinks.store.errors import DatabaseFailed, RowsRefused
from pbxsim.sinks.store.links.link import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence
    from typing import TypeVar

    import aiomysql  # type: ignore[import-untyped]  # it has none
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pbxsim.sinks.store.columns import Row
    from pbxsim.sinks.store.rows import Work

    _T = TypeVar("_T")

_PATIENCE: Final = 10.0  # seconds for a batch; a server that needs longer is as good as gone
_REFUSALS: Final = frozenset({1048, 1264, 1292, 1366, 1406, 3988})
"""Errors that are a value's fault: null, out of range, no such moment, no such character (twice), too long."""


class MysqlLink:
    """Implements `Link`; a PBX is taken by GET_LOCK, which goes with the connection."""

    keeps_nul = True

    def __init__(self, connection: AsyncConnection, driver: aiomysql.Connection, statements: Mapping[str, str]) -> None:
        self._connection = connection
        self._driver = driver
        self._statements = statements

    @classmethod
    async def open(cls, engine: AsyncEngine, statements: Mapping[str, str]) -> MysqlLink:
        """Connect. Raises what the engine raises."""
        connection = await engine.connect()
        return cls(connection, (await connection.get_raw_connection()).driver_connection, statements)

    async def write(self, work: Work) -> None:
        """Do all of it in one transaction."""
        await self._do(self._write(work))

    async def write_each(self, work: Work) -> list[Refusal]:
        """Do all but what is refused."""
        return await self._do(self._write_each(work))

    async def lock(self, pbx: str) -> bool:
        """Take the lock of that PBX in this database; locks are the whole server's."""
        return bool(await self._do(self._lock(pbx)))

    async def close(self) -> None:
        """Cut the connection: nothing is under way on it."""
        self._driver.close()
        await self._connection.invalidate()
        await self._connection.close()

    async def _do(self, what: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await what
        except (pymysql.err.DataError, pymysql.err.IntegrityError, UnicodeEncodeError) as error:
            raise RowsRefused(str(error)) from error
        except TimeoutError as error:
            raise DatabaseFailed(f"no answer for {_PATIENCE:.0f} seconds") from error
        except (pymysql.err.Error, OSError, EOFError, RuntimeError) as error:  # RuntimeError: it has been cut already
            refuses = error.args and error.args[0] in _REFUSALS
            raise (RowsRefused if refuses else DatabaseFailed)(str(error) or type(error).__name__) from error

    async def _lock(self, pbx: str) -> int:
        async with self._driver.cursor() as cursor:
            await cursor.execute("SELECT database()")
            (database,) = await cursor.fetchone()
            name = "pbxsim " + hashlib.sha256(f"{database} {pbx}".encode()).hexdigest()[:40]
            await cursor.execute("SELECT GET_LOCK(%s, 0)", (name,))
            (is_ours,) = await cursor.fetchone()
        await self._driver.commit()
        return int(is_ours or 0)

    async def _write(self, work: Work) -> None:
        try:
            async with self._driver.cursor() as cursor:
                for name, rows in work:
                    await cursor.executemany(self._statements[name], _sendable(rows))
            await self._driver.commit()
        except (pymysql.err.Error, UnicodeEncodeError):
            await self._roll_back()
            raise

    async def _write_each(self, work: Work) -> list[Refusal]:
        refused = []
        async with self._driver.cursor() as cursor:
            for name, rows in work:
                for row in _sendable(rows):
                    try:
                        await self._do(cursor.execute(self._statements[name], row))  # what fails undoes itself alone
                    except RowsRefused as error:
                        refused.append(Refusal(name, row, str(error)))
        await self._driver.commit()
        return refused

    async def _roll_back(self) -> None:
        with suppress(pymysql.err.Error, OSError, RuntimeError):  # gone: the server rolls back by itself
            await self._driver.rollback()


def _sendable(rows: Sequence[Row]) -> Sequence[Row]:
    """Give bytes as a text that aiomysql makes the same bytes of: it cannot send bytes with PyMySQL 1.2.

    See aio-libs/aiomysql, issue 1080.
    """
    if not any(isinstance(value, bytes) for value in rows[0]):
        return rows
    return [tuple(_text(value) if isinstance(value, bytes) else value for value in row) for row in rows]


def _text(value: bytes) -> str:
    return value.decode("ascii", "surrogateescape")
