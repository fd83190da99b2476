"""A store gets its indexes once it is large, as it grows or as it is opened; a small one costs nothing for them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect

from pbxsim.sinks.store import database, database_file, engine
from pbxsim.sinks.store.errors import DatabaseFailed
from pbxsim.sinks.store.rows import CDR
from pbxsim.sinks.store.schema import written
from tests.sinks.store.desk import cdr

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from tests.sinks.store.desk import Desk

_ALL = {f"cdr_{name}": name for name in ("accountcode", "callno", "dst", "end_us", "serial", "src", "start_us")} | {
    "cdr_custom": "customcdr1"
}
"""Of which column each is, in small letters, as PostgreSQL has them."""

_LARGE = 5


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LARGE", _LARGE)


async def _indexes(desk: Desk) -> dict[str, str]:
    opened = engine.make_engine(desk.place)
    async with opened.connect() as connection:
        found = await connection.run_sync(lambda sync: inspect(sync).get_indexes(written(sync.dialect.name)[CDR].name))
    await opened.dispose()
    return {str(index["name"]): str(index["column_names"][0]).lower() for index in found if index["name"] in _ALL}


async def _store(desk: Desk, first: int, last: int) -> None:
    desk.tell(*map(cdr, range(first, last + 1)))
    assert desk.store is not None
    await desk.store.settled()


@pytest.mark.slow
async def test_a_store_that_grows_large_gets_them_with_the_record_that_makes_it_so(desk: Desk) -> None:
    await desk.open()
    await _store(desk, 1, _LARGE - 1)
    assert await _indexes(desk) == {}
    await _store(desk, _LARGE, _LARGE)
    assert await _indexes(desk) == _ALL
    await _store(desk, _LARGE + 1, _LARGE + 2)
    assert await desk.rows("SELECT count(*) FROM cdr") == [(_LARGE + 2,)]


@pytest.mark.slow
async def test_a_store_that_got_them_while_it_was_small_is_opened_as_any_other(desk: Desk) -> None:
    await desk.prepare()
    made = engine.make_engine(desk.place)
    await engine.make_indexes(made)
    await made.dispose()
    await desk.open()
    await _store(desk, 1, 1)
    assert await desk.rows("SELECT max(version) FROM schema_version") == [(7,)]


@pytest.mark.slow
async def test_what_an_earlier_run_left_counts(desk: Desk) -> None:
    await desk.open()
    await _store(desk, 1, _LARGE - 1)
    await desk.open()
    await _store(desk, _LARGE, _LARGE)
    assert await _indexes(desk) == _ALL


@pytest.mark.slow
async def test_a_large_store_without_them_gets_them_as_it_is_opened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LARGE", 1000)
    await desk.open()
    await _store(desk, 1, _LARGE)
    await desk.close()
    monkeypatch.setattr(database, "LARGE", _LARGE)
    await desk.open()
    assert await _indexes(desk) == _ALL
    await desk.open()
    assert await _indexes(desk) == _ALL, "which is no reason to make them again"


@pytest.mark.slow
async def test_a_file_whose_indexes_were_made_by_us_is_not_searched_for_damage(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def make_and_move(opened: AsyncEngine) -> None:
        await make(opened)
        async with opened.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # as SQLite does with many pages

    make, checked = engine.make_indexes, list[object]()
    monkeypatch.setattr(engine, "make_indexes", make_and_move)
    monkeypatch.setattr(database_file.DatabaseFile, "_see_that_it_is_whole", lambda self: checked.append(self))
    await sqlite_desk.open()
    await _store(sqlite_desk, 1, _LARGE)
    await _store(sqlite_desk, _LARGE + 1, _LARGE + 1)
    assert (await _indexes(sqlite_desk), checked) == (_ALL, [])


async def test_where_they_cannot_be_made_all_else_goes_on(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: AsyncEngine) -> None:
        raise DatabaseFailed("database or disk is full")

    monkeypatch.setattr(engine, "make_indexes", fail)
    await sqlite_desk.open()
    with caplog.at_level(logging.WARNING):
        await _store(sqlite_desk, 1, _LARGE + 2)
    assert caplog.messages == [
        f"store {sqlite_desk.place}: no indexes were made, so old records are sought slowly: database or disk is full"
    ]
    assert await sqlite_desk.rows("SELECT count(*) FROM cdr") == [(_LARGE + 2,)]
