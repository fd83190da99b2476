"""A database that fails, vanishes and comes back: the PBX goes on, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pbxsim.sinks.capacity import RECORDS
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.sinks.store import writer
from pbxsim.sinks.store.errors import StoreInUse, StoreUnreachable
from pbxsim.sinks.store.port import NotStored
from tests.databases import SERVERS
from tests.sinks.store.desk import PBX, Desk, cdr, delivery, entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.databases import Server


class Outage:
    """A database that can be taken away from its store, and given back."""

    def __init__(self, desk: Desk, server: Server | None) -> None:
        self._desk = desk
        self._server = server
        self._blocker: sqlite3.Connection | None = None

    def begin(self) -> None:
        """Kill the server; SQLite's file is held by somebody who writes."""
        if self._server is not None:
            self._server.kill()
            return
        assert self._desk.place.file is not None
        self._blocker = sqlite3.connect(self._desk.place.file, isolation_level=None)
        self._blocker.execute("BEGIN IMMEDIATE")

    def end(self) -> None:
        """Bring it back."""
        if self._server is not None and not self._server.is_running:
            self._server.start()
        if self._blocker is not None:
            self._blocker.close()
            self._blocker = None


@pytest.fixture
def outage(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Outage]:
    """Give the means to take the desk's database away; it is back in the end."""
    kind = desk.place.kind
    outage = Outage(desk, None if kind == "sqlite" else request.getfixturevalue(f"{kind}_server"))
    yield outage
    outage.end()


async def _until(fits: Callable[[], bool]) -> None:
    """Let the event loop turn until it is so."""
    async with asyncio.timeout(20):
        while not fits():
            await asyncio.get_running_loop().run_in_executor(None, os.sched_yield)


async def _until_it_writes(desk: Desk) -> None:
    """Wait until the store has caught up."""
    store = desk.store
    assert store is not None
    await _until(lambda: store.health.is_writing and not store.health.spilled and not store.health.waiting)


async def _until_lost(desk: Desk, rows: int) -> None:
    """Wait until the writer has nothing to take, and has counted so many rows as lost."""
    store = desk.store
    assert store is not None
    await _until(lambda: store.health.lost == rows and not store.buffer(PBX).has_something)


@pytest.mark.slow
async def test_what_comes_while_the_database_is_away_lasts_on_disk_and_is_written_later(
    desk: Desk, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    buffer = await desk.open()
    pending: list[int] = []
    buffer.on_lasting(lambda posted: pending.extend(one.id for one in posted))
    desk.tell(cdr(1))
    await buffer.settled()
    outage.begin()
    for number in range(2, 6):
        desk.tell(cdr(number), entry(number))
        buffer.post(delivery(number))
        await buffer.settled()
    assert pending == [2, 3, 4, 5]
    assert desk.store is not None
    health = desk.store.health
    assert (health.is_writing, health.lost, health.waiting) == (False, 0, 0)
    assert health.spilled >= 12
    assert health.error != ""
    with pytest.raises(NotStored):
        await buffer.pending("simotel", 0, 5)
    outage.end()
    await _until_it_writes(desk)
    assert desk.store.health.error == ""
    assert [one.id for one in await buffer.pending("simotel", 0, 10)] == [2, 3, 4, 5]
    saved, _ = await desk.load()
    assert saved.cdrs == tuple(cdr(number) for number in range(1, 6))
    assert saved.entries == tuple(entry(number) for number in range(2, 6))
    assert caplog.text.count("does not write") == 1
    assert caplog.text.count("writes again") == 1
    assert list(desk.spill.iterdir()) == []


@pytest.mark.slow
async def test_what_a_killed_process_left_on_disk_is_there_at_the_next_start(desk: Desk, outage: Outage) -> None:
    buffer = await desk.open()
    outage.begin()
    desk.tell(cdr(1), entry(1))
    buffer.post(delivery(1))
    await buffer.settled()
    await desk.close()  # to the database this is what a kill is: nothing of it has arrived
    assert len(list(desk.spill.iterdir())) == 1
    outage.end()
    saved, found = await desk.load()
    assert (saved.cdrs, saved.entries, found) == ((cdr(1),), (entry(1),), [delivery(1)])
    assert list(desk.spill.iterdir()) == []


@pytest.mark.slow
async def test_a_pbx_still_belongs_to_this_process_after_its_database_was_away(
    desk: Desk, outage: Outage, tmp_path: Path
) -> None:
    """A server lets go of what a connection had locked when it ends: the next connection must take it again."""
    buffer = await desk.open()
    await buffer.settled()
    outage.begin()
    desk.tell(cdr(1))
    await buffer.settled()
    outage.end()
    await _until_it_writes(desk)
    other = Desk(desk.url, tmp_path / "other spill")
    try:
        with pytest.raises(StoreInUse, match="another process"):
            await other.load()
        await desk.close()
        saved, _ = await other.load()
    finally:
        await other.close()
    assert saved.cdrs == (cdr(1),)


@pytest.mark.slow
async def test_a_reset_while_the_database_is_away_is_not_undone_by_what_came_before(desk: Desk, outage: Outage) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1))
    await buffer.settled()
    outage.begin()
    desk.tell(cdr(2))
    await buffer.settled()
    desk.begin_anew()
    desk.tell(cdr(1, src="again"))
    await buffer.settled()
    outage.end()
    await _until_it_writes(desk)
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(1, src="again"),)


@pytest.mark.slow
async def test_a_kill_between_the_replay_and_the_end_of_the_file_doubles_nothing(desk: Desk, outage: Outage) -> None:
    """The file that was replayed stays, as if the process had ended before it could be removed."""
    buffer = await desk.open()
    await buffer.settled()
    outage.begin()
    desk.tell(cdr(1))
    await buffer.settled()
    desk.begin_anew()  # what would remove the rows of the run after it, were it done twice
    desk.tell(cdr(1, src="again"))
    buffer.post(delivery(1))
    await buffer.settled()
    (file,) = desk.spill.iterdir()
    left = file.read_bytes()
    outage.end()
    await _until_it_writes(desk)
    desk.tell(cdr(2))
    await desk.close()
    assert not file.exists()
    file.write_bytes(left)
    saved, found = await desk.load()
    assert saved.cdrs == (cdr(1, src="again"), cdr(2))
    assert found == [delivery(1)]
    assert not file.exists()


@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
async def test_a_database_that_is_not_there_is_said_without_its_password(desk: Desk, outage: Outage) -> None:
    outage.begin()
    with pytest.raises(StoreUnreachable) as refused:
        await desk.load()
    assert desk.place.password not in str(refused.value)
    assert "***" in str(refused.value)


@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
async def test_a_wrong_password_is_refused_without_being_told(desk: Desk) -> None:
    desk.use(password="wr0ng-s3cret")
    with pytest.raises(StoreUnreachable) as refused:
        await desk.load()
    assert "wr0ng-s3cret" not in str(refused.value)


@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
async def test_an_address_that_its_driver_does_not_take_is_refused_in_words(desk: Desk) -> None:
    desk.use(query=(("sslmod", "require"),))
    with pytest.raises(StoreUnreachable, match=r"does not take what the address says: .*sslmod") as refused:
        await desk.load()
    assert desk.place.password not in str(refused.value)


@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
async def test_a_server_that_no_longer_answers_counts_as_gone(
    desk: Desk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = desk.place.kind
    monkeypatch.setattr(f"pbxsim.sinks.store.links.{'mysql' if kind == 'mariadb' else kind}._PATIENCE", 0.2)
    buffer = await desk.open()
    await buffer.settled()
    server: Server = request.getfixturevalue(f"{kind}_server")
    server.pause()
    try:
        desk.tell(cdr(1))
        async with asyncio.timeout(5):
            await buffer.settled()
        assert desk.store is not None
        assert "no answer" in desk.store.health.error
    finally:
        server.resume()
    await _until_it_writes(desk)
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(1),)


@contextmanager
def _disk_of(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes: to whoever writes, the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.slow
async def test_a_full_disk_holds_nothing_up_and_what_it_did_not_take_is_written_when_there_is_room(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.05)
    desk = sqlite_desk
    buffer = await desk.open()
    pending: list[int] = []
    buffer.on_lasting(lambda posted: pending.extend(one.id for one in posted))
    await buffer.settled()
    assert desk.store is not None
    with _disk_of(0):  # neither the database nor the spill
        for number in (1, 2):
            desk.tell(cdr(number))
            buffer.post(delivery(number))
            with pytest.raises(NotStored):
                await buffer.settled()
        health = desk.store.health
        assert (health.is_writing, health.waiting, health.lost) == (False, 4, 0)
        assert pending == []
    await _until_it_writes(desk)
    assert pending == [1, 2]
    saved, found = await desk.load()
    assert saved.cdrs == (cdr(1), cdr(2))
    assert found == [delivery(1), delivery(2)]
    assert "nor can records be put on disk" in caplog.text


@pytest.mark.slow
async def test_beyond_what_memory_may_keep_the_newest_are_lost_and_counted(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.05)
    monkeypatch.setattr(writer, "KEPT_ROWS", 3)
    desk = sqlite_desk
    buffer = await desk.open()
    await buffer.settled()
    with _disk_of(0):
        for number in range(1, 6):
            desk.tell(cdr(number))
            with pytest.raises(NotStored):
                await buffer.settled()
            await _until_lost(desk, max(0, number - 3))
    await _until_it_writes(desk)
    assert desk.store is not None
    assert desk.store.health.lost == 2
    assert caplog.text.count("1 rows are lost") == 2
    saved, _ = await desk.load()
    assert [one.id for one in saved.cdrs] == [1, 2, 3]


@pytest.mark.slow
async def test_a_file_that_somebody_deleted_is_made_anew_with_what_the_pbx_remembers(
    sqlite_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk = sqlite_desk
    buffer = await desk.open()
    office = desk.office
    assert office is not None
    first = office.call("101", "102")
    office.advance(1)
    office.handset.hang_up(office.directory.line("sip101"))
    office.finish()
    assert first.number
    waiting, done = delivery(1), delivery(2, state=DeliveryState.DELIVERED)
    buffer.on_lost(lambda: [waiting, done])
    buffer.post(waiting)
    buffer.post(done)
    await buffer.settled()
    (known,) = office.cdrs()
    assert desk.place.file is not None
    for ending in ("", "-wal", "-shm"):
        desk.place.file.with_name(desk.place.file.name + ending).unlink(missing_ok=True)
    desk.tell(cdr(7))
    await buffer.settled()
    await _until_it_writes(desk)
    saved, found = await desk.load()
    assert saved.cdrs == (known, cdr(7))
    assert found == [waiting, done]
    assert await desk.rows("SELECT count(*) FROM extensions") == [(2,)]
    assert "vanished" in caplog.text


@pytest.mark.slow
async def test_what_is_in_memory_beside_the_newest_is_put_in_a_file_that_is_made_anew_too(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    buffer = await desk.open()
    assert desk.office is not None
    desk.tell(*(cdr(number) for number in range(1, RECORDS + 1)))
    await buffer.settled()
    assert desk.place.file is not None
    for ending in ("", "-wal", "-shm"):
        desk.place.file.with_name(desk.place.file.name + ending).unlink(missing_ok=True)
    desk.tell(cdr(RECORDS + 1), cdr(RECORDS + 2))
    await buffer.settled()
    await _until_it_writes(desk)
    await buffer.settled()
    assert await desk.rows("SELECT count(*), min(id), max(id) FROM cdr") == [(RECORDS + 2, 1, RECORDS + 2)]


@pytest.mark.slow
async def test_whoever_is_told_of_a_delivery_and_fails_holds_nothing_up(
    sqlite_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    buffer = await sqlite_desk.open()

    def fail(_: object) -> None:
        raise ValueError("no")

    buffer.on_lasting(fail)
    buffer.post(delivery(1))
    await buffer.settled()
    buffer.post(delivery(2))
    await buffer.settled()
    assert "who was told of stored deliveries of office failed" in caplog.text
    _, found = await sqlite_desk.load()
    assert len(found) == 2


async def test_a_folder_in_which_no_file_can_be_made_is_refused_at_once(tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path / 'missing' / 'store.sqlite3'}", tmp_path / "spill")
    with pytest.raises(StoreUnreachable, match="No such file or directory"):
        await desk.load()


async def test_a_file_that_is_no_database_is_refused_and_left_alone(sqlite_desk: Desk) -> None:
    assert sqlite_desk.place.file is not None
    sqlite_desk.place.file.write_bytes(b"a letter to grandmother, which is longer than a header" * 100)
    with pytest.raises(StoreUnreachable, match="not a database"):
        await sqlite_desk.load()
    assert sqlite_desk.place.file.read_bytes().startswith(b"a letter to grandmother")


@pytest.mark.slow
async def test_the_spill_of_another_release_is_refused_and_left_alone(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = await sqlite_desk.open()
    await buffer.settled()
    assert sqlite_desk.place.file is not None
    blocker = sqlite3.connect(sqlite_desk.place.file, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    desk = sqlite_desk
    desk.tell(cdr(1))
    await buffer.settled()
    await desk.close()
    blocker.close()
    with monkeypatch.context() as other_release:
        other_release.setattr("pbxsim.sinks.store.spill._LAYOUT", "other")
        with pytest.raises(StoreUnreachable, match="another release"):
            await desk.load()
        await desk.close()
    saved, _ = await desk.load()
    assert saved.cdrs == (cdr(1),)
