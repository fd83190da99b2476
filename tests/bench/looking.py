"""What being looked at costs the switch: calls by requests, while a page follows its events, before and after.

One server works for some seconds with nobody looking, then with a page, then with nobody again, and so on: what another
server would have otherwise, its place in memory say, is the same. The page is a process of its own (`python -m
tests.bench.looking PORT`), on the clients' processor; it reads all that it is told, as a browser does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from pbxsim.app import ServeSettings, serving
from pbxsim.clock.instant import SECOND
from pbxsim.kit.request import Request
from pbxsim.web.control.feed import LINGER
from tests.bench import web
from tests.bench.harness import CLIENT_CPU, ROOT, Figures, expect, pin, settle_gc
from tests.bench.servers import BENCH_PBX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.app import Installation
    from pbxsim.hosting.hosted_pbx import HostedPbx

LOOKED: Final = "share while a page is open"

_EVENTS: Final = "/_pbxsim/events"
_LOOK_SECONDS: Final = LINGER
_MOST_LOOKS: Final = 6
_TURNS: Final = 5
_TURN_SECONDS: Final = 4.0  # so long that what is told at its beginning is but a part of it
_AT_ONCE: Final = 50  # calls between two looks of the event loop
_WARM_CALLS: Final = 3_000  # as many as are remembered, and more
_AT_A_TIME: Final = 65_536
_PATH, _, _QUERY = web.ORIGINATE.partition("?")


def figures() -> Figures:
    """Give the calls a CPU second while a page looks, as a share of those before and after."""
    return asyncio.run(_figures())


async def _figures() -> Figures:
    async with serving(ServeSettings(pbxs=(BENCH_PBX,), port=0, rate=0.0)) as installation:
        host = installation.hosts.first()
        _call(host, _WARM_CALLS)
        settle_gc()
        unseen, seen = [await _turn(host)], []
        for _ in range(_TURNS):
            with _page(installation) as page:
                await _until_told(page)
                seen.append(await _turn(host))
                expect("the page still looks", page.poll(), None)
            await _until_nobody_looks(host)
            unseen.append(await _turn(host))
    beside = [(before + after) / 2 for before, after in pairwise(unseen)]
    shares = [looked / alone for looked, alone in zip(seen, beside, strict=True)]
    return {LOOKED: median(shares), "calls/CPU second": median(unseen)}


async def _turn(host: HostedPbx) -> float:
    """Have the PBX work for a turn, what it tells a page included; give the calls a CPU second."""
    calls, began, until = 0, time.process_time(), time.perf_counter() + _TURN_SECONDS
    while time.perf_counter() < until:
        _call(host, _AT_ONCE)
        calls += _AT_ONCE
        await asyncio.sleep(0)
    return calls / (time.process_time() - began)


def _call(host: HostedPbx, calls: int) -> None:
    """Have calls asked for, and the clock go on so that as many end as begin."""
    for _ in range(calls):
        host.answer("voipsun", Request("GET", _PATH, _QUERY), ())
    host.pbx.clock.run_until(host.pbx.clock.now + SECOND)


@contextmanager
def _page(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.bench.looking", str(installation.server.port)]
    page = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        yield page
    finally:
        page.terminate()
        page.wait()


async def _until_told(page: subprocess.Popen[bytes]) -> None:
    """Wait until the page says that it has been told something."""
    assert page.stdout is not None
    expect("what the page says", await asyncio.to_thread(page.stdout.readline), b"told\n")


async def _until_nobody_looks(host: HostedPbx) -> None:
    """Wait until the server has found that the page is gone, and no longer goes on for one that is read again."""
    for _ in range(_MOST_LOOKS):
        await asyncio.sleep(_LOOK_SECONDS)
        if host.audience is None:
            break
    expect("who looks when the page is gone", host.audience, None)


def follow(port: int) -> None:
    """Read events until somebody ends it, and come back whenever the server sends it away, as a page does."""
    is_told = False
    while True:
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", _EVENTS)
        response = connection.getresponse()
        while response.read1(_AT_A_TIME):
            if not is_told:
                print("told", flush=True)
                is_told = True
        connection.close()


if __name__ == "__main__":
    pin(CLIENT_CPU)
    follow(int(sys.argv[1]))
