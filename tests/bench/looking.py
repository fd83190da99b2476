"""What being looked at costs the switch: calls by requests, before a page looks, while one follows its events, after.

Beside it stands a server in the same process at which nobody ever looks: the two have calls in turns of some
milliseconds, so that whatever else the machine does falls on both alike, and one's speed is told as a share of the
other's. The event loop has nothing to do but for the page, which is a process of its own (`python -m
tests.bench.looking PORT`) on the clients' processor; it reads all that it is told, as a browser does.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from array import array
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from pbxsim.app import ServeSettings, serving
from pbxsim.clock.instant import SECOND
from pbxsim.kit.request import Request
from tests.bench import web
from tests.bench.harness import CLIENT_CPU, ROOT, Figures, expect, pin, settle_gc
from tests.bench.servers import BENCH_PBX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.app import Installation
    from pbxsim.hosting.hosted_pbx import HostedPbx

OPEN: Final = "share while a page is open"
CLOSED: Final = "share while none is open"

_EVENTS: Final = "/_pbxsim/events"
_TIMES: Final = 4
_OPEN_SECONDS: Final = 3.0  # where so much happens, a page is told all there is anew every second or two
_CLOSED_SECONDS: Final = 1.5
_AT_ONCE: Final = 50  # calls between two looks of the event loop
_BATCHES: Final = 6  # of these, before the other server has its turn
_WARM_CALLS: Final = 3_000  # as many as are remembered, and more
_AT_A_TIME: Final = 65_536
_LAST_PART: Final = b'"last":true'
_PATH, _, _QUERY = web.ORIGINATE.format(order=4711).partition("?")


def figures() -> Figures:
    """Give the calls a CPU second while a page looks, and after it, as shares of those at the server beside."""
    return asyncio.run(_figures())


async def _figures() -> Figures:
    settings = ServeSettings(pbxs=(BENCH_PBX,), port=0, rate=0.0)
    async with serving(settings) as never, serving(settings) as looked_at:
        host, beside = looked_at.hosts.first(), never.hosts.first()
        for pbx in (host, beside):
            _call(pbx, _WARM_CALLS)
        settle_gc()
        before = [await _share(host, beside, _CLOSED_SECONDS) for _ in range(_TIMES)]
        while_open, after = [], before[-1:]
        for _ in range(_TIMES):
            while_open.append(await _while_open(looked_at, beside))
            after.append(await _share(host, beside, _CLOSED_SECONDS))
    around = [(one + next_) / 2 for one, next_ in pairwise(after)]
    return {
        OPEN: median(share / closed for share, closed in zip(while_open, around, strict=True)),
        CLOSED: median(after[1:]) / median(before),
    }


async def _while_open(looked_at: Installation, beside: HostedPbx) -> float:
    """Give the share while a page is open."""
    host = looked_at.hosts.first()
    with _page(looked_at) as page:
        await _until_told(page)
        share = await _share(host, beside, _OPEN_SECONDS)
        expect("the page still looks", page.poll(), None)
    if host.audience is not None:
        host.audience.close()  # it would go on for a while, for a page that is read again
    return share


async def _share(host: HostedPbx, beside: HostedPbx, seconds: float) -> float:
    """Give a PBX's calls a CPU second, less what the event loop takes of it, as a share of those beside."""
    ours, theirs, cold = array("d"), array("d"), 0.0
    began, until = time.process_time(), time.perf_counter() + seconds
    while time.perf_counter() < until:
        for pbx, took in ((host, ours), (beside, theirs)):
            cold += _took(pbx)  # not counted: the processor's caches are full of the other
            for _ in range(_BATCHES):
                took.append(_took(pbx))
                await asyncio.sleep(0)
    everything = time.process_time() - began
    loop = everything - cold - sum(ours) - sum(theirs)
    return median(theirs) / median(ours) * (1 - loop / everything)


def _took(host: HostedPbx) -> float:
    """Have some calls; give the seconds of processor that they took."""
    began = time.thread_time()
    _call(host, _AT_ONCE)
    return time.thread_time() - began


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
    """Wait until the page says that it has been told all there is."""
    assert page.stdout is not None
    expect("what the page says", await asyncio.to_thread(page.stdout.readline), b"told\n")


def follow(port: int) -> None:
    """Read events until somebody ends it, and come back whenever the server sends it away, as a page does."""
    is_told = False
    while True:
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", _EVENTS)
        response, before = connection.getresponse(), b""
        while told := response.read1(_AT_A_TIME):
            if not is_told and _LAST_PART in before + told:
                print("told", flush=True)
                is_told = True
            before = told[-len(_LAST_PART) :]
        connection.close()


if __name__ == "__main__":
    pin(CLIENT_CPU)
    follow(int(sys.argv[1]))
