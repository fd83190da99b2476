"""Version 6 of the schema: indexes by which records are sought that are not in memory any more.

By a party, the account that paid, when a call began and ended, its number, and the number in its id. Texts have any
length: PostgreSQL indexes them by hash, MariaDB and MySQL by their beginnings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Index, MetaData

from pbxsim.sinks.store.versions import v5_asterisk_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BEGINNING: Final = 191  # characters of four bytes: what the smallest key of InnoDB holds
_TEXTS: Final = ("src", "dst", "accountcode")
_NUMBERS: Final = ("start_us", "end_us", "callno", "serial")


def apply(connection: Connection) -> None:
    """Create the indexes. SQLite, MariaDB and MySQL put the row's key, PBX and number, behind each by themselves."""
    cdr = v5_asterisk_rows.table(MetaData()).c
    by_hash = "hash" if connection.dialect.name == "postgresql" else None
    for name in _TEXTS:
        Index(f"cdr_{name}", cdr[name], postgresql_using=by_hash, mysql_length=_BEGINNING).create(connection)
    for name in _NUMBERS:
        Index(f"cdr_{name}", cdr[name]).create(connection)
