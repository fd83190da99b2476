"""The file of an SQLite store: nobody else gets it, by whatever name, and damage is noticed while it runs."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import pytest

from pbxsim.sinks.store.errors import StoreInUse
from tests.sinks.store.desk import Desk, cdr

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from pbxsim.sinks.store.health import StoreHealth

_OTHER = """
import asyncio, sys
from pathlib import Path
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store

async def main():
    store = await Store.open(StorePlace.parse(sys.argv[1]), StoreSettings(spill=Path(sys.argv[2])))
    await store.load("office")
    print("has it", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def _served_by_another(desk: Desk) -> AsyncIterator[None]:
    """Have another process serve the PBX from the desk's store, until it is killed."""
    command = [sys.executable, "-c", _OTHER, desk.url, str(desk.spill)]
    other = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert await other.stdout.readline() == b"has it\n"
        yield
    finally:
        other.kill()
        await other.communicate()


def _file(desk: Desk) -> Path:
    assert desk.place.file is not None
    return desk.place.file


def _health(desk: Desk) -> StoreHealth:
    assert desk.store is not None
    return desk.store.health


async def _until(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not fits():
            await asyncio.get_running_loop().run_in_executor(None, os.sched_yield)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has locks of an open file description")
@pytest.mark.parametrize("is_fresh", [True, False])
async def test_a_second_server_is_refused_where_the_lock_beside_the_file_was_removed(
    sqlite_desk: Desk, *, is_fresh: bool
) -> None:
    if not is_fresh:
        await sqlite_desk.prepare()
    async with _served_by_another(sqlite_desk):
        os.unlink(f"{_file(sqlite_desk)}.lock")  # noqa: PTH108 - a file of ours
        with pytest.raises(StoreInUse, match="another process"):
            await sqlite_desk.load()
    await sqlite_desk.load()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="as above")
@pytest.mark.parametrize("is_fresh", [True, False])
async def test_a_second_server_is_refused_where_it_names_the_store_by_a_hard_link(
    sqlite_desk: Desk, tmp_path: Path, *, is_fresh: bool
) -> None:
    if not is_fresh:
        await sqlite_desk.prepare()
    linked = Desk(f"sqlite:///{tmp_path / 'linked.sqlite3'}", tmp_path / "spill")
    async with _served_by_another(sqlite_desk):
        os.link(_file(sqlite_desk), _file(linked))
        with pytest.raises(StoreInUse, match="by another name"):
            await linked.load()
    await linked.load()
    await linked.close()


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _cut_to_nothing(file: Path) -> None:
    os.truncate(file, 0)


def _overwrite(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"what is this doing here " * 1000)


_DAMAGES = pytest.mark.parametrize("damage", [_cut, _cut_to_nothing, _overwrite])


async def _with_records(desk: Desk) -> bytes:
    """Open a store with records that all lie in the file itself; give the file as it is."""
    buffer = await desk.open()
    desk.tell(*(cdr(number) for number in range(1, 500)))
    await buffer.settled()
    with closing(sqlite3.connect(_file(desk))) as other:
        assert other.execute("PRAGMA wal_checkpoint(FULL)").fetchone()[0] == 0
    desk.tell(cdr(500))
    await buffer.settled()
    assert (_health(desk).is_writing, _health(desk).spilled) == (True, 0), "a checkpoint by others is no damage"
    assert _file(desk).stat().st_size > 40_000
    return _file(desk).read_bytes()


@pytest.mark.slow
@_DAMAGES
async def test_a_file_that_is_damaged_while_it_runs_is_noticed_and_records_go_to_the_spill(
    sqlite_desk: Desk, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    desk = sqlite_desk
    await _with_records(desk)
    damage(_file(desk))
    desk.tell(cdr(501))
    assert desk.store is not None
    await desk.store.settled()
    assert "damaged" in caplog.text
    assert desk.store.health.lost == 0
    assert [*desk.spill.glob("*.spill")]
    assert not desk.store.health.is_writing


@pytest.mark.slow
@_DAMAGES
async def test_damage_is_noticed_with_nothing_to_write_as_soon_as_somebody_asks(
    sqlite_desk: Desk, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    await _with_records(sqlite_desk)
    damage(_file(sqlite_desk))
    await _until(lambda: not _health(sqlite_desk).is_writing)
    assert "damaged" in caplog.text


async def test_what_others_change_and_leave_whole_is_no_damage(
    sqlite_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk = sqlite_desk
    await _with_records(desk)
    with closing(sqlite3.connect(_file(desk), isolation_level=None)) as other:
        other.execute("DELETE FROM cdr WHERE id < 400")
        other.execute("VACUUM")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.utime(_file(desk))
    desk.tell(cdr(501))
    assert desk.store is not None
    await desk.store.settled()
    assert (_health(desk).is_writing, _health(desk).spilled) == (True, 0)
    assert caplog.text == ""
    assert await desk.rows("SELECT count(*) FROM cdr") == [(102,)]
