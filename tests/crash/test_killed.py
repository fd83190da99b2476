"""`kill -9` at 200 random moments under load: nothing that was told of is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from pbxsim.pbx.cdr import RecordStyle
from pbxsim.pbx.dice import draw, stream
from tests.crash.kept import Kept, read_postgresql, read_sqlite
from tests.crash.load import PBX, Told, drain, press
from tests.crash.nursery import Nursery
from tests.receivers import WebReceiver, closing_mid_reply, reply, slow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import Server
    from tests.receivers import Heard

pytestmark = pytest.mark.slow  # nearly every one starts processes

KILLS: Final = 100  # in each record style
KILLS_WITHOUT_A_DATABASE: Final = 15
_LONGEST_LIFE: Final = 0.25  # seconds of the world's time under load before the kill
_FAST: Final = "200"  # seconds of the PBX in one of the world


async def _lives_and_dies(nursery: Nursery, database: str, file: Path, receiver: WebReceiver, kills: int) -> Told:
    """Start, load and kill servers, one after the other, on one store; the last one is let finish its work."""
    told, chance = Told(), stream(1, database.partition(":")[0], 0)
    for turn in range(kills):
        is_held = draw(chance, 3 * turn) < 0.5
        receiver.usual = _BEHAVIOURS[int(draw(chance, 3 * turn + 1) * len(_BEHAVIOURS))]
        child = await nursery.server(*_arguments(file, database, "paused" if is_held else _FAST))
        life = draw(chance, 3 * turn + 2) * _LONGEST_LIFE
        asyncio.get_running_loop().call_later(life, child.kill)
        await press(child, told, is_held=is_held)
    receiver.usual = reply()
    child = await nursery.server(*_arguments(file, database, "paused"))
    await drain(child)
    child.kill()
    return told


_BEHAVIOURS: Final = (reply(), reply(), reply(500), closing_mid_reply(), slow(0.05, reply()))


def _arguments(file: Path, database: str, clock: str) -> tuple[str, ...]:
    return str(file), "--port", "0", "--clock", clock, "--db", database, "--start-at", "2026-06-01T08:00:00Z"


@pytest.mark.parametrize("style", RecordStyle)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_that_was_told_of_is_lost_or_doubled(
    kind: str, style: RecordStyle, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = str(tmp_path / "crash.sqlite3") if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    receiver, nursery = await WebReceiver.started(), await Nursery.opened()
    file = tmp_path / "crash.yaml"
    file.write_text(PBX.format(receiver=receiver.url) + f"cdr: {{style: {style.value}}}\n", encoding="utf-8")
    try:
        told = await _lives_and_dies(nursery, database, file, receiver, KILLS)
    finally:
        await nursery.close()
        await receiver.go_down()
    kept = await (read_sqlite(database) if kind == "sqlite" else read_postgresql(database))
    assert told.calls > KILLS
    assert len(told.by_advance) > KILLS / 4
    _check_records(kept, told, receiver.heard)
    _check_charges(kept, receiver.heard)
    _check_outbox(kept, receiver.heard)


async def _die_without_a_database(nursery: Nursery, server: Server, arguments: tuple[str, ...], told: Told) -> None:
    """Have the database go away under load, kill the server meanwhile, and the next one while it writes what was left.

    The last one is let finish its work.
    """
    loop, chance = asyncio.get_running_loop(), stream(1, "away", 0)
    for turn in range(KILLS_WITHOUT_A_DATABASE):
        child = await nursery.server(*arguments)
        gone = draw(chance, 3 * turn) * _LONGEST_LIFE
        loop.call_later(gone, server.kill)
        loop.call_later(gone + draw(chance, 3 * turn + 1) * 2 * _LONGEST_LIFE, child.kill)
        await press(child, told, is_held=True)
        if server.is_running:
            server.kill()
        server.start()
        writing = await nursery.begun(*arguments)
        moment: asyncio.Future[None] = loop.create_future()
        loop.call_later(draw(chance, 3 * turn + 2) * _LONGEST_LIFE / 2, moment.set_result, None)
        await moment
        os.kill(writing, signal.SIGKILL)
    child = await nursery.server(*arguments)
    await drain(child)
    child.kill()


async def test_nothing_is_lost_or_doubled_where_the_database_goes_away_first(
    tmp_path: Path, postgresql_server: Server
) -> None:
    database, spill = postgresql_server.new_database(), tmp_path / "spill"
    receiver, nursery, told = await WebReceiver.started(), await Nursery.opened(), Told()
    file = tmp_path / "crash.yaml"
    file.write_text(PBX.format(receiver=receiver.url), encoding="utf-8")
    arguments = (*_arguments(file, database, "paused"), "--db-spill", str(spill))
    try:
        await _die_without_a_database(nursery, postgresql_server, arguments, told)
    finally:
        await nursery.close()
        await receiver.go_down()
    kept = await read_postgresql(database)
    assert len(told.by_advance) > KILLS_WITHOUT_A_DATABASE
    assert spill.exists(), "none of it was ever put there"
    assert [*spill.iterdir()] == []
    _check_records(kept, told, receiver.heard)
    _check_charges(kept, receiver.heard)
    _check_outbox(kept, receiver.heard)


def _check_records(kept: Kept, told: Told, heard: list[Heard]) -> None:
    """See that each record that an `advance` or a webhook told of is stored, once, and that each was told of."""
    stored = [record.uniqueid for record in kept.records]
    assert len(set(stored)) == len(stored), "a record is there twice"
    assert {(record.id, record.uniqueid) for record in kept.records} >= told.by_advance
    by_webhook = {msgspec.json.decode(each.body)["unique_id"] for each in heard if each.target == "/events"}
    assert by_webhook == set(stored), "a record was told of and is not stored, or is stored and was never told of"


def _check_charges(kept: Kept, heard: list[Heard]) -> None:
    """See that both legs of each paid call are charged once, that the sums are right, and that each was told of."""
    paid = {record.call for record in kept.records if record.vendor == "duocom"}
    legs = [(entry.call, entry.number) for entry in kept.charges]
    assert len(set(legs)) == len(legs), "a leg was charged twice"
    assert {call for call, _ in legs} == paid
    assert len(legs) == 2 * len(paid)
    balances = [entry.balance for entry in kept.entries]
    assert [entry.id for entry in kept.entries] == sorted({entry.id for entry in kept.entries})
    assert balances[0] == kept.entries[0].amount == 100_000_000_000
    assert balances[-1] == sum(entry.amount for entry in kept.entries)
    assert all(
        before + entry.amount == entry.balance for before, entry in zip(balances, kept.entries[1:], strict=False)
    )
    asked = [parse_qs(urlsplit(each.target).query) for each in heard if each.target.startswith("/charged")]
    told = {(query["ref"][0], query["to"][0], query["cost"][0]) for query in asked}
    assert told == {(entry.reference, entry.number, f"{entry.cost / 1e6:.4f}") for entry in kept.charges}


def _check_outbox(kept: Kept, heard: list[Heard]) -> None:
    """See that each notice has one entry, that all arrived, in order, and that a number always means the same one."""
    contents: dict[int, tuple[str, bytes]] = {}
    for each in heard:
        assert contents.setdefault(each.delivery, (each.target, each.body)) == (each.target, each.body)
    assert len(set(contents.values())) == len(contents), "one notice has two numbers"
    assert sorted(contents) == [notice.id for notice in kept.notices]
    assert {notice.state for notice in kept.notices} == {"delivered"}
    for path in ("/events", "/charged"):
        first = list(dict.fromkeys(each.delivery for each in heard if each.target.startswith(path)))
        assert first == sorted(first), "a receiver heard of things in another order than they happened"
