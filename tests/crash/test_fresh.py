"""`kill -9` on fresh files while readers ask all the time: only what was new is gone afterwards."""

from __future__ import annotations

import asyncio
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Final

import aiohttp
import msgspec
import pytest

from pbxsim.pbx.dice import draw, stream
from tests.crash.load import PBX, Told, press
from tests.crash.nursery import Nursery
from tests.crash.reading import Shown, lists, read_on
from tests.receivers import WebReceiver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow  # each kill starts two servers

KILLS: Final = int(os.environ.get("PBXSIM_FRESH_KILLS", "5"))
"""How many; more by hand, as in BENCHMARKS.md."""

_MOST_LOOKS: Final = 10  # of the readers before the kill: the database is open after the first few
_LONGEST_WAIT: Final = (
    1.0  # seconds of the world's time between the last of these and the kill: many times that of a write
)
_LEAN: Final = ("pbxsim.app", "pbxsim.web.control.routes")
"""What a server has imported when it is forked: not the database's library, whose import it begins with."""


class Came(msgspec.Struct):
    """What came of the kills: lines that were shown, records that webhooks told of, and which of both were gone.

    `out_of_order`: gone though a later record is kept. `oldest_gone`: for how many seconds at most a gone line had been
    shown.
    """

    shown: int = 0
    told: int = 0
    gone: int = 0
    told_and_gone: int = 0
    out_of_order: int = 0
    oldest_gone: float = 0.0

    def add(self, shown: Shown, told: set[str], kept: set[tuple[str, str]], killed_at: float) -> None:
        """Add one kill; `told` are the calls that webhooks named."""
        gone = shown.first.keys() - kept
        records = sorted(line for name, line in kept if name == "cdrs")
        self.shown += len(shown.first)
        self.gone += len(gone)
        self.told += len(told)
        self.told_and_gone += len(told - {line.split()[1] for line in records})
        self.out_of_order += sum(line < records[-1] for name, line in gone if name == "cdrs" and records)
        self.oldest_gone = max([self.oldest_gone, *(killed_at - shown.first[line] for line in gone)])


def _told(receiver: WebReceiver, path: str) -> list[bytes]:
    """Give what webhooks have told at a path."""
    return [each.body for each in receiver.heard if each.target == path]


async def _killed(
    nursery: Nursery, events: Callable[[], list[bytes]], arguments: tuple[str, ...], looks: int, wait: float, came: Came
) -> None:
    """Start a server on a fresh file, kill it under load and readers' eyes; see what the next one shows."""
    shown, killed_at = Shown(), [0.0]
    child = await nursery.server(*arguments)

    def kill() -> None:
        child.kill()
        killed_at[0] = time.perf_counter()

    def enough() -> None:
        asyncio.get_running_loop().call_later(wait, kill)

    await asyncio.gather(press(child, Told(), is_held=False), read_on(child, shown, looks, enough))
    told = {msgspec.json.decode(event)["unique_id"] for event in events()}
    after = await nursery.server(*arguments)
    async with aiohttp.ClientSession() as session:
        came.add(shown, told, await lists(session, after), killed_at[0])
    after.kill()


async def test_a_kill_on_a_fresh_file_takes_back_only_what_readers_had_just_been_shown(tmp_path: Path) -> None:
    receiver, nursery = await WebReceiver.started(), await Nursery.opened(*_LEAN)
    came, chance = Came(), stream(1, "fresh", 0)
    start = ("--start-at", "2026-06-01T08:00:00Z")
    try:
        for turn in range(KILLS):
            # A path for each turn: what the server of the one before had still on its way is none of this one's.
            path, file = f"/{turn}", tmp_path / f"crash-{turn}.yaml"
            file.write_text(PBX.format(receiver=receiver.url + path), encoding="utf-8")
            events = partial(_told, receiver, f"{path}/events")
            arguments = (str(file), "--port", "0", "--clock", "200", "--db", str(tmp_path / f"{turn}.sqlite3"), *start)
            looks, wait = 1 + int(draw(chance, 2 * turn) * _MOST_LOOKS), draw(chance, 2 * turn + 1) * _LONGEST_WAIT
            await _killed(nursery, events, arguments, looks, wait, came)
    finally:
        await nursery.close()
        await receiver.go_down()
    print(f"\n{KILLS} kills: {came}")
    assert came.shown > KILLS, "hardly anything was shown"
    assert came.told > 0, "no webhook told of anything"
    assert came.told_and_gone == 0
    assert came.out_of_order == 0
    assert came.gone <= came.shown / 4, "more is gone than the records of a moment"
