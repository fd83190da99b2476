"""The tables as they are now, and how a database is brought to them.

When a later version changes a table, its own module in versions/ alters the database, and the table as it is from then
on is described here; the module of version 1 stays as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Column, Integer, MetaData, Table, insert, inspect, select

from pbxsim.sinks.store.errors import StoreUnreachable
from pbxsim.sinks.store.versions import v1_tables, v2_indexes, v3_call_ids, v4_astdb, v5_asterisk_rows, v7_view

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


class Version(NamedTuple):
    """One step of the schema."""

    number: int
    apply: Callable[[Connection], None]


def _made_no_more(_: Connection) -> None:
    """Change nothing: version 6 had the indexes that a store now gets when it is large (indexes.py)."""


VERSIONS: Final = (
    Version(1, v1_tables.apply),
    Version(2, v2_indexes.apply),
    Version(3, v3_call_ids.apply),
    Version(4, v4_astdb.apply),
    Version(5, v5_asterisk_rows.apply),
    Version(6, _made_no_more),
    Version(7, v7_view.apply),
)
NEWEST: Final = VERSIONS[-1].number


def _tables() -> dict[str, Table]:
    """Describe them for queries, where how a column is generated does not matter."""
    changed = MetaData()
    v5_asterisk_rows.table(changed)
    v4_astdb.table(changed)
    return {**v1_tables.metadata("sqlite").tables, **changed.tables}


TABLES: Final = _tables()
"""By name, as they are read."""


def written(dialect: str) -> dict[str, Table]:
    """Give the tables as they are written, in SQLAlchemy's name for a database: SQLite's `cdr` is a view."""
    if dialect != "sqlite":
        return TABLES
    return {**TABLES, "cdr": TABLES["cdr"].to_metadata(MetaData(), name=v7_view.WRITTEN)}


_versions: Final = Table(
    "schema_version",
    MetaData(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    mysql_engine="InnoDB",
)


def version(connection: Connection) -> int:
    """Tell which version a database is at; 0: it has none of our tables."""
    if not inspect(connection).has_table(_versions.name):
        return 0
    return max(connection.scalars(select(_versions.c.version)), default=0)


def pending(connection: Connection, up_to: int = NEWEST) -> list[Version]:
    """Give the steps that a database still lacks, in order. Raises StoreUnreachable if a newer release wrote it."""
    found = version(connection)
    if found > NEWEST:
        raise StoreUnreachable(
            f"a newer release of pbxsim wrote it: its schema is {found}, and this one knows {NEWEST}"
        )
    return [step for step in VERSIONS if found < step.number <= up_to]


def upgrade(connection: Connection, step: Version) -> None:
    """Take one step. To be done within a transaction, which MariaDB and MySQL do not hold together: see `migrate`."""
    if step.number == 1:
        _versions.create(connection)
    step.apply(connection)
    connection.execute(insert(_versions).values(version=step.number))
