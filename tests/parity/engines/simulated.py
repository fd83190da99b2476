"""The simulated engine, its clock held: served in this process, so that a test can break the switch."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from pbxsim.testing import PbxServer, Receiver
from pbxsim.testing.pbx_files import PbxText
from tests.parity.engines import history
from tests.parity.engines.history import Words
from tests.parity.engines.office import pbx_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    import aiohttp

    from tests.parity.engines.playing import EngineAtWork
    from tests.parity.engines.scenario import Hand, Scenario

_VERBS: Final = {"hang_up": "hangup"}
_JSON: Final = {"Content-Type": "application/json"}


class SimulatedEngineAtWork:
    """Implements `EngineAtWork`."""

    at_once = 1  # each has the clock for itself

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self.url = url
        self._client = client

    async def wait_until(self, began: float, second: float) -> None:
        clock = json.loads(await self._sent("GET", "/clock"))
        span = began + second - history.moment(clock["now"])
        if span > 0:
            await self._sent("POST", "/clock/advance", {"seconds": round(span, 6)})

    async def touch(self, scenario: Scenario, hand: Hand) -> None:
        verb = _VERBS.get(hand.verb, hand.verb)
        told = {"to": scenario.dialled(hand.to)} if hand.to else {}
        await self._sent("POST", f"/phones/{scenario.user(hand.who)}/{verb}", told)

    def seen(self, scenario: Scenario, calls: Iterable[Mapping[str, Any]], began: str) -> tuple[history.Moment, ...]:
        return history.seen_by_legs(Words(scenario), calls, began)

    async def _sent(self, method: str, path: str, told: dict[str, Any] | None = None) -> str:
        data = None if told is None else json.dumps(told)
        async with self._client.request(method, f"{self.url}/_pbxsim{path}", data=data, headers=_JSON) as reply:
            text = await reply.text()
            assert reply.ok, f"{path} {told}: {text}"
            return text


@asynccontextmanager
async def at_work(scenarios: Iterable[Scenario], client: aiohttp.ClientSession) -> AsyncIterator[EngineAtWork]:
    """Have a server for scenarios."""
    with Receiver() as receiver:
        text = PbxText("parity.yaml", json.dumps(pbx_file(scenarios, receiver.url)), is_changed=True)
        server = PbxServer(text)
        await asyncio.to_thread(server.start)
        try:
            yield SimulatedEngineAtWork(server.url, client)
        finally:
            await asyncio.to_thread(server.stop)
