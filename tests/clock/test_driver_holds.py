"""The driver: virtual time stands still while somebody outside is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND

if TYPE_CHECKING:
    from tests.clock.desk import Desk


async def test_time_stands_still_while_held_and_goes_on_from_there(desk: Desk) -> None:
    desk.plan("a", 3)
    desk.driver.set_rate(1)
    desk.loop.spend(2)
    hold = desk.driver.hold()
    await desk.loop.wait(500)
    desk.driver.catch_up()
    assert (desk.now, desk.done) == (2, [])
    hold.release()
    await desk.loop.wait(0.5)
    desk.driver.catch_up()
    assert (desk.now, desk.done) == (2.5, [])
    await desk.loop.wait(1)
    assert desk.done == [("a", 3)]


async def test_a_hold_taken_here_does_no_work_first(desk: Desk) -> None:
    desk.plan("a", 1)
    desk.driver.set_rate(1)
    desk.loop.spend(2)
    hold = desk.driver.hold(here=True)
    assert (desk.now, desk.done) == (0, [])
    desk.driver.catch_up()
    assert (desk.now, desk.done) == (0, [])
    hold.release()
    await desk.loop.wait(1)
    assert desk.done == [("a", 1)]


async def test_a_round_trip_at_a_thousand_times_real_time_eats_no_ringing(desk: Desk) -> None:
    async def ask() -> None:
        with desk.driver.hold():
            await desk.loop.wait(0.02)
        desk.done.append(("answer", desk.now))

    asked: list[asyncio.Future[None]] = []
    desk.plan("question", 5, also=lambda: asked.append(asyncio.ensure_future(ask())))
    desk.plan("gives up ringing", 15)
    desk.driver.set_rate(1_000)
    await desk.loop.wait(0.006)
    hold_begins = desk.now
    await asked[0]
    assert hold_begins < 15
    assert desk.done == [("question", 5), ("answer", hold_begins)]


async def test_time_goes_on_when_the_last_of_several_holds_is_released_and_each_counts_once(desk: Desk) -> None:
    desk.driver.set_rate(1)
    first, second = desk.driver.hold(), desk.driver.hold()
    first.release()
    first.release()
    desk.loop.spend(10)
    desk.driver.catch_up()
    assert desk.now == 0
    second.release()
    desk.loop.spend(10)
    desk.driver.catch_up()
    assert desk.now == 10


async def test_an_action_that_takes_a_hold_stops_time_at_its_own_instant(desk: Desk) -> None:
    holds = []
    desk.plan("asks", 10, also=lambda: holds.append(desk.driver.hold()))
    desk.plan("same instant", 10)
    desk.plan("later", 10.5)
    advance = asyncio.ensure_future(desk.driver.advance(60 * SECOND))
    await desk.loop.wait(30)
    assert (desk.words(), desk.now, advance.done()) == (["asks", "same instant"], 10, False)
    desk.plan("brought by the answer", 10)
    holds[0].release()
    await advance
    assert desk.words() == ["asks", "same instant", "brought by the answer", "later"]
    assert desk.now == 60


@pytest.mark.slow
async def test_all_work_of_the_held_instant_is_done_however_long_it_takes(desk: Desk) -> None:
    holds = []
    desk.plan("asks", 10, also=lambda: holds.append(desk.driver.hold()))
    for _ in range(200):
        desk.plan("same instant", 10, takes=0.001)
    desk.plan("later", 11)
    desk.driver.set_rate(1_000)
    await desk.loop.wait(1)
    assert (len(desk.done), desk.now) == (201, 10)
    holds[0].release()
    await desk.loop.wait(1)
    assert desk.words()[-1] == "later"


async def test_an_advance_waits_for_a_hold_that_is_taken_at_its_very_end(desk: Desk) -> None:
    holds = []
    desk.plan("asks", 60, also=lambda: holds.append(desk.driver.hold()))
    advance = asyncio.ensure_future(desk.driver.advance(60 * SECOND))
    await desk.loop.wait(30)
    assert not advance.done()
    desk.plan("brought by the answer", 60)
    holds[0].release()
    await advance
    assert desk.words() == ["asks", "brought by the answer"]


async def test_a_paused_clock_does_nothing_while_held_either(desk: Desk) -> None:
    desk.plan("a", 0)
    with desk.driver.hold():
        await desk.loop.wait(10)
        assert desk.done == []
    await desk.loop.wait(10)
    assert desk.done == []


async def test_a_hold_that_meets_an_error_is_released(desk: Desk) -> None:
    desk.driver.set_rate(1)
    with pytest.raises(OSError, match="refused"), desk.driver.hold():
        raise OSError("connection refused")
    desk.loop.spend(1)
    desk.driver.catch_up()
    assert desk.now == 1
