"""A turn of the writer that fails, for whatever reason: its rows are put aside, and it recovers by itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.sinks.store.desk import Desk, cdr, delivery, entry

if TYPE_CHECKING:
    from pathlib import Path

_BEFORE_IT_CONNECTS = """
import asyncio, sys
from pathlib import Path
from pbxsim.sinks.store import writer
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store
from tests.sinks.store.desk import cdr, delivery
from pbxsim.pbx.events import CdrClosed
from pbxsim.testing.office import Office, extension

async def main():
    store = await Store.open(StorePlace.parse(sys.argv[1]), StoreSettings(spill=Path(sys.argv[2])))
    await store.load("office")
    buffer, office = store.buffer("office"), Office(extension("101"), extension("102"))
    buffer.on_lasting(lambda posted: print("lasts", store.health.flushes, store.health.is_writing, flush=True))
    buffer.attach(office.pbx)
    office.pbx.events.emit(CdrClosed(cdr(1)))
    buffer.post(delivery(1))
    await asyncio.Event().wait()

writer.FIRST_CONNECTION = 1000
asyncio.run(main())
"""

_WITHOUT_DESCRIPTORS = """
import asyncio, os, resource, sys
from pathlib import Path
from pbxsim.sinks.store import writer
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.port import NotStored
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store
from pbxsim.testing.office import Office, extension

async def main():
    store = await Store.open(StorePlace.parse(sys.argv[1]), StoreSettings(spill=Path(sys.argv[2])))
    await store.load("office")
    assert "sqlalchemy" not in sys.modules
    buffer = store.buffer("office")
    if sys.argv[3] == "with threads":
        await asyncio.to_thread(int)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    buffer.attach(Office(extension("101"), extension("102")).pbx)
    waiting = store.health.waiting
    try:
        await buffer.settled()
    except NotStored:
        print("told", flush=True)
    health = store.health
    print(health.is_writing, waiting - health.waiting, health.lost, "Too many open files" in health.error, flush=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    while not store.health.is_writing or store.health.waiting:
        await asyncio.get_running_loop().run_in_executor(None, os.sched_yield)
    print(store.health.written >= waiting > 0, repr(store.health.error), flush=True)
    await store.close()

writer.PATIENCE = 0.1
asyncio.run(main())
"""


async def _until_it_writes(desk: Desk, *, is_writing: bool = True) -> None:
    store = desk.store
    assert store is not None
    async with asyncio.timeout(20):
        while store.health.is_writing != is_writing:
            await asyncio.get_running_loop().run_in_executor(None, os.sched_yield)


@pytest.mark.slow
@pytest.mark.parametrize("still", ["with threads", "without"])
async def test_without_descriptors_even_for_an_import_nothing_is_lost_and_the_store_recovers(
    still: str, tmp_path: Path
) -> None:
    desk = Desk(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "spill")
    command = [sys.executable, "-c", _WITHOUT_DESCRIPTORS, desk.url, str(desk.spill), still]
    done = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    async with asyncio.timeout(60):
        out, err = await done.communicate()
    assert out.decode().splitlines() == ["told", "False 0 0 True", "True ''"], err.decode()
    assert await desk.rows("SELECT id FROM extensions ORDER BY id") == [(101,), (102,)]


@pytest.mark.slow
async def test_what_a_fresh_store_is_given_before_it_connects_outlives_a_kill(tmp_path: Path) -> None:
    """To import what connects takes seconds on a slow machine, and records are shown to readers meanwhile."""
    desk = Desk(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "spill")
    command = [sys.executable, "-c", _BEFORE_IT_CONNECTS, desk.url, str(desk.spill)]
    other = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        async with asyncio.timeout(20):
            assert await other.stdout.readline() == b"lasts 0 True\n"
    finally:
        other.kill()
        await other.communicate()
    saved, found = await desk.load()
    await desk.close()
    assert (saved.cdrs, found) == ((cdr(1),), [delivery(1)])
    assert list(desk.spill.iterdir()) == []


@pytest.mark.slow
async def test_rows_of_a_turn_that_failed_are_kept_and_written_by_themselves(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """What a store waits for before it writes may fail in ways that it knows nothing of."""
    buffer = await desk.open()
    await buffer.settled()
    fails = [True]

    async def recorded() -> None:
        if fails.pop():
            raise RuntimeError("can't start new thread")

    assert desk.office is not None
    assert desk.store is not None
    buffer.attach(desk.office.pbx, recorded)
    desk.tell(cdr(1, recording_file="a.wav"), entry(1))
    async with asyncio.timeout(20):
        await buffer.settled()
    health = desk.store.health
    assert (health.is_writing, health.lost) == (False, 0)
    assert health.spilled + health.waiting >= 2
    assert "new thread" in health.error
    await _until_it_writes(desk)
    assert (desk.store.health.spilled, desk.store.health.waiting, desk.store.health.error) == (0, 0, "")
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(1, recording_file="a.wav"),)
    assert saved.entries == (entry(1),)
    assert caplog.text.count("a turn of the writer failed") == 1


@pytest.mark.slow
async def test_a_turn_that_failed_with_nothing_in_it_does_not_leave_the_store_ill(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tries again with nothing to write: somebody who asks how it is must not wait for the next record."""
    buffer = await desk.open()
    await buffer.settled()
    assert desk.store is not None

    def fail() -> None:
        raise RuntimeError("not now")

    with monkeypatch.context() as broken:
        broken.setattr(type(buffer), "lasts", lambda _self, _batch: fail())
        desk.tell(cdr(1))
        await _until_it_writes(desk, is_writing=False)
    await _until_it_writes(desk)
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(1),)
