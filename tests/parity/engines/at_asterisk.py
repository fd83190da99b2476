"""A server with a real Asterisk of its own."""

from __future__ import annotations

import asyncio
import importlib.util
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pbxsim.engines.asterisk import installation
from pbxsim.engines.engine import EngineUnreachable
from tests.parity.engines import with_telephones
from tests.parity.engines.playing import EngineUnavailable
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    import aiohttp

    from tests.parity.engines.playing import EngineAtWork
    from tests.parity.engines.scenario import Scenario


@asynccontextmanager
async def at_work(scenarios: Iterable[Scenario], _client: aiohttp.ClientSession) -> AsyncIterator[EngineAtWork]:
    """Have it, and telephones. Raises EngineUnavailable."""
    from tests.engines.asterisk.exchange import sound_ports

    await _see_that_it_is_there()
    section = {"sip_port": own_port(), "ami_port": own_port(), "rtp_ports": list(sound_ports())}
    async with with_telephones.at_work("asterisk", section, scenarios) as engine:
        yield engine


async def _see_that_it_is_there() -> None:
    if importlib.util.find_spec("panoramisk") is None:
        raise EngineUnavailable("panoramisk is not installed")
    try:
        await asyncio.to_thread(installation.found_or_fetched, lambda _: None)
    except EngineUnreachable as error:
        raise EngineUnavailable(f"no Asterisk: {error}") from None
