"""Readers of a server that is about to be killed, and what they were shown."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec

from tests.crash.load import ENDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crash.nursery import Child

_ALL: Final = {"from": "1971-01-01 00:00", "to": "2100-01-01 00:00"}
_REPORT: Final = {"date_range": _ALL, "alike": True, "conditions": {}, "pagination": {"start": 0, "count": 10_000}}
_CONSUMPTION: Final = "/cgi-bin/oficinaweb/api_consumos?principal=666111666&pass=pw&finicio=01-06-2026"


class Shown(msgspec.Struct):
    """What readers saw, each with the world's time at which it came first: a list's name and a line of it."""

    first: dict[tuple[str, str], float] = msgspec.field(default_factory=dict)

    def add(self, lines: set[tuple[str, str]]) -> None:
        """Note what a reader sees now."""
        now = time.perf_counter()
        for line in lines - self.first.keys():
            self.first[line] = now


async def read_on(child: Child, shown: Shown, looks: int, enough: Callable[[], object]) -> None:
    """Read all lists again and again until the server is gone; say when that was done so many times."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        with suppress(*ENDING):
            for look in count(1):
                shown.add(await lists(session, child))
                if look == looks:
                    enough()


async def lists(session: aiohttp.ClientSession, child: Child) -> set[tuple[str, str]]:
    """Read the control API's records and the vendors' own lists; each line with its list's name."""
    async with session.get(f"{child.url}/_pbxsim/cdrs?limit=10000") as reply:
        lines = {("cdrs", _spelt(cdr)) for cdr in await reply.json()}
    report = f"{child.url}/api/v4/reports/cdr/search"
    async with session.post(report, headers={"X-APIKEY": "k"}, json=_REPORT) as reply:
        rows = json.loads(await reply.read())
        assert rows["success"] == 1, rows
        lines |= {("simotel", json.dumps(row, sort_keys=True)) for row in rows["data"]["data"]}
    async with session.get(child.url + _CONSUMPTION) as reply:
        _, *legs = (await reply.text()).splitlines()
        return lines | {("duocom", leg) for leg in legs}


def _spelt(cdr: dict[str, Any]) -> str:
    """Spell a record so that it sorts by its id."""
    return f"{cdr['id']:09d} {cdr['uniqueid']} {cdr['end']}"
