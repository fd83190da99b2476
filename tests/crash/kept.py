"""What a store holds after all, read as a customer would read it: with plain SQL and the database's own client."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import asyncpg  # type: ignore[import-untyped]  # it has none
import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence


class StoredRecord(msgspec.Struct, frozen=True):
    """A row of `cdr`."""

    id: int
    uniqueid: str
    call: int
    vendor: str


class StoredEntry(msgspec.Struct, frozen=True):
    """A row of `ledger`."""

    id: int
    amount: int
    balance: int
    call: int
    number: str
    reference: str

    @property
    def cost(self) -> int:
        """What was paid."""
        return -self.amount


class StoredNotice(msgspec.Struct, frozen=True):
    """A row of `webhook`."""

    id: int
    state: str


class Kept(msgspec.Struct, frozen=True):
    """All of it, in the order of the ids."""

    records: list[StoredRecord]
    entries: list[StoredEntry]
    notices: list[StoredNotice]

    @property
    def charges(self) -> list[StoredEntry]:
        """Give the entries that are charged legs."""
        return [entry for entry in self.entries if entry.call]


_RECORDS: Final = "SELECT id, uniqueid, callno, vendor FROM cdr ORDER BY id"
_ENTRIES: Final = "SELECT id, amount, balance, callno, number_dialled, userfield FROM ledger ORDER BY id"
_NOTICES: Final = "SELECT id, state FROM webhook ORDER BY id"


def _kept(records: Sequence[Any], entries: Sequence[Any], notices: Sequence[Any]) -> Kept:
    return Kept(
        [StoredRecord(*row) for row in records],
        [StoredEntry(*row) for row in entries],
        [StoredNotice(*row) for row in notices],
    )


async def read_sqlite(file: str) -> Kept:
    """Read an SQLite file."""
    with closing(sqlite3.connect(file)) as database:
        return _kept(*(database.execute(query).fetchall() for query in (_RECORDS, _ENTRIES, _NOTICES)))


async def read_postgresql(url: str) -> Kept:
    """Read a PostgreSQL database."""
    database = await asyncpg.connect(url)
    try:
        return _kept(*[await database.fetch(query) for query in (_RECORDS, _ENTRIES, _NOTICES)])
    finally:
        await database.close()
