"""The driver: what real time makes of virtual time at each rate, until it is closed. Nothing waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.driver import FASTEST, ClockDriver, ClockNotRunning
from pbxsim.clock.instant import HOUR, SECOND, seconds
from pbxsim.clock.scheduler import Scheduler
from tests.clock.desk import START, Desk
from tests.clock.loop import LoopOnHand, RoundingLoop, loop_on_hand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def test_a_paused_clock_stands_still(desk: Desk) -> None:
    desk.plan("a", 0)
    desk.driver.rearm()
    await desk.loop.wait(1_000)
    desk.driver.catch_up()
    assert (desk.now, desk.done) == (0, [])


@pytest.mark.parametrize(("rate", "waits"), [(1, 10.0), (0.25, 40.0), (1_000, 0.01), (3, 10 / 3)])
async def test_work_is_done_when_its_instant_has_come_at_that_rate(desk: Desk, rate: float, waits: float) -> None:
    moments = []
    desk.plan("a", 10, also=lambda: moments.append(desk.loop.now))
    begun = desk.loop.now
    desk.driver.set_rate(rate)
    await desk.loop.wait(waits * 0.99)
    assert desk.done == []
    await desk.loop.wait(waits * 0.02)
    assert desk.done == [("a", 10)]
    assert moments == [pytest.approx(begun + waits)]


async def test_the_rate_can_be_read(desk: Desk) -> None:
    desk.driver.set_rate(2.5)
    assert desk.driver.rate == 2.5


async def test_catching_up_brings_time_to_now_even_where_nothing_is_due(desk: Desk) -> None:
    desk.driver.set_rate(2)
    desk.loop.spend(3)
    desk.driver.catch_up()
    assert desk.now == 6


async def test_whoever_only_looks_sees_the_time_and_moves_nothing(desk: Desk) -> None:
    desk.driver.set_rate(2)
    desk.loop.spend(3)
    assert (desk.driver.moment - START, desk.now) == (seconds(6), 0)
    desk.driver.set_rate(0)
    desk.loop.spend(3)
    assert (desk.driver.moment - START, desk.now) == (seconds(6), 6)


async def test_whoever_only_looks_sees_no_time_at_which_something_due_is_not_done_yet(desk: Desk) -> None:
    desk.plan("a", 4)
    desk.driver.set_rate(1)
    desk.loop.spend(9)
    assert (desk.driver.moment - START, desk.done) == (seconds(4), [])
    desk.driver.catch_up()
    assert (desk.driver.moment - START, desk.done) == (seconds(9), [("a", 4)])


async def test_catching_up_does_what_has_become_due(desk: Desk) -> None:
    desk.plan("a", 1)
    desk.plan("b", 2)
    desk.plan("c", 3)
    desk.driver.set_rate(1)
    desk.loop.spend(2.5)
    desk.driver.catch_up()
    assert desk.done == [("a", 1), ("b", 2)]


async def test_a_new_rate_counts_from_the_moment_it_is_set(desk: Desk) -> None:
    desk.driver.set_rate(1)
    desk.loop.spend(10)
    desk.driver.set_rate(10)
    assert desk.now == 10
    desk.loop.spend(1)
    desk.driver.set_rate(0.5)
    assert desk.now == 20
    desk.loop.spend(1)
    desk.driver.catch_up()
    assert desk.now == 20.5


async def test_rate_zero_pauses_exactly_where_the_clock_is(desk: Desk) -> None:
    desk.plan("a", 3)
    desk.driver.set_rate(1)
    desk.loop.spend(2.5)
    desk.driver.set_rate(0)
    assert desk.now == 2.5
    await desk.loop.wait(1_000)
    assert (desk.now, desk.done) == (2.5, [])
    desk.driver.set_rate(1)
    await desk.loop.wait(1)
    assert desk.done == [("a", 3)]


@pytest.mark.parametrize("rate", [-1, -0.001, float("nan"), float("inf"), FASTEST * 1.01])
async def test_a_rate_that_no_clock_runs_at_is_refused_and_the_old_one_stays(desk: Desk, rate: float) -> None:
    desk.driver.set_rate(2)
    with pytest.raises(ValueError, match=r"a clock runs at 0 \(paused\) to 1e\+06 times real time"):
        desk.driver.set_rate(rate)
    assert desk.driver.rate == 2
    with pytest.raises(ValueError, match="a clock runs at"):
        ClockDriver(Scheduler(START), rate=rate)


async def test_a_driver_starts_at_the_rate_it_was_made_with_and_counts_from_its_start() -> None:
    clock = Scheduler(START)
    driver = ClockDriver(clock, rate=2)
    loop_on_hand().spend(100)
    driver.catch_up()
    assert clock.now == START
    driver.start()
    loop_on_hand().spend(1)
    driver.catch_up()
    assert clock.now == START + 2 * SECOND
    driver.close()


async def test_work_planned_before_the_start_is_done_in_time() -> None:
    clock, done = Scheduler(START), list[int]()
    clock.call_at(START + 2 * SECOND, 1, 1, done.append, 1)
    driver = ClockDriver(clock, rate=1)
    driver.start()
    await loop_on_hand().wait(3)
    assert done == [1]
    driver.close()


async def test_new_work_that_is_due_earlier_is_done_in_time(desk: Desk) -> None:
    desk.plan("late", 100)
    desk.driver.set_rate(1)
    desk.plan("early", 5)
    desk.driver.rearm()
    await desk.loop.wait(6)
    assert desk.done == [("early", 5)]


async def test_new_work_on_an_idle_clock_is_done_in_time(desk: Desk) -> None:
    desk.driver.set_rate(1)
    await desk.loop.wait(50)
    desk.plan("a", 55)
    desk.driver.rearm()
    await desk.loop.wait(6)
    assert desk.done == [("a", 55)]


async def test_work_that_asks_for_more_work_keeps_the_clock_going(desk: Desk) -> None:
    def again() -> None:
        if len(desk.done) < 5:
            desk.plan("again", desk.now + 2, also=again)

    desk.plan("first", 2, also=again)
    desk.driver.set_rate(1)
    await desk.loop.wait(11)
    assert desk.done == [("first", 2), ("again", 4), ("again", 6), ("again", 8), ("again", 10)]


async def test_work_that_was_cancelled_wakes_nobody(desk: Desk) -> None:
    timer = desk.clock.call_at(START + SECOND, 9, 1, desk.done.append, ("a", 0.0))
    desk.driver.set_rate(1)
    desk.clock.cancel(timer)
    await desk.loop.wait(2)
    assert desk.done == []


async def test_a_closed_clock_does_nothing_more(desk: Desk) -> None:
    desk.plan("a", 1)
    desk.driver.set_rate(1)
    desk.driver.close()
    desk.driver.close()
    await desk.loop.wait(10)
    desk.driver.catch_up()
    desk.driver.rearm()
    assert (desk.now, desk.done) == (0, [])
    with pytest.raises(ClockNotRunning):
        await desk.driver.advance(SECOND)


async def test_who_waits_for_an_advance_is_told_that_the_clock_was_closed(desk: Desk) -> None:
    for second in range(100):
        desk.plan("call", second, takes=0.001)
    advances = [asyncio.ensure_future(desk.driver.advance(50 * SECOND)) for _ in range(2)]
    await desk.loop.wait(0.01)
    desk.driver.close()
    outcomes = await asyncio.gather(*advances, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ClockNotRunning, ClockNotRunning]
    assert len(desk.done) < 50


async def test_an_action_may_close_the_clock(desk: Desk) -> None:
    desk.plan("closes", 5, also=desk.driver.close)
    desk.plan("later", 6)
    advance = asyncio.ensure_future(desk.driver.advance(10 * SECOND))
    with pytest.raises(ClockNotRunning):
        await advance
    assert (desk.words(), desk.now) == (["closes"], 5)


async def test_a_closed_clock_leaves_nothing_in_the_loop(desk: Desk) -> None:
    desk.plan("a", 1_000)
    desk.driver.set_rate(1)
    desk.driver.close()
    assert [timer for timer in vars(desk.loop)["_scheduled"] if not timer.cancelled()] == []


async def test_a_clock_that_stands_takes_no_turn_of_the_loop(desk: Desk) -> None:
    ready, timers = vars(desk.loop)["_ready"], vars(desk.loop)["_scheduled"]
    desk.plan("a", 5)
    before = len(timers)
    desk.driver.rearm()
    assert len(timers) == before
    desk.driver.set_rate(1)
    assert len(timers) == before + 1
    assert not ready


async def test_a_clock_that_was_never_started_says_so() -> None:
    driver = ClockDriver(Scheduler(START), rate=1)
    driver.rearm()
    with pytest.raises(ClockNotRunning, match="the clock is not running"):
        await driver.run_next()
    driver.close()


moves = st.one_of(
    st.tuples(st.just("wait"), st.floats(0, 20)),
    st.tuples(st.just("spend"), st.floats(0, 20)),
    st.tuples(st.just("rate"), st.sampled_from([0.0, 0.25, 1.0, 60.0, 1_000.0])),
    st.tuples(st.just("advance"), st.floats(0, 50)),
    st.tuples(st.just("next"), st.just(0.0)),
    st.tuples(st.just("idle"), st.floats(0, 50)),
    st.tuples(st.just("hold"), st.floats(0, 5)),
    st.tuples(st.just("plan"), st.floats(0, 80)),
    st.tuples(st.just("catch up"), st.just(0.0)),
)


async def _hold(desk: Desk, size: float) -> None:
    with desk.driver.hold():
        before = desk.now
        await desk.loop.wait(size)
        assert desk.now == before


async def _plan(desk: Desk, size: float) -> None:
    desk.plan(f"{desk.now + size:012.6f}", desk.now + size)
    desk.driver.rearm()


async def _make(desk: Desk, move: str, size: float) -> None:
    """Make one move; those that are no command of the clock do nothing but look at it."""
    driver = desk.driver
    commands: dict[str, Callable[[], Awaitable[object]]] = {
        "wait": lambda: desk.loop.wait(size),
        "advance": lambda: driver.advance(seconds(size)),
        "next": driver.run_next,
        "idle": lambda: driver.run_until_idle(seconds(size)),
        "hold": lambda: _hold(desk, size),
        "plan": lambda: _plan(desk, size),
    }
    if move in commands:
        await commands[move]()
    elif move == "rate":
        driver.set_rate(size)
    elif move == "spend":
        desk.loop.spend(size)
    else:
        driver.catch_up()


@pytest.mark.slow
@given(st.lists(moves, max_size=40))
def test_time_never_goes_back_and_work_is_done_in_order_whatever_is_done_to_the_clock(
    made: list[tuple[str, float]],
) -> None:
    async def scenario() -> None:
        desk = Desk(loop_on_hand())
        desk.driver.start()
        moments = [desk.now]
        for move, size in made:
            await _make(desk, move, size)
            moments.append(desk.now)
        assert moments == sorted(moments)
        desk.driver.set_rate(0)
        await desk.driver.run_until_idle(24 * HOUR)
        assert desk.words() == sorted(desk.words())
        assert len(desk.done) == sum(move == "plan" for move, _ in made)
        assert [f"{at:012.6f}" for _, at in desk.done] == desk.words()
        desk.driver.close()

    with asyncio.Runner(loop_factory=LoopOnHand) as runner:
        runner.run(scenario())


def test_on_a_loop_whose_handles_cannot_say_when_they_are_due_everything_is_done() -> None:
    async def work() -> tuple[list[tuple[str, float]], list[dict[str, object]]]:
        loop, failures = loop_on_hand(), list[dict[str, object]]()
        loop.set_exception_handler(lambda _, context: failures.append(context))
        desk = Desk(loop)
        desk.driver.start()
        desk.driver.set_rate(1)
        desk.plan("soon", 0.0004)
        for _ in range(8):
            desk.driver.rearm()
            await _turns(1)
            loop.spend(0.0001)
        desk.driver.close()
        return desk.done, failures

    with asyncio.Runner(loop_factory=RoundingLoop) as runner:
        done, failures = runner.run(work())
    assert [word for word, _ in done] == ["soon"]
    assert failures == []


async def _turns(number: int) -> None:
    """Let everybody have so many turns."""
    for _ in range(number):
        turn = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turn.set_result, None)
        await turn
