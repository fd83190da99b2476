"""Opening a store: one process at a time, and a fresh file without waiting."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.saved import Saved
from pbxsim.sinks.store.errors import StoreInUse
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store, is_fresh
from pbxsim.testing.office import Office, extension
from tests.databases import SERVERS
from tests.sinks.store.desk import PBX, Desk, cdr, delivery

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.sinks.store.port import Recorded

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


@pytest.mark.slow
async def test_two_processes_cannot_serve_one_pbx_from_one_store_until_one_is_killed(
    desk: Desk, database_url: str
) -> None:
    command = [sys.executable, "-c", _OTHER, database_url, str(desk.spill)]
    other = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert await other.stdout.readline() == b"has it\n"
        with pytest.raises(StoreInUse, match="another process") as refused:
            await desk.load()
        assert desk.place.password == "" or desk.place.password not in str(refused.value)
        await desk.close()
    finally:
        other.kill()
        await other.communicate()
    assert await desk.load() == (Saved(), [])


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3, 4, 17, 64, 150])
async def test_a_batch_of_any_size_is_taken_at_once(desk: Desk, count: int) -> None:
    buffer = await desk.open()
    await buffer.settled()
    assert desk.store is not None
    before = desk.store.health.flushes
    desk.tell(*(cdr(number) for number in range(1, count + 1)))
    await buffer.settled()
    assert (desk.store.health.flushes, desk.store.health.rows_retried) == (before + 1, 0)
    assert await desk.rows("SELECT id FROM cdr ORDER BY id") == [(number,) for number in range(1, count + 1)]


@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
async def test_two_pbxs_of_one_server_may_be_served_by_two_processes(desk: Desk) -> None:
    await desk.load()
    other = await Store.open(desk.place, StoreSettings(spill=desk.spill))
    await other.load("another")
    await other.close()


@pytest.mark.slow
def test_nothing_that_a_start_imports_is_heavy() -> None:
    code = (
        "import sys; import pbxsim.sinks.store.store, pbxsim.sinks.store.location, pbxsim.sinks.store.location;"
        "print([m for m in ('sqlalchemy', 'aiosqlite', 'asyncpg', 'aiomysql') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


async def test_a_fresh_file_is_open_at_once_and_connected_when_somebody_asks(sqlite_desk: Desk) -> None:
    buffer = await sqlite_desk.open()
    assert sqlite_desk.place.file is not None
    assert sqlite_desk.place.file.stat().st_size == 0
    await buffer.settled()
    assert sqlite_desk.place.file.stat().st_size > 0


async def test_a_file_is_fresh_until_something_is_in_it(tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "spill")
    settings = StoreSettings(spill=desk.spill)
    assert is_fresh(desk.place, settings)
    await desk.load()
    await desk.close()
    assert is_fresh(desk.place, settings)  # nothing was ever put there
    buffer = await desk.open()
    await buffer.settled()
    assert not is_fresh(desk.place, settings)
    await desk.close()


async def test_what_a_killed_process_left_on_disk_makes_a_missing_file_less_than_fresh(tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "spill")
    desk.spill.mkdir()
    (desk.spill / f"{desk.place.digest}-office.spill").write_bytes(b"")
    assert not is_fresh(desk.place, StoreSettings(spill=desk.spill))


@pytest.mark.slow
async def test_records_of_the_pbx_file_and_openings_are_put_down_with_the_first_start(desk: Desk) -> None:
    office = Office(extension("101"))
    office.archive = type(office.archive)([cdr(10_000)])
    office.pbx.cdrs = office.archive
    await desk.open(office)
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(10_000),)


async def test_closing_writes_what_is_still_in_the_buffer(desk: Desk) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1))
    buffer.post(delivery(1))
    await desk.close()
    assert await desk.rows("SELECT count(*) FROM cdr") == [(1,)]


async def test_what_is_done_between_two_turns_of_the_loop_is_one_transaction(sqlite_desk: Desk) -> None:
    buffer = await sqlite_desk.open()
    await buffer.settled()
    store = sqlite_desk.store
    assert store is not None
    before = store.health.flushes
    sqlite_desk.tell(cdr(1), cdr(2))
    buffer.post(delivery(1))
    assert store.health.waiting == 3
    await buffer.settled()
    assert (store.health.flushes, store.health.waiting) == (before + 1, 0)


async def test_the_first_row_after_a_pause_is_written_at_once_and_those_behind_it_together(tmp_path: Path) -> None:
    settings = StoreSettings(spill=tmp_path / "spill", flush_ms=60_000)
    store = await Store.open(StorePlace.of_file(tmp_path / "office"), settings)
    await store.load(PBX)
    buffer, first = store.buffer(PBX), asyncio.Event()
    buffer.on_lasting(lambda _: first.set())
    buffer.post(delivery(1))
    async with asyncio.timeout(20):  # nobody waits for it but we
        await first.wait()
    written = store.health.flushes
    buffer.post(delivery(2))
    buffer.post(delivery(3))
    assert await asyncio.to_thread(is_fresh, store.place, settings) is False  # which takes as long as a write may take
    assert (store.health.flushes, store.health.waiting) == (written, 2)
    await buffer.settled()
    assert (store.health.flushes, store.health.waiting) == (written + 1, 0)
    await store.close()


async def test_a_scratch_store_goes_with_its_run(tmp_path: Path) -> None:
    place = StorePlace.of_file(tmp_path / "run-1-1.sqlite3", is_scratch=True)
    store = await Store.open(place, StoreSettings(spill=tmp_path / "spill"))
    assert await store.load(PBX) == (Saved(), [])
    buffer = store.buffer(PBX)
    buffer.attach(Office(extension("101")).pbx)
    await buffer.settled()
    assert (tmp_path / "run-1-1.sqlite3").stat().st_size > 0
    await store.close()
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 - a look at a folder of ours


@pytest.mark.slow
async def test_what_a_scratch_store_left_on_disk_goes_too(tmp_path: Path) -> None:
    place = StorePlace.of_file(tmp_path / "run-1-1.sqlite3", is_scratch=True)
    store = await Store.open(place, StoreSettings(spill=tmp_path))
    await store.load(PBX)
    buffer = store.buffer(PBX)
    buffer.attach(Office(extension("101")).pbx)
    await buffer.settled()
    with closing(sqlite3.connect(place.file or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        buffer.post(delivery(1))
        await buffer.settled()
        assert [*tmp_path.glob("*.spill")]  # noqa: ASYNC240 - as above
        await store.close()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".spill"] == []  # noqa: ASYNC240 - as above


@pytest.mark.slow
@pytest.mark.parametrize("synchronous", ["off", "normal", "full"])
async def test_how_safely_is_a_setting(desk: Desk, synchronous: str) -> None:
    buffer = await desk.open(synchronous=synchronous)
    desk.tell(cdr(1))
    await buffer.settled()
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(1),)


@pytest.mark.slow
async def test_no_record_lasts_before_its_recording(sqlite_desk: Desk) -> None:
    await sqlite_desk.open()
    store, office = sqlite_desk.store, sqlite_desk.office
    assert store is not None
    assert office is not None
    is_there, pending = asyncio.Event(), list[int]()
    buffer = store.buffer(PBX)
    await buffer.settled()
    buffer.attach(office.pbx, _returns_when(is_there))
    buffer.on_lasting(lambda lasting: pending.extend(each.id for each in lasting))
    sqlite_desk.tell(cdr(1, recording_folder="/rec", recording_file="a.wav"))
    buffer.post(delivery(1))
    lasting = asyncio.ensure_future(buffer.settled())
    await asyncio.wait([lasting], timeout=0.2)
    assert (lasting.done(), pending, await sqlite_desk.rows("SELECT id FROM cdr")) == (False, [], [])
    is_there.set()
    await lasting
    assert (pending, await sqlite_desk.rows("SELECT id FROM cdr")) == ([1], [(1,)])


async def test_a_record_without_a_recording_waits_for_none(sqlite_desk: Desk) -> None:
    await sqlite_desk.open()
    assert sqlite_desk.store is not None
    assert sqlite_desk.office is not None
    buffer = sqlite_desk.store.buffer(PBX)
    buffer.attach(sqlite_desk.office.pbx, _returns_when(asyncio.Event()))
    sqlite_desk.tell(cdr(1))
    await asyncio.wait_for(buffer.settled(), 5)


def _returns_when(event: asyncio.Event) -> Recorded:
    async def wait() -> None:
        await event.wait()

    return wait


async def test_it_is_told_once_when_the_library_is_there(tmp_path: Path) -> None:
    place, told = StorePlace.of_file(tmp_path / "kept.sqlite3"), list[str]()
    store = await Store.open(place, StoreSettings(spill=tmp_path), lambda: told.append("here"))
    assert told == []
    await store.load(PBX)
    store.buffer(PBX).attach(Office(extension("101")).pbx)
    await store.settled()
    assert told == ["here"]
    await store.close()
    store = await Store.open(place, StoreSettings(spill=tmp_path), lambda: told.append("again"))
    assert told == ["here", "again"]
    await store.close()
