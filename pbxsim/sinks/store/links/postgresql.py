"""Writing to PostgreSQL: asyncpg's own connection, taken from SQLAlchemy's engine."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, Final

import asyncpg  # type: ignore[import-untyped]  # it has none

from pbxsim.sinks.store.errors import DatabaseFailed, RowsRefused
from pbxsim.sinks.store.links.link import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from typing import TypeVar

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pbxsim.sinks.store.rows import Work

    _T = TypeVar("_T")

_PATIENCE: Final = 10.0  # seconds for a batch; a server that needs longer is as good as gone
_REFUSED: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
_FAILED: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, EOFError)  # TimeoutError is an OSError


class PostgresqlLink:
    """Implements `Link`; a PBX is taken by an advisory lock, which goes with the connection."""

    keeps_nul = False

    def __init__(
        self, connection: AsyncConnection, driver: asyncpg.Connection[Any], statements: Mapping[str, str]
    ) -> None:
        self._connection = connection
        self._driver = driver
        self._statements = statements

    @classmethod
    async def open(cls, engine: AsyncEngine, statements: Mapping[str, str], synchronous: str) -> PostgresqlLink:
        """Connect. Raises what the engine raises."""
        connection = await engine.connect()
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, asyncpg.Connection)
        await driver.execute(f"SET synchronous_commit = {'off' if synchronous == 'off' else 'on'}")
        return cls(connection, driver, statements)

    async def write(self, work: Work) -> None:
        """Do all of it in one transaction."""
        await self._do(self._write(work))

    async def write_each(self, work: Work) -> list[Refusal]:
        """Do all but what is refused."""
        return await self._do(self._write_each(work))

    async def lock(self, pbx: str) -> bool:
        """Take the advisory lock of that PBX in this database."""
        number = int.from_bytes(hashlib.sha256(f"pbxsim {pbx}".encode()).digest()[:8], "big", signed=True)
        return bool(await self._do(self._driver.fetchval("SELECT pg_try_advisory_lock($1)", number)))

    async def close(self) -> None:
        """Cut the connection: nothing is under way on it."""
        self._driver.terminate()
        await self._connection.invalidate()
        await self._connection.close()

    async def _do(self, what: Awaitable[_T]) -> _T:
        """Wait for it; who waits too long cuts the connection, for asyncpg would ask the server to stop, and wait."""
        end = asyncio.get_running_loop().call_later(_PATIENCE, self._driver.terminate)
        try:
            return await what
        except _REFUSED as error:
            raise RowsRefused(str(error)) from error
        except _FAILED as error:
            is_late = asyncio.get_running_loop().time() >= end.when()
            why = f"no answer for {_PATIENCE:.0f} seconds" if is_late else str(error) or type(error).__name__
            raise DatabaseFailed(why) from error
        finally:
            end.cancel()

    async def _write(self, work: Work) -> None:
        async with self._driver.transaction():
            for name, rows in work:
                await self._driver.executemany(self._statements[name], rows)

    async def _write_each(self, work: Work) -> list[Refusal]:
        refused = []
        async with self._driver.transaction():
            for name, rows in work:
                for row in rows:
                    try:
                        async with self._driver.transaction():
                            await self._driver.execute(self._statements[name], *row)
                    except _REFUSED as error:
                        refused.append(Refusal(name, row, str(error)))
        return refused
