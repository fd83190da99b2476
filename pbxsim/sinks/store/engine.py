"""Opening a database: SQLAlchemy's engine, the schema brought up to date, the link that writes."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, AsyncAdaptedQueuePool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from pbxsim.sinks.private_files import make_file
from pbxsim.sinks.store import indexes, schema, statements
from pbxsim.sinks.store import location as kinds
from pbxsim.sinks.store.errors import DatabaseFailed, StoreUnreachable
from pbxsim.sinks.store.links.sqlite import BUSY, OLDEST, SqliteLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from pbxsim.sinks.store.database_file import DatabaseFile
    from pbxsim.sinks.store.links.link import Link
    from pbxsim.sinks.store.location import StorePlace

CONNECTING: Final = 5  # seconds

_DIALECTS: Final = {
    kinds.SQLITE: "sqlite+aiosqlite",
    kinds.POSTGRESQL: "postgresql+asyncpg",
    kinds.MYSQL: "mysql+aiomysql",
    kinds.MARIADB: "mysql+aiomysql",  # SQLAlchemy sees by the server's word that it is MariaDB
}
_CONNECTING: Final[dict[str, dict[str, object]]] = {
    kinds.SQLITE: {"timeout": BUSY / 1000},
    kinds.POSTGRESQL: {"timeout": CONNECTING},
    kinds.MYSQL: {"connect_timeout": CONNECTING, "charset": "utf8mb4"},
    kinds.MARIADB: {"connect_timeout": CONNECTING, "charset": "utf8mb4"},
}


def make_engine(place: StorePlace) -> AsyncEngine:
    """Make the engine; nothing is connected yet. One connection is the link's, one is for questions.

    Raises StoreUnreachable where Python has an SQLite that is too old.
    """
    if place.file is not None and sqlite3.sqlite_version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise StoreUnreachable(f"SQLite {wanted} or newer is needed, and Python has {sqlite3.sqlite_version} here")
    if place.file is not None and not place.file.exists():
        with suppress(OSError):  # connecting fails for the same reason, and tells it
            make_file(place.file)  # SQLite would let everybody read it, and what it puts beside it
    url = URL.create(
        _DIALECTS[place.kind],
        username=place.username or None,
        password=place.password or None,
        host=place.host or None,
        port=place.port,
        database=str(place.file) if place.file else place.database,
        query=dict(place.query),
    )
    return create_async_engine(
        url,
        connect_args=_CONNECTING[place.kind],
        hide_parameters=True,
        poolclass=AsyncAdaptedQueuePool,  # said, for SQLAlchemy before 2.0.38 has none for SQLite's files
        pool_pre_ping=place.file
        is None,  # a file is not far away, and asking whether it is there costs as much as a question
        pool_size=2,
        max_overflow=1,
    )


async def migrate(engine: AsyncEngine, up_to: int = schema.NEWEST) -> bool:
    """Bring the schema up to date, each step in a transaction; tell whether there was none. Raises StoreUnreachable,
    DatabaseFailed.

    MariaDB and MySQL commit at each CREATE; there a step that was torn is to be mended by hand.
    """
    with _failing():
        async with _first_connection(engine) as connection:
            steps = await connection.run_sync(schema.pending, up_to)
            await connection.rollback()
            for step in steps:
                await _change(connection, schema.upgrade, step)
            return bool(steps) and steps[0].number == 1


async def _change(connection: AsyncConnection, change: Callable[..., None], *given: object) -> None:
    """Change tables in one transaction, which SQLite's driver would begin with the first INSERT only."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
    await connection.run_sync(change, *given)
    await connection.commit()


async def count_records(engine: AsyncEngine, most: int) -> int:
    """Count the records of all PBXs, up to so many. Raises DatabaseFailed."""
    async with asking(engine) as connection:
        return await connection.run_sync(indexes.count, most)


async def make_indexes(engine: AsyncEngine) -> None:
    """Make the indexes of a large store, unless they are there. Raises DatabaseFailed."""
    async with asking(engine) as connection:
        await _change(connection, indexes.create)


@asynccontextmanager
async def _first_connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Connect, which shows whether the driver takes what stands behind the `?` of the address."""
    try:
        connection = await engine.connect()
    except (TypeError, ValueError) as error:
        raise StoreUnreachable(f"its driver does not take what the address says: {error}") from error
    try:
        yield connection
    finally:
        await connection.close()


async def make_link(engine: AsyncEngine, place: StorePlace, synchronous: str, held: DatabaseFile | None) -> Link:
    """Connect for writing; `held` is the file of an SQLite database. Raises DatabaseFailed."""
    compiled = statements.compiled(engine.dialect)
    with _failing():
        if place.kind == kinds.POSTGRESQL:
            from pbxsim.sinks.store.links.postgresql import PostgresqlLink

            return await PostgresqlLink.open(engine, compiled, synchronous)
        if place.kind != kinds.SQLITE:
            from pbxsim.sinks.store.links.mysql import MysqlLink

            return await MysqlLink.open(engine, compiled)
    assert place.file is not None
    assert held is not None
    link = SqliteLink(place.file, held, compiled, synchronous)
    try:
        await link.open()
    except DatabaseFailed:
        await link.close()
        raise
    return link


@asynccontextmanager
async def asking(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection for questions. Raises DatabaseFailed."""
    with _failing():
        async with engine.connect() as connection:
            yield connection


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except _failures() as error:
        raise DatabaseFailed(why(error)) from error


def _failures() -> tuple[type[Exception], ...]:
    """SQLAlchemy before 2.1 lets asyncpg's own exceptions through as it connects, that of a wrong password for one."""
    asyncpg = sys.modules.get("asyncpg")
    return (SQLAlchemyError, OSError) if asyncpg is None else (SQLAlchemyError, OSError, asyncpg.PostgresError)


def why(error: BaseException) -> str:
    """Say it in the driver's words, without SQLAlchemy's statement and links."""
    original = getattr(error, "orig", None) or error
    return str(original).strip().partition("\n")[0] or type(original).__name__
