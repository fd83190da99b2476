"""Version 5 of the schema: records as Asterisk's CDR engine has them, several for one call.

`linkedid` joins the records of a call, `sequence` numbers them. `uniqueid` is that of the record's own channel, mostly
the call's first one; `clid` is as Asterisk has it without a name, too; `lastapp` and `lastdata` are written and not
generated any more. `talk_us` is since when both were connected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Column, Computed, MetaData, Table, text
from sqlalchemy.schema import CreateColumn

from pbxsim.sinks.store.versions import v1_tables, v3_call_ids
from pbxsim.sinks.store.versions.v1_tables import AS_TEXT, SECONDS, TEXT, joined

if TYPE_CHECKING:
    from sqlalchemy import Connection

_GONE: Final = ("clid", "lastapp", "lastdata", "uniqueid")
_NUMBERS: Final = ("made_us", "linked_us", "talk_us")
_WORDS: Final = ("caller", "called", "lastapp", "lastdata")


def apply(connection: Connection) -> None:
    """Alter the table of records; those that are there keep what they say."""
    dialect = connection.dialect.name
    for name in _GONE:
        _alter(connection, f"DROP COLUMN {name}")
    for column in _plain():
        _alter(connection, f"ADD COLUMN {_spelt(connection, column)}")
    connection.exec_driver_sql(
        "UPDATE cdr SET linked_us = start_us, talk_us = answer_us, caller = src, called = dst,"
        " lastapp = CASE WHEN second_serial = 0 THEN '' ELSE 'Dial' END,"
        f" lastdata = {v1_tables.dialled(dialect)}"
    )
    for column in _generated(dialect):
        _alter(connection, f"ADD COLUMN {_spelt(connection, column)}")


def table(metadata: MetaData) -> Table:
    """Describe the table as it is from this version on, for queries: how a column is generated is left out."""
    before = v3_call_ids.table(MetaData()).columns
    kept = [column for column in before if column.name not in _GONE]
    columns = (*kept, *_plain(), *_generated("sqlite"))
    return Table("cdr", metadata, *(v3_call_ids.described(column) for column in columns))


def _plain() -> list[Column[Any]]:
    return [
        *(Column(name, BigInteger, nullable=False, server_default=text("0")) for name in _NUMBERS),
        *(Column(name, TEXT, nullable=False, server_default=text("('')")) for name in _WORDS),
    ]


def _generated(dialect: str) -> list[Column[Any]]:
    began = SECONDS[dialect].format("(CASE WHEN linked_us = 0 THEN start_us ELSE linked_us END)")
    of_call = _named(dialect, began, "serial")
    own = _named(dialect, SECONDS[dialect].format("made_us"), "first_serial")
    clid = joined(dialect, "'\"'", "clid_name", "'\" <'", "clid_number", "'>'")
    is_stored = dialect == "postgresql"
    return [
        Column("clid", TEXT, Computed(clid, persisted=is_stored)),
        Column("uniqueid", TEXT, Computed(f"CASE WHEN made_us = 0 THEN {of_call} ELSE {own} END", persisted=is_stored)),
        Column("linkedid", TEXT, Computed(of_call, persisted=is_stored)),
        Column("sequence", BigInteger, Computed("id", persisted=is_stored)),
    ]


def _named(dialect: str, second: str, serial: str) -> str:
    return joined(dialect, AS_TEXT[dialect].format(second), "'.'", AS_TEXT[dialect].format(serial))


def _alter(connection: Connection, change: str) -> None:
    connection.exec_driver_sql(f"ALTER TABLE cdr {change}")


def _spelt(connection: Connection, column: Column[Any]) -> str:
    Table("cdr", MetaData(), column)  # a column is spelt as part of a table
    return str(CreateColumn(column).compile(dialect=connection.dialect))
