"""The long run itself: rounds of requests, at the end of each a stop at which all must be at rest and in order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from tests.soak import checks
from tests.soak.clients import Connection, Outcome, Work, ask, ask_json, metrics
from tests.soak.mix import PBXS, requests
from tests.soak.receiver import Notices, Receiver
from tests.soak.rude import rude_clients
from tests.soak.server import Sample, SoakServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CONNECTIONS: Final = 8
_PATIENCE: Final = 120.0  # seconds of the world's time until all is at rest
_LOOK: Final = 0.1
_MOST_TOLD: Final = 20


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How long: until so many requests are answered or so many seconds are over, in rounds of so many requests.

    `kept` is how much the PBXs keep of what happened; `fault` one that is planted.
    """

    requests: int
    seconds: float
    round: int
    seed: int
    kept: dict[str, int]
    fault: str = "none"


class Totals(msgspec.Struct):
    """What a run came to."""

    seconds: float = 0
    requests: int = 0
    calls: int = 0
    records: int = 0
    delivered: int = 0
    failed: int = 0
    rude: int = 0
    resets: int = 0
    moved: int = 0
    samples: list[Sample] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)


class _Side:
    """What was there of a PBX at the last stop."""

    def __init__(self) -> None:
        self.figures = checks.Figures(0, 0, 0, 0, 0, 0)
        self.accepted: Counter[str] = Counter()


class Soak:
    """One run. `tell` is told of each stop."""

    def __init__(self, plan: Plan, tell: Callable[[str], None]) -> None:
        self._plan = plan
        self._tell = tell
        self._work = Work(requests(plan.seed))
        self._outcome = Outcome()
        self._receiver = Receiver()
        self._sides = {name: _Side() for name in PBXS}
        self.totals = Totals()
        self._began = 0.0
        self._told = 0  # faults

    async def run(self, folder: Path) -> Totals:
        """Run it, with its files in a folder; what did not hold is in the totals' `faults`."""
        await self._receiver.start()
        self._server = await SoakServer.started(folder, self._receiver.url, self._plan.kept, self._plan.fault)
        self._began = time.perf_counter()
        try:
            await self._rounds()
        finally:
            self._receiver.close()
            status = await self._server.stop()
        totals = self.totals
        totals.seconds = time.perf_counter() - self._began
        if status:
            totals.faults.append(f"the server ended with status {status}")
        totals.faults += [*checks.flat(totals.samples), *checks.log(self._server.log)]
        return totals

    async def _rounds(self) -> None:
        port = self._server.port
        await ask_json(port, "PUT", "/_pbxsim/clock?pbx=held", {"rate": 0})
        opened = [await Connection.opened(port, self._work, self._outcome) for _ in range(_CONNECTIONS)]
        while not self._is_over():
            self._work.until = min(self._plan.requests, self._work.sent + self._plan.round)
            await self._round(opened)
            scraped = await self._at_rest()
            for name in PBXS:
                self._check(name, scraped)
            await self._sample()
            await self._between()
            self._tell_faults()
        for connection in opened:
            connection.close()

    def _is_over(self) -> bool:
        is_late = time.perf_counter() - self._began > self._plan.seconds
        return is_late or self._work.sent >= self._plan.requests or len(self.totals.faults) > _MOST_TOLD

    async def _round(self, opened: list[Connection]) -> None:
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            rude = group.create_task(rude_clients(self._server.port, done))
            group.create_task(self._steer(done))
            for connection in opened:
                connection.start()
            for connection in opened:
                await connection.idle.wait()
            done.set()
        self.totals.rude += rude.result()
        self.totals.faults += self._outcome.wrong[:_MOST_TOLD]
        self._outcome.wrong.clear()

    async def _steer(self, done: asyncio.Event) -> None:
        """Move the held clock on while requests come."""
        while not done.is_set():
            await ask_json(self._server.port, "POST", "/_pbxsim/clock/advance?pbx=held", {"seconds": 0.7})
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _LOOK)

    async def _at_rest(self) -> dict[str, float]:
        """Let all calls end, all webhooks arrive or be given up, all rows be stored. Give the metrics then."""
        until = time.perf_counter() + _PATIENCE
        while True:
            await ask_json(self._server.port, "POST", "/_pbxsim/clock/advance?pbx=held", {"seconds": 5})
            scraped = await metrics(self._server.port)
            under_way = [f'{name}{{pbx="{pbx}"}}' for name in _UNDER_WAY for pbx in PBXS]
            if not any(scraped[name] for name in (*under_way, "pbxsim_store_rows_waiting")):
                return scraped
            if time.perf_counter() > until:
                self.totals.faults.append("the server does not come to rest")
                return scraped
            await asyncio.sleep(_LOOK)

    def _check(self, name: str, scraped: dict[str, float]) -> None:
        side, figures = self._sides[name], checks.Figures.of(scraped, name)
        before = side.figures
        stored = checks.read_store(self._server.store, name, before)
        accepted = Counter({vendor: calls for (pbx, vendor), calls in self._outcome.accepted.items() if pbx == name})
        faults = checks.records(figures, stored, accepted, calls_before=before.started, records_before=before.closed)
        notices = self._receiver.notices.get(name, Notices())
        faults += checks.webhooks(figures, stored, notices, before=before.posted)
        self.totals.faults += [f"{name}, after {self._work.sent} requests: {fault}" for fault in faults]
        self._add(figures, before)
        side.figures = figures

    def _add(self, figures: checks.Figures, before: checks.Figures) -> None:
        totals = self.totals
        totals.requests = sum(self._outcome.replies.values())
        totals.calls += figures.started - before.started
        totals.records += figures.closed - before.closed
        totals.delivered += figures.delivered - before.delivered
        totals.failed += figures.failed - before.failed

    async def _sample(self) -> None:
        self._server.collect_garbage()
        scraped = await metrics(self._server.port)  # answered once that is done
        sample = self._server.sample(self.totals.requests, int(scraped["pbxsim_tasks"]))
        self.totals.samples.append(sample)
        self._outcome.accepted.clear()
        took = time.perf_counter() - self._began
        self._tell(
            f"{took:7.0f} s {sample.requests:>10,} requests, {self.totals.calls:>9,} calls, "
            f"{sample.resident / 1e6:6.1f} MB, {sample.descriptors} descriptors, {sample.tasks} tasks, "
            f"{sample.cpu:.0f} CPU s, "
            f"{len(self.totals.faults)} faults"
        )

    def _tell_faults(self) -> None:
        for fault in self.totals.faults[self._told :]:
            self._tell(f"did not hold: {fault}")
        self._told = len(self.totals.faults)

    async def _between(self) -> None:
        """Move a recording of the PBX that goes on, and begin anew with the other one."""
        port = self._server.port
        recordings = await ask_json(port, "GET", "/_pbxsim/recordings?pbx=real&limit=1")
        for recording in recordings:
            target = f"/api/api.php?username=real&password=pw-real&action=moverecord&cdrId={recording['id']}"
            _, reply = await ask(port, "GET", f"{target}&filename=moved{self.totals.moved}.wav&path=/moved")
            self.totals.moved += 1
            if not reply.startswith(b'{"success":"true"'):
                self.totals.faults.append(f"moverecord: {reply!r}")
        await ask_json(port, "POST", "/_pbxsim/reset?pbx=held", {})
        self.totals.resets += 1
        self._receiver.forget("held")
        self._sides["held"] = _Side()


_UNDER_WAY: Final = ("pbxsim_calls", "pbxsim_webhooks_waiting", "pbxsim_recordings_waiting")
