"""Calls at a real Asterisk: how many a second with every record right, and how soon a telephone rings.

The telephones are sipp's: they ring, answer 20 ms later, and wait to be hung up.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk import installation
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallBridged, CdrClosed, LegAnswered, LegRinging
from pbxsim.testing.office import Office, extension, line
from tests.bench.harness import Figures, expect, settle_gc
from tests.engines.asterisk.rig import AsteriskRig
from tests.engines.sipp import SippTelephones

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.pbx import Pbx

_TALK: Final = 1
_PATIENCE: Final = 60
_WARM: Final = 20
_SOUND: Final = (21_000, 28_999)  # ports for 2,000 channels
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def rate(per_second: int, seconds: int) -> Figures:
    """Place so many click-to-calls a second, each limited to a second of talk, and look at each one's record."""
    return asyncio.run(_rate(per_second, seconds))


def latency_ours(calls: int) -> Figures:
    """Measure from the order to the report that the first telephone rings, one call after the other."""
    return asyncio.run(_latency_ours(calls))


def latency_bare(calls: int) -> Figures:
    """Measure the same from an Originate on a bare AMI socket to its Newstate."""
    return asyncio.run(_latency_bare(calls))


@asynccontextmanager
async def _rig() -> AsyncIterator[AsteriskRig]:
    """Have an office of two sipp telephones, on all processors: who measured us pinned us to one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    people = [
        extension(number, line(f"sip{number}", line_id=int(number), max_calls=9_999)) for number in ("100", "101")
    ]
    rig = AsteriskRig(installation.found(), Office(*people), has_telephones=False, sound=_SOUND)
    telephones = SippTelephones(rig)
    try:
        await rig.start()
        for user in ("sip100", "sip101"):
            await telephones.answer_for(user)
        yield rig
    finally:
        telephones.close()
        await rig.close()


class Measured:
    """What is measured of one call by a clock that is not the switch's, and the records that it left."""

    def __init__(self) -> None:
        self.placed = time.perf_counter()
        self.connected = 0.0
        self.ended = 0.0
        self.records: list[Cdr] = []

    @property
    def is_right(self) -> bool:
        """Tell whether it left the one record that it should: of the two, answered, and to the second as long."""
        if len(self.records) != 1:
            return False
        (cdr,) = self.records
        told = (cdr.disposition, int(cdr.cause), cdr.src, cdr.dst, cdr.first_peer, cdr.second_peer)
        spans = ((cdr.duration, self.ended - self.placed), (cdr.billsec, self.ended - self.connected))
        exact = all(abs(said - measured) <= 1 for said, measured in spans)
        return told == ("ANSWERED", 16, "100", "101", "sip100", "sip101") and exact and cdr.billsec >= _TALK


class Watch:
    """Measures calls by what the switch tells when it tells it."""

    def __init__(self, pbx: Pbx) -> None:
        self.calls: dict[int, Measured] = {}
        pbx.events.subscribe(CallBridged, self._connected)
        pbx.events.subscribe(CdrClosed, self._closed)

    def expects(self, call: Call) -> None:
        """Know a call that was just placed."""
        self.calls.setdefault(call.number, Measured())

    def _connected(self, event: CallBridged) -> None:
        """Measure from when both are there: that is what `billsec` counts, and a second party may be late."""
        self.calls.setdefault(event.call.number, Measured()).connected = time.perf_counter()

    def _closed(self, event: CdrClosed) -> None:
        known = self.calls.setdefault(event.cdr.call, Measured())
        known.ended = time.perf_counter()
        known.records.append(event.cdr)


async def _rate(per_second: int, seconds: int) -> Figures:
    async with _rig() as rig:
        watch = Watch(rig.office.pbx)
        settle_gc()
        begun, ours, theirs = time.perf_counter(), time.process_time(), processor(rig)
        calls: list[Call] = []
        while len(calls) < per_second * seconds:
            await asyncio.sleep(max(0, begun + len(calls) / per_second - time.perf_counter()))
            calls.append(rig.do(lambda: rig.office.call("100", "101", talk_limit=_TALK * SECOND)))
            watch.expects(calls[-1])
        took = time.perf_counter() - begun
        await rig.until(lambda: all(call.is_over for call in calls), _PATIENCE)
        ours, theirs = time.process_time() - ours, processor(rig) - theirs
        await rig.until(lambda: not rig.office.pbx.calls.live)
        await rig.elapse(SECOND // 2)
        expect("channels that Asterisk has left", await rig.channels(), [])
        measured = [watch.calls[call.number] for call in calls]
        return {
            "placed/s": len(calls) / took,
            "calls": len(calls),
            "calls with one record": sum(len(one.records) == 1 for one in measured),
            "calls with the right record": sum(one.is_right for one in measured),
            "pbxsim CPU ms/call": 1_000 * ours / len(calls),
            "Asterisk CPU ms/call": 1_000 * theirs / len(calls),
        }


def processor(rig: AsteriskRig) -> float:
    """Give how many seconds of a processor Asterisk has had."""
    fields = Path(f"/proc/{rig.exchange.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


# -- how soon a telephone rings ----------------------------------------------------------------------------------------


async def _latency_ours(calls: int) -> Figures:
    async with _rig() as rig:
        rang: list[float] = []
        up: list[bool] = []
        events = rig.office.pbx.events
        events.subscribe(LegRinging, lambda _: rang.append(time.perf_counter()))
        events.subscribe(LegAnswered, lambda _: up.append(True))
        waits = []
        settle_gc()
        for turn in range(calls + _WARM):
            rang.clear()
            up.clear()
            asked = time.perf_counter()
            call = rig.do(lambda: rig.office.call("100", "101"))
            await rig.until(lambda: rang and up)
            if turn >= _WARM:
                waits.append(1_000 * (rang[0] - asked))
            rig.do(lambda call=call: rig.office.pbx.calls.hang_up(call))  # type: ignore[misc]
            await rig.until(lambda call=call: all(leg.state is ChannelState.DOWN for leg in call.legs))  # type: ignore[misc]
            await asyncio.sleep(0.02)
        return {"ms to ringing": statistics.median(waits)}


async def _latency_bare(calls: int) -> Figures:
    async with _rig() as rig:
        await rig.session.close()  # one client alone, as with ours
        login = rig.exchange.login
        reader, writer = await asyncio.open_connection(login.host, login.port)
        await reader.readline()
        writer.write(
            f"Action: Login\r\nUsername: {login.user}\r\nSecret: {login.secret}\r\nEvents: on\r\n\r\n".encode()
        )
        waits = []
        for turn in range(calls + _WARM):
            unique = f"bench-{turn:06d}"
            asked = time.perf_counter()
            writer.write(
                "Action: Originate\r\nChannel: PJSIP/sip100\r\nContext: pbxsim-hold\r\nExten: s\r\nPriority: 1\r\n"
                f'Timeout: 30000\r\nCallerID: "" <000>\r\nAsync: true\r\nChannelId: {unique}\r\n\r\n'.encode()
            )
            await _until(reader, unique, "Newstate", "ChannelState: 5")
            if turn >= _WARM:
                waits.append(1_000 * (time.perf_counter() - asked))
            await _until(reader, unique, "Newstate", "ChannelState: 6")
            writer.write(b"Action: Hangup\r\nChannel: /^PJSIP\\/.*/\r\nCause: 16\r\n\r\n")
            await _until(reader, unique, "Hangup")
            await asyncio.sleep(0.02)
        writer.close()
        return {"ms to ringing": statistics.median(waits)}


async def _until(reader: asyncio.StreamReader, unique: str, event: str, *more: str) -> None:
    """Read events until that one of that channel has come."""
    while True:
        message = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _PATIENCE)).decode()
        lines = message.split("\r\n")
        if f"Event: {event}" in lines and f"Uniqueid: {unique}" in lines and all(line in lines for line in more):
            return
