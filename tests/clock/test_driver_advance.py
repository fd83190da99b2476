"""The driver: moving time by command, and what has been done when such a command is over."""

from __future__ import annotations

import asyncio

import pytest

from pbxsim.clock.driver import LAST, BeyondTime
from pbxsim.clock.instant import HOUR, SECOND, TimeWentBackwards, seconds
from tests.clock.desk import START, Desk
from tests.clock.loop import loop_on_hand

DAY = 24 * HOUR


async def test_an_advance_does_all_work_due_by_then_and_takes_no_real_time(desk: Desk) -> None:
    for word, at in (("c", 30), ("a", 10), ("b", 20), ("later", 30.000001)):
        desk.plan(word, at)
    begun = desk.loop.now
    await desk.driver.advance(30 * SECOND)
    assert desk.done == [("a", 10), ("b", 20), ("c", 30)]
    assert (desk.now, desk.loop.now) == (30, begun)


async def test_an_advance_of_nothing_does_what_is_due_now(desk: Desk) -> None:
    desk.plan("a", 0)
    await desk.driver.advance(0)
    assert (desk.done, desk.now) == ([("a", 0)], 0)


async def test_an_advance_back_is_refused(desk: Desk) -> None:
    for command in (desk.driver.advance, desk.driver.run_until_idle):
        with pytest.raises(TimeWentBackwards) as refusal:
            await command(-1)
        assert (refusal.value.now, refusal.value.asked) == (START, START - 1)


async def test_an_advance_of_a_running_clock_jumps_and_the_clock_runs_on_from_there(desk: Desk) -> None:
    desk.plan("a", 1_800)
    desk.plan("b", 3_605)
    desk.driver.set_rate(1)
    desk.loop.spend(2)
    await desk.driver.advance(HOUR)
    assert desk.now == 3_602
    assert desk.words() == ["a"]
    await desk.loop.wait(4)
    assert desk.done == [("a", 1_800), ("b", 3_605)]
    desk.driver.catch_up()
    assert desk.now == 3_606


async def test_advances_that_meet_queue_up_and_each_moves_by_its_own_amount(desk: Desk) -> None:
    moments = []

    async def advance(by: int) -> None:
        await desk.driver.advance(by * SECOND)
        moments.append((by, desk.now))

    await asyncio.gather(advance(10), advance(20), advance(5))
    assert moments == [(10, 10), (20, 30), (5, 35)]


async def test_barriers_are_passed_in_order_after_all_work_is_done(desk: Desk) -> None:
    async def flush(word: str) -> None:
        await desk.loop.wait(0.02)
        desk.done.append((word, desk.now))

    desk.driver.barriers += [lambda: flush("records written"), lambda: flush("webhooks posted")]
    desk.plan("a", 10)
    desk.plan("b", 20)
    await desk.driver.advance(20 * SECOND)
    assert desk.done == [("a", 10), ("b", 20), ("records written", 20), ("webhooks posted", 20)]


async def test_the_siblings_of_advance_pass_the_barriers_too(desk: Desk) -> None:
    passed = []

    async def barrier() -> None:
        passed.append(desk.now)

    desk.driver.barriers.append(barrier)
    desk.plan("a", 7)
    desk.plan("b", 9)
    await desk.driver.run_next()
    await desk.driver.run_until_idle(HOUR)
    assert passed == [7, 9]


async def test_a_barrier_is_passed_once_and_not_before_the_last_slice_of_work(desk: Desk) -> None:
    async def barrier() -> None:
        desk.done.append(("barrier", desk.now))

    desk.driver.barriers.append(barrier)
    for second in range(100):
        desk.plan("call", second, takes=0.001)
    await desk.driver.advance(100 * SECOND)
    assert desk.words() == ["call"] * 100 + ["barrier"]


async def test_work_that_a_barrier_brings_is_done_before_the_advance_is_over(desk: Desk) -> None:
    left = ["retry", "retry again"]

    async def post() -> None:
        if left:
            desk.plan(left.pop(0), desk.now)

    desk.driver.barriers.append(post)
    await desk.driver.advance(5 * SECOND)
    assert desk.done == [("retry", 5), ("retry again", 5)]


async def test_a_barrier_that_fails_fails_the_advance_and_the_next_one_works(desk: Desk) -> None:
    async def broken() -> None:
        raise OSError("disk full")

    desk.driver.barriers.append(broken)
    with pytest.raises(OSError, match="disk full"):
        await desk.driver.advance(5 * SECOND)
    desk.driver.barriers.clear()
    await desk.driver.advance(5 * SECOND)
    assert desk.now == 10


async def test_requests_see_a_clock_on_its_way_while_a_day_goes_by(desk: Desk) -> None:
    seen = []
    for minute in range(24 * 60):
        desk.plan("call", minute * 60, takes=0.001)
    advance = asyncio.ensure_future(desk.driver.advance(DAY))
    while not advance.done():
        await desk.loop.wait(0)
        desk.driver.catch_up()  # as each request does
        seen.append(desk.now)
    assert len(desk.done) == 24 * 60
    assert len(set(seen)) > 100
    assert seen == sorted(seen)


async def test_an_advance_that_is_given_up_leaves_time_where_it_has_come_to(desk: Desk) -> None:
    for second in range(100):
        desk.plan(str(second), second, takes=0.001)
    advance = asyncio.ensure_future(desk.driver.advance(100 * SECOND))
    await desk.loop.wait(0.02)
    advance.cancel()
    with pytest.raises(asyncio.CancelledError):
        await advance
    stopped_at = desk.now
    assert 0 < stopped_at < 99
    await desk.loop.wait(100)
    assert desk.now == stopped_at
    await desk.driver.advance(seconds(99 - stopped_at))
    assert desk.words() == [str(second) for second in range(100)]


async def test_time_ends_in_the_year_9999() -> None:
    desk = Desk(loop_on_hand(), start=LAST - 10 * SECOND)
    desk.driver.start()
    with pytest.raises(BeyondTime, match=r"cannot go beyond 9999-12-31T23:59:59\.999999Z"):
        await desk.driver.advance(11 * SECOND)
    assert not desk.clock.next_due()
    desk.driver.set_rate(1)
    desk.plan("never", 11)
    await desk.loop.wait(60)
    desk.driver.catch_up()
    assert (desk.now, desk.done) == (10, [])
    assert not await desk.driver.run_until_idle(HOUR)
    desk.driver.close()


async def test_run_next_does_everything_due_at_the_next_instant_and_nothing_else(desk: Desk) -> None:
    desk.plan("a", 10, also=lambda: desk.plan("asked for by a", 10))
    desk.plan("b", 10)
    desk.plan("later", 10.000001)
    assert await desk.driver.run_next()
    assert desk.words() == ["a", "b", "asked for by a"]
    assert desk.now == 10


async def test_run_next_without_work_moves_nothing(desk: Desk) -> None:
    assert not await desk.driver.run_next()
    assert desk.now == 0


async def test_run_next_of_a_running_clock_without_work_stands_at_the_present(desk: Desk) -> None:
    desk.driver.set_rate(1)
    desk.loop.spend(4)
    assert not await desk.driver.run_next()
    assert desk.now == 4


async def test_run_next_of_a_running_clock_jumps_and_the_clock_runs_on_from_there(desk: Desk) -> None:
    desk.plan("a", 10)
    desk.driver.set_rate(1)
    desk.loop.spend(4)
    assert await desk.driver.run_next()
    assert desk.now == 10
    desk.loop.spend(4)
    desk.driver.catch_up()
    assert desk.now == 14


async def test_run_until_idle_stops_at_the_last_work(desk: Desk) -> None:
    desk.plan("a", 10, also=lambda: desk.plan("b", 25))
    assert await desk.driver.run_until_idle(HOUR)
    assert (desk.words(), desk.now) == (["a", "b"], 25)


async def test_run_until_idle_stops_at_its_limit_where_work_never_ends(desk: Desk) -> None:
    def again() -> None:
        desk.plan("again", desk.now + 7, also=again)

    desk.plan("first", 7, also=again)
    assert not await desk.driver.run_until_idle(60 * SECOND)
    assert (len(desk.done), desk.now) == (8, 60)


async def test_the_limit_of_a_running_clock_counts_from_the_present(desk: Desk) -> None:
    desk.plan("a", 100)
    desk.driver.set_rate(1)
    desk.loop.spend(4)
    assert not await desk.driver.run_until_idle(10 * SECOND)
    assert desk.now == 14


async def test_run_until_idle_without_work_moves_nothing(desk: Desk) -> None:
    assert await desk.driver.run_until_idle(HOUR)
    assert desk.now == 0


async def test_run_until_idle_does_what_a_barrier_brings(desk: Desk) -> None:
    async def retry() -> None:
        if len(desk.done) < 3:
            desk.plan("retry", desk.now + 5)

    desk.driver.barriers.append(retry)
    assert await desk.driver.run_until_idle(HOUR)
    assert desk.done == [("retry", 5), ("retry", 10), ("retry", 15)]
