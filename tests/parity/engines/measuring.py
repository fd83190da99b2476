"""Plays scenarios on the simulated engine and on others, and judges each difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import aiohttp

from tests.parity.engines import at_asterisk, at_sip, simulated
from tests.parity.engines.compare import compared
from tests.parity.engines.differences import judged
from tests.parity.engines.playing import play

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from tests.parity.engines.history import History
    from tests.parity.engines.playing import EngineAtWork
    from tests.parity.engines.scenario import Scenario

    Opens: TypeAlias = Callable[[Sequence[Scenario], aiohttp.ClientSession], AbstractAsyncContextManager[EngineAtWork]]

ENGINES: Final[dict[str, Opens]] = {
    "simulated": simulated.at_work,
    "asterisk": at_asterisk.at_work,
    "sip": at_sip.at_work,
}
"""By name: what gives an engine at work, or raises EngineUnavailable. Others are held to the first."""

OTHERS: Final = tuple(ENGINES)[1:]


async def histories(engine: str, scenarios: Sequence[Scenario]) -> dict[int, History]:
    """Play scenarios on an engine. Raises EngineUnavailable."""
    async with aiohttp.ClientSession() as client, ENGINES[engine](scenarios, client) as at_work:
        return await play(scenarios, at_work, client)


def faults(engine: str, ours: Mapping[int, History], theirs: Mapping[int, History]) -> dict[int, list[str]]:
    """Tell what is wrong, by scenario: what differs undeclared, and what was declared and does not."""
    found = {number: judged(engine, number, compared(ours[number], theirs[number])) for number in theirs}
    return {number: told for number, told in found.items() if told}
