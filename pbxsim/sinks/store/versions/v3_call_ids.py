"""Version 3 of the schema: a record's unique id is its call's, and its `calldate` local time.

`serial` is the number in the unique id, which is that of the call's first channel, whichever answered. `utc_offset` is
how many seconds the clocks of the PBX's time zone were ahead of UTC when the call began: a database has no table of
zones that it could be computed from everywhere. In rows from before, the id is that of the channel that answered, and
`calldate` UTC, as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Column, Computed, DateTime, Table, text
from sqlalchemy.schema import CreateColumn

from pbxsim.sinks.store.versions import v1_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, MetaData

_RENEWED: Final = ("uniqueid", "calldate")


def apply(connection: Connection) -> None:
    """Put the new columns behind the others."""
    for name in _RENEWED:
        connection.execute(text(f"ALTER TABLE cdr DROP COLUMN {name}"))
    plain, generated = _columns(connection.dialect.name)
    _add(connection, plain)
    connection.execute(text("UPDATE cdr SET serial = first_serial"))
    _add(connection, generated)


def table(metadata: MetaData) -> Table:
    """Describe the table as it is from this version on, for queries: how a column is generated is left out."""
    before = v1_tables.metadata("sqlite").tables["cdr"].columns
    kept = [column for column in before if column.name not in _RENEWED]
    new = [column for columns in _columns("sqlite") for column in columns]
    return Table("cdr", metadata, *(described(column) for column in (*kept, *new)))


def _add(connection: Connection, columns: list[Column[Any]]) -> None:
    for column in columns:
        said = CreateColumn(column).compile(dialect=connection.dialect)
        connection.execute(text(f"ALTER TABLE cdr ADD COLUMN {said}".replace(":", "\\:")))


def _columns(dialect: str) -> tuple[list[Column[Any]], list[Column[Any]]]:
    return [_number("serial"), _number("utc_offset")], list(_generated(dialect))


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _generated(dialect: str) -> Iterator[Column[Any]]:
    start = v1_tables.SECONDS[dialect].format("start_us")
    number = v1_tables.AS_TEXT[dialect]
    named = v1_tables.joined(dialect, number.format(start), "'.'", number.format("serial"))
    is_stored = dialect == "postgresql"  # it knows no other kind before release 18
    yield Column("uniqueid", v1_tables.TEXT, Computed(named, persisted=is_stored))
    local = v1_tables.CIVIL[dialect].format(f"({start} + utc_offset)")
    yield Column("calldate", DateTime(), Computed(local, persisted=is_stored))


def described(column: Column[Any]) -> Column[Any]:
    """Describe a column for queries."""
    return Column(column.name, column.type, primary_key=column.primary_key, autoincrement=False)
