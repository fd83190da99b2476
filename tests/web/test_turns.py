"""A flood for one PBX does not have its whole queue answered before another PBX's next request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from pbxsim.web.turns import DEAR_PAUSE, ORDINARY, PAUSE, SHARED, Line, Turns
from tests.web.town import plan, running

if TYPE_CHECKING:
    from collections.abc import Callable


class Clockwork:
    """An event loop's timers, moved by hand; the futures are those of the loop that runs."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        """Tell the time."""
        return self.now

    def create_future(self) -> asyncio.Future[None]:
        """Make one."""
        return asyncio.get_running_loop().create_future()

    def call_later(self, delay: float, callback: Callable[[], None]) -> None:
        """Note a timer."""
        self.timers.append((delay, callback))

    def fire(self) -> float:
        """Have the oldest timer fire; give how long it was to wait."""
        delay, callback = self.timers.pop(0)
        self.now += delay
        callback()
        return delay


async def shared() -> tuple[Clockwork, Turns]:
    """Make turns of which `quiet` and then `flooded` had one just now."""
    clockwork = Clockwork()
    turns = Turns(clockwork)
    assert await turns.take("quiet") is None
    return clockwork, turns


async def taken(turns: Turns, pbx: str) -> Line:
    line = await turns.take(pbx)
    assert line is not None
    return line


async def until_it_waits(task: asyncio.Task[Line]) -> None:
    for _ in range(3):
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
    assert not task.done()


async def test_a_pbx_that_is_asked_alone_has_no_turns() -> None:
    clockwork = Clockwork()
    turns = Turns(clockwork)
    assert [await turns.take("only") for _ in range(100)] == [None] * 100
    assert clockwork.timers == []


async def test_a_turn_is_free_but_while_it_is_taken() -> None:
    clockwork, turns = await shared()
    assert turns.has_free("flooded")
    line = turns.take_free("flooded")
    assert line is not None
    assert not turns.has_free("flooded")
    assert turns.has_free("quiet")
    waiting = asyncio.ensure_future(taken(turns, "flooded"))
    await until_it_waits(waiting)
    turns.done(line, 0.0)
    clockwork.fire()
    assert await waiting is line
    assert not turns.has_free("flooded")


async def test_turns_end_when_nobody_else_has_asked_for_a_while() -> None:
    clockwork, turns = await shared()
    turns.done(await taken(turns, "flooded"), 0.0)
    clockwork.fire()
    clockwork.now += SHARED
    assert await turns.take("flooded") is None


async def test_of_a_flooded_pbx_one_request_is_answered_at_a_time() -> None:
    clockwork, turns = await shared()
    first = await taken(turns, "flooded")
    others = [asyncio.create_task(taken(turns, "flooded")) for _ in range(20)]
    await until_it_waits(others[0])
    assert await turns.take("quiet") is not None, "another PBX does not wait for it"
    turns.done(first, 0.0)
    await until_it_waits(others[0])
    for number, other in enumerate(others, start=1):
        clockwork.fire()
        line = await other
        assert sum(task.done() for task in others) == number
        turns.done(line, 0.0)


async def test_a_pbx_pauses_for_a_multiple_of_what_its_request_took() -> None:
    clockwork, turns = await shared()
    turns.done(await taken(turns, "flooded"), ORDINARY / 2)
    assert clockwork.fire() == PAUSE * ORDINARY / 2


async def test_a_dear_request_has_a_small_part_of_the_time_whether_it_is_dear_to_answer_or_to_read() -> None:
    for took, body in ((0.02, 0), (0.015, 1_000_000)):
        clockwork, turns = await shared()
        turns.done(await taken(turns, "flooded"), took, body)
        assert clockwork.fire() > DEAR_PAUSE * 0.018


async def test_a_client_that_leaves_while_it_waits_does_not_hold_up_those_behind() -> None:
    clockwork, turns = await shared()
    first = await taken(turns, "flooded")
    leaving, staying = (asyncio.create_task(taken(turns, "flooded")) for _ in range(2))
    await until_it_waits(leaving)
    leaving.cancel()
    turns.done(first, 0.0)
    clockwork.fire()
    assert await staying is first


async def test_a_client_that_leaves_when_its_turn_has_come_hands_it_on() -> None:
    clockwork, turns = await shared()
    first = await taken(turns, "flooded")
    leaving, staying = (asyncio.create_task(taken(turns, "flooded")) for _ in range(2))
    await until_it_waits(leaving)
    turns.done(first, 0.0)
    clockwork.fire()
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    assert await staying is first


@pytest.mark.slow
async def test_behind_a_flood_of_one_pbx_the_request_to_another_is_answered_among_the_first() -> None:
    flood = b"GET /acme/api?secret=s3cret!&from=100&to=102 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with running(plan(), plan("other", "other!")) as town:
        await town.get("/acme/api?secret=other!&from=100&to=102")
        flooded = town.server.hosts.named("town")
        assert flooded is not None
        opened = [await asyncio.open_connection("127.0.0.1", town.server.port) for _ in range(100)]
        for _, writer in opened:
            writer.write(flood * 5)
        await town.get("/acme/api?secret=other!&from=100&to=102")
        answered_before = flooded.requests.counted
        for reader, writer in opened:
            for _ in range(5):
                await reader.readuntil(b"CALL ")
            writer.close()
    assert answered_before < 10, "of the flood's 500 not more than a few were answered meanwhile"
    assert flooded.requests.counted == 500


async def test_a_request_that_waits_while_its_pbx_drops_the_vendor_is_told_that_nobody_is_there() -> None:
    flood = b"GET /acme/api?secret=s3cret!&from=100&to=102 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    async with running(plan(), plan("other", "other!")) as town:
        await town.get("/acme/api?secret=other!&from=100&to=102")
        flooded = town.server.hosts.named("town")
        assert flooded is not None
        opened = [await asyncio.open_connection("127.0.0.1", town.server.port) for _ in range(30)]
        for _, writer in opened:
            writer.write(flood)
        await town.get("/acme/api?secret=other!&from=100&to=102")
        flooded.interfaces = {}
        statuses = [(await reader.read()).split(b" ")[1] for reader, _ in opened]
        for _, writer in opened:
            writer.close()
    assert statuses.count(b"200") + statuses.count(b"404") == 30
    assert statuses.count(b"404") > 15
