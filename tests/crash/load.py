"""Load on a server that is about to be killed, and what it told before: by webhook, and by what `advance` promised."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import aiohttp
import msgspec

if TYPE_CHECKING:
    from tests.crash.nursery import Child

PBX: Final = """\
name: crash
tariffs:
  - {{name: t, rates: [{{prefix: "", per_minute: 0.6}}, {{prefix: "7", per_minute: 1.25, connection: 0.01}}]}}
accounts:
  - {{name: payer, credit: 100000, currency: EUR, tariff: t}}
extensions:
  - {{internal: "100", user: sip100, calls: 10000}}
phones:
  rules:
    - {{number: sip100, does: {{outcome: answer, ring: 0, talk: never}}}}
vendors:
  voipsun:
    users: [{{username: eva, password: pw}}]
  duocom:
    context: default
    dialplan: default
    accounts:
      - principal: "666111666"
        pass: pw
        account: payer
        activated: true
        activated_apis: [api_consumos]
        charged_notice: {{url: "{receiver}/charged?ref={{ref}}&to={{llamado}}&s={{segundos}}&cost={{coste}}"}}
  simotel:
    accounts: [{{mode: token, api_key: k}}]
    events: {{enabled: true, version: G4, method: POST, address: "{receiver}/events", chosen: [Cdr]}}
"""
"""A PBX that tells its receiver of each record and of each charge."""

_VOIPSUN: Final = "/api/api.php?username=eva&password=pw&action=originate&srcExtenInternalNum=100&dstNum=990100001"
_DUOCOM: Final = (
    "/cgi-bin/oficinaweb/oficinaweb_webcallservice?principal=666111666&pass=pw&llamante=990100000&llamado=790100002"
)
_AT_ONCE: Final = 3
ENDING: Final = (aiohttp.ClientError, ConnectionError, asyncio.TimeoutError)
"""What a client sees of a server that is killed."""


class Told(msgspec.Struct):
    """What a run of servers promised: the records that stood in the archive when an `advance` had returned."""

    by_advance: set[tuple[int, str]] = msgspec.field(default_factory=set)  # record's id and Uniqueid
    calls: int = 0


async def press(child: Child, told: Told, *, is_held: bool) -> None:
    """Place calls on several connections until the server is gone; where its clock is held, move it on as well."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        client = _place_and_advance if is_held else _place
        await asyncio.gather(*(client(session, child, told) for _ in range(_AT_ONCE)))


async def _place(session: aiohttp.ClientSession, child: Child, told: Told) -> None:
    with suppress(*ENDING):
        while True:
            await _place_two(session, child, told)


async def _place_and_advance(session: aiohttp.ClientSession, child: Child, told: Told) -> None:
    last = max((number for number, _ in told.by_advance), default=0)
    with suppress(*ENDING):
        while True:
            await _place_two(session, child, told)
            async with session.post(f"{child.url}/_pbxsim/clock/advance", json={"seconds": 3}) as reply:
                now = (await reply.json())["now"]
                assert reply.status == 200
            told.by_advance |= await _records(session, child, last, now)


async def _place_two(session: aiohttp.ClientSession, child: Child, told: Told) -> None:
    for path in (_VOIPSUN, _DUOCOM):
        async with session.get(child.url + path) as reply:
            assert (await reply.read()).startswith((b'{"success":"true"}', b"1\n"))
            told.calls += 1


async def _records(session: aiohttp.ClientSession, child: Child, after: int, now: str) -> set[tuple[int, str]]:
    """Read the records of calls that had ended when an `advance` returned at `now`; another may be on its way since."""
    async with session.get(f"{child.url}/_pbxsim/cdrs?after={after}&limit=10000") as reply:
        return {(cdr["id"], cdr["uniqueid"]) for cdr in await reply.json() if cdr["end"][:19] < now[:19]}


async def drain(child: Child) -> None:
    """Let all calls end and all webhooks arrive, also those whose first try now meets a connection that has closed."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:
        async with session.post(f"{child.url}/_pbxsim/clock/run-until-idle", json={"limit_seconds": 100_000}) as reply:
            assert (await reply.json())["idle"], await reply.text()
        async with session.post(f"{child.url}/_pbxsim/clock/advance", json={"seconds": 600}) as reply:
            assert reply.status == 200, await reply.text()
        async with session.get(f"{child.url}/_pbxsim/webhooks?state=pending") as reply:
            assert await reply.json() == []
