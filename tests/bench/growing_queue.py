"""What an ended call costs a queue in which many wait: the wake that follows it, and the next caller's connection."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.app import ServeSettings, serving
from pbxsim.hosting.storage import Wanted
from pbxsim.kit.request import Request
from pbxsim.sinks.store.location import IN_MEMORY
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from tests.bench.harness import expect, settle_gc

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from tests.bench.harness import Figures

_MEMBERS: Final = 100
_ENDED: Final = 400


def per_ended_call(waiters: int) -> Figures:
    """Have members serve a queue in which so many wait; CPU of the process for each of the first calls that end."""
    return asyncio.run(_per_ended_call(waiters))


async def _per_ended_call(waiters: int) -> Figures:
    with TemporaryDirectory() as folder:
        settings = ServeSettings(pbxs=(_pbx_file(folder),), port=0, rate=0.0, stored=Wanted(place=IN_MEMORY))
        async with serving(settings) as installation:
            host = installation.hosts.first()
            control = ControlApi(installation.hosts, Guard("127.0.0.1", ""))
            for number in range(_MEMBERS + waiters):
                await _calls_in(control, number)
            await host.driver.advance(5_000_000)
            queue = host.pbx.queues.named("q")
            expect("callers who wait", len(queue.waiters), waiters)
            settle_gc()
            spent = await _cpu_of(host, queue.figures.completed + _ENDED)
    return {"CPU ms/ended call": spent / _ENDED * 1000}


async def _cpu_of(host: HostedPbx, completed: int) -> float:
    """Go on until so many calls are completed."""
    figures = host.pbx.queues.named("q").figures
    began = time.process_time()
    while figures.completed < completed:
        await host.driver.advance(1_000_000)
    return time.process_time() - began


async def _calls_in(control: ControlApi, number: int) -> None:
    body = msgspec.json.encode({"from": f"7{number:08d}", "queue": "q"})
    headers = {"Content-Type": "application/json"}
    response = await control.answer(Request("POST", "/_pbxsim/calls", headers=headers, body=body))
    expect("status", response.status, 201)


def _pbx_file(folder: str) -> str:
    """Write a PBX file of a queue: telephones ring 3 s, and talks end at different times, so that calls end alone."""
    file = Path(folder, "queue.yaml")
    places = range(_MEMBERS)
    extensions = "".join(f"  - {{internal: '{200 + place}', user: sip{200 + place}, calls: 1}}\n" for place in places)
    rules = "".join(
        f"    - {{number: sip{200 + place}, does: {{outcome: answer, ring: 3, talk: {60 + place / 7:.3f}}}}}\n"
        for place in places
    )
    agents = "".join(f"  - {{number: '{place}', pin: '1', line: sip{200 + place}}}\n" for place in places)
    members = ", ".join(f"{{agent: '{place}'}}" for place in places)
    file.write_text(
        f"name: queue\nextensions:\n{extensions}phones:\n  rules:\n{rules}agents:\n{agents}"
        "trunks:\n  - {name: carrier, id: 1}\nqueues:\n"
        f"  - {{name: q, strategy: rrmemory, members: [{members}]}}\n"
        "vendors:\n  voipsun:\n    users: [{username: voipsun, password: secretpwd}]\n",
        encoding="utf-8",
    )
    return str(file)
