"""Version 3 of the schema: records as Asterisk's CDR engine has them, several for one call.

`linkedid` joins the records of a call, `sequence` numbers them. `uniqueid` is by when the channel was made, which is no
longer when the record begins; `clid` is as Asterisk has it without a name, too; `lastapp` and `lastdata` are written
and not generated any more: SQLite needs 3.35 to take a column away. `talk_us` is since when both were connected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Column, Computed, MetaData, Table, text
from sqlalchemy.schema import CreateColumn

from pbxsim.sinks.store.versions import v1_tables
from pbxsim.sinks.store.versions.v1_tables import AS_TEXT, SECONDS, TEXT, joined

if TYPE_CHECKING:
    from sqlalchemy import Connection

_GONE: Final = ("clid", "lastapp", "lastdata", "uniqueid")
_NUMBERS: Final = ("made_us", "linked_us", "linked_serial", "talk_us")
_WORDS: Final = ("caller", "called", "lastapp", "lastdata")


def apply(connection: Connection) -> None:
    """Alter the table of records; those that are there keep what they say."""
    dialect = connection.dialect.name
    for name in _GONE:
        _alter(connection, f"DROP COLUMN {name}")
    for column in _plain():
        _alter(connection, f"ADD COLUMN {_spelt(connection, column)}")
    called = v1_tables.dialled(dialect)
    connection.exec_driver_sql(
        "UPDATE cdr SET made_us = start_us, linked_us = start_us, linked_serial = first_serial, talk_us = answer_us,"
        " caller = src, called = dst, lastapp = CASE WHEN second_serial = 0 THEN '' ELSE 'Dial' END,"
        f" lastdata = {called}"
    )
    for column in _generated(dialect):
        _alter(connection, f"ADD COLUMN {_spelt(connection, column)}")


def metadata(dialect: str) -> MetaData:
    """Describe the tables as they are from this version on; see that of version 1."""
    tables = v1_tables.metadata(dialect)
    before = tables.tables["cdr"]
    kept = [column._copy() for column in before.columns if column.name not in _GONE]  # noqa: SLF001
    tables.remove(before)
    Table("cdr", tables, *kept, *_plain(), *_generated(dialect), **v1_tables.options())
    return tables


def _plain() -> list[Column[Any]]:
    return [
        *(Column(name, BigInteger, nullable=False, server_default=text("0")) for name in _NUMBERS),
        *(Column(name, TEXT, nullable=False, server_default=text("('')")) for name in _WORDS),
    ]


def _generated(dialect: str) -> list[Column[Any]]:
    made = SECONDS[dialect].format("(CASE WHEN made_us = 0 THEN start_us ELSE made_us END)")
    of_channel = _named(dialect, made, "first_serial")
    of_call = _named(dialect, SECONDS[dialect].format("linked_us"), "linked_serial")
    linked = f"CASE WHEN linked_us = 0 THEN {of_channel} ELSE {of_call} END"
    is_stored = dialect == "postgresql"
    clid = joined(dialect, "'\"'", "clid_name", "'\" <'", "clid_number", "'>'")
    return [
        Column("clid", TEXT, Computed(clid, persisted=is_stored)),
        Column("uniqueid", TEXT, Computed(of_channel, persisted=is_stored)),
        Column("linkedid", TEXT, Computed(linked, persisted=is_stored)),
        Column("sequence", BigInteger, Computed("id", persisted=is_stored)),
    ]


def _named(dialect: str, second: str, serial: str) -> str:
    return joined(dialect, AS_TEXT[dialect].format(second), "'.'", AS_TEXT[dialect].format(serial))


def _alter(connection: Connection, change: str) -> None:
    connection.exec_driver_sql(f"ALTER TABLE cdr {change}")


def _spelt(connection: Connection, column: Column[Any]) -> str:
    Table("cdr", MetaData(), column)  # a column is spelt as part of a table
    return str(CreateColumn(column).compile(dialect=connection.dialect))
