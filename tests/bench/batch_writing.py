"""Writing records to SQLite in batches: the store, and the same rows by sqlite3's own executemany, by hand.

Both begin with the same records in memory and end with the same rows in the same table, in WAL mode, `synchronous`
NORMAL; both make the rows themselves. The store's side is the whole of it: events heard, its one thread, its figures.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.events import CdrClosed
from pbxsim.sinks.store import rows
from pbxsim.sinks.store.engine import make_engine, make_indexes
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store
from pbxsim.sinks.store.versions.v7_view import WRITTEN
from tests.bench.harness import Figures, expect, settle_gc
from tests.bench.our_switch import START, BenchPbx

if TYPE_CHECKING:
    from pbxsim.sinks.store.buffer import WriteBuffer

_PBX = "bench"


def by_store(records: int, batch: int, *, is_large: bool = False) -> Figures:
    """Close records and have the store settle after each batch; `is_large`: with the indexes of a large store."""
    with tempfile.TemporaryDirectory() as folder:
        if is_large:
            asyncio.run(make_tables(Path(folder), is_large=True))
        figures = asyncio.run(written_by_store(Path(folder), made_records(records), batch))
        _expect_rows(Path(folder), records)
    return figures


def by_hand(records: int, batch: int, *, is_large: bool = False) -> Figures:
    """Make a tuple of each record and insert them, a transaction for each batch."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(make_tables(Path(folder), is_large=is_large))
        figures = written_by_hand(Path(folder), made_records(records), batch)
        _expect_rows(Path(folder), records)
    return figures


async def written_by_store(folder: Path, records: list[Cdr], batch: int) -> Figures:
    store, record_store, pbx = await _opened(folder)
    emit = pbx.pbx.events.emit
    settle_gc()
    began, spent = time.perf_counter(), time.process_time()
    for start in range(0, len(records), batch):
        for cdr in records[start : start + batch]:
            emit(CdrClosed(cdr))
        await record_store.settled()
    figures = _figures(len(records), began, spent)
    await store.close()
    return figures


def written_by_hand(folder: Path, records: list[Cdr], batch: int) -> Figures:
    columns = rows.COLUMNS[rows.CDR]
    insert = f"INSERT INTO {WRITTEN} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    connection = sqlite3.connect(folder / "store", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    settle_gc()
    began, spent = time.perf_counter(), time.process_time()
    for start in range(0, len(records), batch):
        connection.execute("BEGIN")
        connection.executemany(insert, [_row(cdr) for cdr in records[start : start + batch]])
        connection.execute("COMMIT")
    figures = _figures(len(records), began, spent)
    connection.close()
    return figures


def _row(cdr: Cdr) -> tuple[str | int, ...]:
    return (
        *(_PBX, cdr.id, cdr.call, cdr.start, cdr.answer, cdr.end, cdr.cause.value, cdr.serial, cdr.first_serial),
        *(cdr.second_serial, cdr.src, cdr.dst, cdr.context, cdr.disposition.value, cdr.direction.value, cdr.vendor),
        *(cdr.trunk, cdr.account, cdr.clid_number, cdr.clid_name, cdr.first_peer, cdr.second_peer, cdr.reference),
        *(cdr.recording_folder, cdr.recording_file, cdr.caller, cdr.called, cdr.last_app, cdr.last_data),
        *(cdr.made, cdr.linked_at, cdr.talk, *cdr.custom, 0),
    )


async def _opened(folder: Path) -> tuple[Store, WriteBuffer, BenchPbx]:
    store = await Store.open(StorePlace.of_file(folder / "store"), StoreSettings(spill=folder / "spill"))
    await store.load(_PBX)
    record_store, pbx = store.buffer(_PBX), BenchPbx()
    record_store.attach(pbx.pbx)
    await record_store.settled()
    return store, record_store, pbx


async def make_tables(folder: Path, *, is_large: bool = False) -> None:
    """Make what a store makes; with the indexes that it gets with its 50,000th record, before it has one."""
    store, _, _ = await _opened(folder)
    await store.close()
    if is_large:
        engine = make_engine(StorePlace.of_file(folder / "store"))
        await make_indexes(engine)
        await engine.dispose()


def made_records(count: int) -> list[Cdr]:
    return [
        Cdr(
            id=number,
            call=number,
            vendor="voipsun",
            start=START + number,
            answer=START + number + 3_000_000,
            end=START + number + 63_000_000,
            src=f"{20_000 + number % 10_000}",
            dst=f"8{number % 100_000_000:08d}",
            disposition=Disposition.ANSWERED,
            cause=HangupCause.NORMAL_CLEARING,
            direction=Direction.OUTGOING,
            custom=(f"order {number}", "", "", ""),
            context="main",
            first_peer=f"sip{20_000 + number % 10_000}",
            first_serial=2 * number,
            second_peer="carrier",
            second_serial=2 * number + 1,
            trunk="carrier",
        )
        for number in range(1, count + 1)
    ]


def _figures(records: int, began: float, spent: float) -> Figures:
    took, cpu = time.perf_counter() - began, time.process_time() - spent
    return {"rows/s": records / took, "rows/CPU s": records / cpu}


def _expect_rows(folder: Path, records: int) -> None:
    connection = sqlite3.connect(folder / "store")
    ((found,),) = connection.execute("SELECT count(*) FROM cdr")
    connection.close()
    expect("rows in the database", found, records)
