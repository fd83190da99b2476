"""What rivals take, counted as counted.py counts ours: a call by SimPy, replies by bare aiohttp."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Final

from tests.bench.client import Client
from tests.bench.counted import ALIVE, IN_A_BATCH, REQUEST
from tests.bench.harness import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web


_TURNS: Final = 3  # of the loop: in the first the tasks are woken, in the second they answer


def simpy_call(times: int) -> None:
    """Have SimPy simulate calls."""
    from tests.bench.rival_simpy import calls_per_second

    calls_per_second(times, ALIVE)


def constant_reply(times: int) -> None:
    """Have bare aiohttp say always the same."""
    from tests.bench.bare_aiohttp import bare

    asyncio.run(_answered(bare(), times))


def reply_after_reading(times: int) -> None:
    """Have it read the parameters before."""
    from tests.bench.bare_aiohttp import reading

    asyncio.run(_answered(reading(), times))


async def _answered(application: web.Application, times: int) -> None:
    from aiohttp import web

    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    assert runner.server is not None
    clients = [Client(runner.server()) for _ in range(IN_A_BATCH)]
    orders = count()
    for _ in range(times // IN_A_BATCH):
        for client in clients:
            client.sends(REQUEST % next(orders))
        for _ in range(_TURNS):
            await asyncio.sleep(0)
    expect("replies", [len(client.heard) for client in clients], [times // IN_A_BATCH] * IN_A_BATCH)
    expect(
        "replies that are right", {reply[-18:] for client in clients for reply in client.heard}, {b'{"success":"true"}'}
    )
    await runner.cleanup()


COUNTED: Final[dict[Callable[[int], None], tuple[int, int]]] = {
    simpy_call: (100, 400),
    constant_reply: (100, 400),
    reply_after_reading: (100, 400),
}
"""How often each is done in the two children that are compared."""
