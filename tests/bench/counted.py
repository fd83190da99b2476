"""What is done a different number of times while its instructions are counted: see instructions.py.

Everything of one kind is alike, clocks are held and the store is waited for: so that two runs differ in nothing but
how often it was done. All is imported, and done a few times, before the process forks; each child does one thing so
often, and what its count has more than another's is what that takes.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import traceback
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.bench.client import Client
from tests.bench.harness import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.app import Installation

ALIVE: Final = 50
_AT_ONCE: Final = 25  # packets on their way
IN_A_BATCH: Final = 100  # calls that the store writes in one piece; a busy server's are more
REQUEST: Final = (
    b"GET /api/api.php?username=voipsun&password=secretpwd&action=originate&srcExtenInternalNum=100&dstNum=990100001"
    b"&customCDR1=order-%d&customCDR2=north&customCDR3=callback&dialerCid=299299000&dialerName=Bench"
    b"&srcRingTimeout=20&dstRingTimeout=25 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
)
"""Each with an order of its own, as customers' have: aiohttp remembers what it read of the same target."""

_REPLY: Final = b'{"success":"true"}'


def simulated_call(times: int) -> None:
    """Have calls simulated, each with its record in memory."""
    from tests.bench.our_switch import BenchPbx
    from tests.bench.traffic import Traffic

    bench = BenchPbx()
    bench.keep_records()
    bench.run(Traffic(times, ALIVE))
    bench.expect_records(times)


def queued_call(times: int) -> None:
    """Have callers served by the agents of a queue."""
    import math

    from tests.pbx.busy_hour import BusyHour

    hour = BusyHour(1, math.inf)
    hour.run(times, 4_000)
    expect("calls completed by agents", hour.queue.figures.completed, times)


def stored_call(times: int) -> None:
    """Have calls ordered by clients without sockets, each with its record in SQLite: what the server itself takes."""
    asyncio.run(_stored_calls(times))


async def _stored_calls(times: int) -> None:
    from pbxsim.app import ServeSettings, serving
    from pbxsim.hosting.storage import Wanted

    with TemporaryDirectory() as folder:
        wanted = Wanted(place=str(Path(folder, "store.sqlite3")), flush_ms=60_000)
        settings = ServeSettings(pbxs=(str(Path(__file__).with_name("bench.yaml")),), port=0, rate=0.0, stored=wanted)
        async with serving(settings) as installation:
            await _order(installation, times)


async def _order(installation: Installation, times: int) -> None:
    host = installation.hosts.first()
    await host.record_store.settled()
    connections = installation.server.connections()
    clients = [Client(connections()) for _ in range(IN_A_BATCH)]
    orders = count()
    for _ in range(times // IN_A_BATCH):
        for client in clients:
            client.sends(REQUEST % next(orders))
        await asyncio.sleep(0)  # a turn of the loop: whoever's reply is not out has it then
        await host.driver.advance(2_000_000)
        await host.record_store.settled()
    replies = [reply for client in clients for reply in client.heard]
    expect("replies", [reply.endswith(_REPLY) for reply in replies], [True] * times)
    expect("records", host.pbx.calls.next_cdr - 1, times)


def relayed_packet(times: int) -> None:
    """Have packets of sound go through us, each in a turn of the loop; what both telephones do for it counts, too."""
    asyncio.run(_relayed(times))


async def _relayed(times: int) -> None:
    from pbxsim.engines.sip.media.media import Media
    from tests.engines.sip.media.telephones import Telephone, packet

    with Media() as media, Telephone() as first, Telephone() as second:
        legs = media.open(first.host), media.open(second.host)
        for leg, telephone in zip(legs, (first, second), strict=True):
            leg.take_offer(telephone.describes())
            leg.answer()
        legs[1].hears(legs[0])
        sound = packet(bytes(160))
        second.says(sound, legs[1].port)  # it is learnt where it is
        first.socket.connect((first.host, legs[0].port))
        for _ in range(times // _AT_ONCE):
            for _ in range(_AT_ONCE):
                first.socket.send(sound)
            for _ in range(_AT_ONCE + 1):
                await asyncio.sleep(0)  # a turn of the loop: a packet
            expect("packets", [second.socket.recv(len(sound) + 1) for _ in range(_AT_ONCE)], [sound] * _AT_ONCE)


def start() -> None:
    """Import all that a server imports, and serve."""
    asyncio.run(_start())


async def _start() -> None:
    from pbxsim.app import ServeSettings, serving
    from pbxsim.web.aiohttp_server_half import import_server

    import_server()
    async with serving(ServeSettings(pbxs=("documented",), port=0)) as installation:
        expect("PBXs", installation.hosts.names(), ["documented"])


def plain_python(times: int) -> None:
    """Do what is none of ours: by it the counts of two builds of Python compare."""
    from tests.bench.rival_heap import calls_per_second

    calls_per_second(times, ALIVE)


COUNTED: Final[dict[Callable[[int], None], tuple[int, int]]] = {
    simulated_call: (100, 400),
    queued_call: (100, 300),
    stored_call: (100, 400),
    relayed_packet: (100, 400),
    plain_python: (100, 400),
}
"""How often each is done in the two children that are compared."""

BEFORE: Final = 100
"""How often each is done before: what is done for the first time costs more."""


def main(arguments: list[str]) -> None:
    """Do all of ours or of the `rivals`', and tell which process did what how often; or `start`, in this one.

    Nothing is collected meanwhile: the collector comes after so many objects, whoever made them.
    """
    gc.disable()
    if arguments == ["start"]:
        start()
        return
    counted = COUNTED
    if arguments == ["rivals"]:
        from tests.bench.counted_rivals import COUNTED as counted
    for what in counted:
        what(BEFORE)
    for what, lengths in counted.items():
        for times in lengths:
            print(_in_child(what, times), what.__name__, times, flush=True)


def _in_child(what: Callable[[int], None], times: int) -> int:
    child = os.fork()
    if not child:
        try:
            what(times)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    expect(f"end of {what.__name__}", os.waitstatus_to_exitcode(status), 0)
    return child


if __name__ == "__main__":
    main(sys.argv[1:])
