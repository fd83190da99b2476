"""What a test waits for before it begins: its PBX ready, a reset with many calls in memory, a copy of a PBX.

As the fixture `pbx` has them: the built-in PBX `documented` with all four vendors, on a held clock, in a child process
that is started once. What a test waits has its requests in it, each over a new connection; what the server does for a
reset alone is measured in the server's own thread.
"""

from __future__ import annotations

import asyncio
import re
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pbxsim.app import ServeSettings, serving
from pbxsim.kit.request import Request
from pbxsim.testing.pbx_files import PbxText
from pbxsim.testing.server import PbxServer
from pbxsim.testing.session import Session
from tests.bench.harness import expect, settle_gc

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.testing.client import Pbx
    from tests.bench.harness import Figures

_TURNS: Final = 30
_RESETS: Final = 7
_RESETS_ITSELF: Final = 21  # CPython makes code quick after eight runs, and a test suite resets hundreds of times
_PATH: Final = "/api/api.php"
_ORIGINATE: Final = "username=voipsun&password=secretpwd&action=originate&srcExtenId=5&dstNum=800123456"
_ACCEPTED: Final = b'{"success":"true"}'


def ready() -> Figures:
    """Take a PBX as the fixture `pbx` does, place calls, give it back. The first, which starts the child, is apart."""
    session = Session("documented")
    try:
        first = _milliseconds(lambda: session.give_back(session.take(None, None, str)))
        return {"ms ready": median(_taken(session) for _ in range(_TURNS)), "ms to the first": first}
    finally:
        session.close()


def _taken(session: Session) -> float:
    began = time.perf_counter()
    pbx = session.take(None, None, str)
    taken = (time.perf_counter() - began) * 1000
    expect("calls of a fresh PBX", len(pbx.calls), 0)
    _place(pbx, 3)
    session.give_back(pbx)
    return taken


def reset(calls: int) -> Figures:
    """Reset a PBX that has so many calls in progress, as a test does."""
    with PbxServer(_roomy(calls), process=True) as pbx:
        waits = [_after(calls, pbx) for _ in range(_RESETS)]
    return {"ms reset": median(waits), "least ms reset": min(waits)}


def _after(calls: int, pbx: Pbx) -> float:
    _place(pbx, calls)
    took = _milliseconds(pbx.reset)
    expect("calls after a reset", len(pbx.calls), 0)
    return took


def reset_itself(calls: int) -> Figures:
    """Reset such a PBX in this process, whose collector is set as `pbxsim serve` sets it."""
    return asyncio.run(_reset_itself(calls))


async def _reset_itself(calls: int) -> Figures:
    waits, works = [], []
    with TemporaryDirectory() as folder:
        source = _roomy(calls).path(Path(folder, "pbx"))
        async with serving(ServeSettings(pbxs=(source,), port=0, rate=0.0)) as installation:
            host = installation.hosts.first()
            settle_gc()
            for _ in range(_RESETS_ITSELF):
                for _ in range(calls):
                    host.answer("voipsun", Request("GET", _PATH, _ORIGINATE), ())
                expect("calls in progress", len(host.pbx.calls.live), calls)
                began, worked = time.perf_counter(), time.thread_time()
                host.reset()
                works.append((time.thread_time() - worked) * 1000)
                waits.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(0)  # what it forgot is let go
    return {"ms reset": median(waits), "CPU ms reset": median(works)}


def copy() -> Figures:
    """Have copies of a PBX served beside it, each with credentials of its own, as a worker of a test run does."""
    with PbxServer(process=True) as pbx:
        waits = [_milliseconds(pbx.copy) for _ in range(_TURNS)]
        expect("PBXs of the server", len(list(pbx.listed("/pbxs", "name"))), _TURNS + 1)
    return {"ms for one more": median(waits)}


def _roomy(calls: int) -> PbxText:
    """Give `documented` with telephones that take so many calls at a time."""
    text = PbxText.read("documented").text
    return PbxText("documented.yaml", re.sub(r"\bcalls: 10\b", f"calls: {calls}", text), is_changed=True)


def _place(pbx: Pbx, calls: int) -> None:
    """Have calls placed over one connection."""
    connection = HTTPConnection(urlsplit(pbx.url).netloc)
    for _ in range(calls):
        connection.request("GET", f"{_PATH}?{_ORIGINATE}")
        expect("reply", connection.getresponse().read(), _ACCEPTED)
    connection.close()


def _milliseconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
