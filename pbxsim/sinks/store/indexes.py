"""Indexes by which records are sought that are not in memory any more. A store gets them once it is large.

Until then what is asked of it is found fast enough without, and keeping them up to date costs as much as storing the
records does. By a party, the account that paid, what a client gave first of its own (`CustomCDR1`, by which integrators
look a record up), when a call began and ended, its number, and the number in its id.
Texts have any length: PostgreSQL indexes them by hash, MariaDB and MySQL by their beginnings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Index, MetaData, func, select

from pbxsim.sinks.store import rows
from pbxsim.sinks.store.schema import TABLES, written

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BEGINNING: Final = 191  # characters of four bytes: what the smallest key of InnoDB holds
_TEXTS: Final = {"src": "src", "dst": "dst", "accountcode": "accountcode", "custom": "CustomCDR1"}
_NUMBERS: Final = ("start_us", "end_us", "callno", "serial")


def count(connection: Connection, most: int) -> int:
    """Count the records of all PBXs, up to so many."""
    some = select(TABLES[rows.CDR].c.id).limit(most).subquery()
    return int(connection.scalar(select(func.count()).select_from(some)) or 0)


def create(connection: Connection) -> None:
    """Make those that are missing.

    SQLite, MariaDB and MySQL put the row's key, PBX and number, behind each by themselves.
    """
    table = written(connection.dialect.name)[rows.CDR].to_metadata(MetaData())
    by_hash = "hash" if connection.dialect.name == "postgresql" else None
    for name, column in _TEXTS.items():
        index = Index(f"cdr_{name}", table.c[column], postgresql_using=by_hash, mysql_length=_BEGINNING)
        index.create(connection, checkfirst=True)
    for name in _NUMBERS:
        Index(f"cdr_{name}", table.c[name]).create(connection, checkfirst=True)
