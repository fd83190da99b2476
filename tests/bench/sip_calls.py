"""Calls at the engine `sip`: how many a second with sound relayed both ways, what they cost, and what they leave.

The telephones are others' process, on another processor where there is one: pbxsim has one for itself.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.sip.media.codecs import PCMA
from pbxsim.engines.sip.media.media import Media
from pbxsim.engines.sip.media.sdp import Ours, offer
from pbxsim.testing.office import Office, extension, line
from tests.bench.asterisk_calls import Watch
from tests.bench.harness import CLIENT_CPU, ROOT, SERVER_CPU, Figures, expect, pin, resident_bytes, settle_gc, unpin
from tests.engines.refusing import RefusingTelephone
from tests.engines.sip.rig import SipRig
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from pbxsim.pbx.call import Call
    from tests.engines.real_rig import RealRig

_TALK: Final = 1
_PATIENCE: Final = 60
_TRANSACTIONS_LAST: Final = 33  # seconds after which a transaction is forgotten (RFC 3261, 64 * T1)
_UNTIL_FULL: Final = 4_500  # calls after which as many messages of ladders are kept as ever are
_BEFORE_FORGETTING: Final = 500  # calls
_AT_ONCE: Final = 100  # packets that a socket's buffer holds anywhere


def rate(per_second: int, seconds: int) -> Figures:
    """Place so many click-to-calls a second, each with a second of sound both ways; look at each one's record."""
    return asyncio.run(_rate(per_second, seconds))


def flat(calls: int, per_second: int) -> Figures:
    """Have some calls first, then so many; tell how much more memory, and how many more descriptors, are held after."""
    return asyncio.run(_flat(calls, per_second))


def relay(packets: int) -> Figures:
    """Relay packets of sound between two telephones; only what pbxsim does for it is measured."""
    return asyncio.run(_relay(packets))


@asynccontextmanager
async def _rig() -> AsyncIterator[tuple[SipRig, subprocess.Popen[str]]]:
    """Have an office of two lines, with telephones."""
    unpin()
    pin(CLIENT_CPU)
    rig = await SipRig(two_lines(), has_telephones=False).start()
    async with telephones_of(rig) as telephones:
        unpin()
        pin(SERVER_CPU)
        try:
            yield rig, telephones
        finally:
            await rig.close()


def two_lines() -> Office:
    """Make an office of two lines, each with as many calls as may be."""
    numbers = ("100", "101")
    return Office(*(extension(one, line(f"sip{one}", line_id=int(one), max_calls=9_999)) for one in numbers))


@asynccontextmanager
async def telephones_of(rig: RealRig) -> AsyncIterator[subprocess.Popen[str]]:
    """Have telephones registered for both lines, in a process that stays on the processor where this one is."""
    ports = {user: own_port() for user in ("sip100", "sip101")}
    for user, port in ports.items():
        registers = RefusingTelephone(user, "", after=0, rings=False, noted=lambda _what, _who: None)
        await registers.register(rig.server, rig.secret(user), port)
        registers.close()  # its address stays registered
        await registers.gone()
    await rig.until(lambda: all(rig.office.directory.line(user).is_registered for user in ports))
    with _telephones(ports.values()) as telephones:
        assert telephones.stdout is not None
        expect("what telephones say first", telephones.stdout.readline(), "ready\n")
        try:
            yield telephones
        finally:
            telephones.kill()


def _telephones(ports: Iterable[int]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.sip_telephones", *map(str, ports)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def _placed(rig: RealRig, watch: Watch, calls: int, per_second: int) -> list[Call]:
    """Place calls, and wait until they are over."""
    begun = time.perf_counter()
    placed: list[Call] = []
    while len(placed) < calls:
        await asyncio.sleep(max(0, begun + len(placed) / per_second - time.perf_counter()))
        placed.append(rig.do(lambda: rig.office.call("100", "101", talk_limit=_TALK * SECOND)))
        watch.expects(placed[-1])
    await rig.until(lambda: all(call.is_over for call in placed), _PATIENCE)
    return placed


async def _quiet(rig: SipRig) -> None:
    """Wait until no session is left."""
    await rig.until(lambda: rig.opened.engine.exchange.agent.sessions == 0, _PATIENCE)


async def _rate(per_second: int, seconds: int) -> Figures:
    async with _rig() as (rig, telephones):
        figures = await with_sound(rig, telephones, per_second, seconds, time.process_time)
        await _quiet(rig)
        return figures


async def with_sound(
    rig: RealRig, telephones: subprocess.Popen[str], per_second: int, seconds: int, worked: Callable[[], float]
) -> Figures:
    """Place so many calls a second. `worked` tells how many seconds of a processor whoever leads the sound has had."""
    watch = Watch(rig.office.pbx)
    settle_gc()
    begun, before = time.perf_counter(), worked()
    calls = await _placed(rig, watch, per_second * seconds, per_second)
    took, spent = time.perf_counter() - begun, worked() - before
    said, _ = telephones.communicate("")
    sent, came = map(int, said.split())
    return {
        "calls": len(calls),
        "calls with the right record": sum(watch.calls[call.number].is_right for call in calls),
        "calls/s": len(calls) / (took - _TALK),
        "share of a processor": spent / took,
        "CPU ms/call": 1_000 * spent / len(calls),
        "packets/s": sent / (took - _TALK),
        "share of packets that arrived": came / sent,
    }


async def _flat(calls: int, per_second: int) -> Figures:
    async with _rig() as (rig, _):
        watch = Watch(rig.office.pbx)
        found = []
        for turn in (max(_UNTIL_FULL, calls // 4), calls):
            for _ in range(turn // _BEFORE_FORGETTING):
                await _placed(rig, watch, _BEFORE_FORGETTING, per_second)
                _forget(rig, watch)
            await _quiet(rig)
            await asyncio.sleep(_TRANSACTIONS_LAST)
            found.append(_held())
        (bytes_before, blocks_before, descriptors_before), (bytes_after, blocks_after, descriptors_after) = found
        return {
            "bytes more a call": (bytes_after - bytes_before) / calls,
            "objects more a call": (blocks_after - blocks_before) / calls,
            "descriptors more": descriptors_after - descriptors_before,
        }


def _forget(rig: SipRig, watch: Watch) -> None:
    """Forget what the switch remembers of the last 10,000 calls: none of it is the engine's, nor where it has lain.

    Their records stay, five objects and 600 bytes each: an office has no store that would have them.
    """
    for call in rig.office.pbx.calls.recent:
        call.let_go()
    for kept in (watch.calls, rig.office.heard, rig.office.pbx.calls.recent, rig.office.pbx.calls.ended):
        kept.clear()


def _held() -> tuple[int, int, int]:
    """Give the memory that is occupied, which is as much as ever was needed at once; the objects; the descriptors."""
    gc.collect()
    return resident_bytes(), sys.getallocatedblocks(), sum(1 for _ in Path("/proc/self/fd").iterdir())


async def _relay(packets: int) -> Figures:
    loop, worked, came = asyncio.get_running_loop(), 0.0, 0
    with Media() as media, socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as other:
        parties = media.open("127.0.0.1"), media.open("127.0.0.1")
        for telephone, party in zip((one, other), parties, strict=True):
            telephone.bind(("127.0.0.1", 0))
            telephone.setblocking(False)
            party.take_offer(offer(Ours("127.0.0.1", telephone.getsockname()[1], 1), (PCMA,)))
            party.answer()
        parties[0].hears(parties[1])
        parties[1].hears(parties[0])
        for number in range(packets // _AT_ONCE):
            for index in range(_AT_ONCE):
                head = b"\x80\x08" + ((number * _AT_ONCE + index) % 65_536).to_bytes(2, "big")
                one.sendto(head + bytes(8) + bytes(160), ("127.0.0.1", parties[0].port))
            begun = time.process_time()
            for _ in range(_AT_ONCE):
                await asyncio.sleep(0)  # the loop reads one packet of a socket a turn
            worked += time.process_time() - begun
            for _ in range(_AT_ONCE):
                await loop.sock_recv(other, 2_048)
                came += 1
    expect("packets", came, packets)
    return {"packets a CPU second": packets / worked}
