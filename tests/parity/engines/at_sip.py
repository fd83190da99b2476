"""A server at which telephones register themselves."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.parity.engines import with_telephones

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    import aiohttp

    from tests.parity.engines.playing import EngineAtWork
    from tests.parity.engines.scenario import Scenario


@asynccontextmanager
async def at_work(scenarios: Iterable[Scenario], _client: aiohttp.ClientSession) -> AsyncIterator[EngineAtWork]:
    """Have it, and telephones. Raises EngineUnavailable."""
    from tests.ports import own_port

    async with with_telephones.at_work("sip", {"port": own_port()}, scenarios) as engine:
        yield engine
