"""Machines sleep, and their clocks are set: a clock in real time shows the world's time, not the loop's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import SECOND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.clock.desk import Desk

NIGHT = 8 * 3_600.0


async def test_a_real_clock_goes_on_from_the_worlds_time_after_a_sleep(desk: Desk) -> None:
    desk.driver.set_rate(1)
    desk.loop.spend(10)
    desk.asleep = NIGHT
    desk.driver.catch_up()
    assert desk.now == NIGHT + 10
    desk.loop.spend(5)
    desk.driver.catch_up()
    assert desk.now == NIGHT + 15


async def test_each_of_several_sleeps_is_made_up_for(desk: Desk) -> None:
    desk.driver.set_rate(1)
    for hours in (1, 2, 3):
        desk.asleep = hours * 3_600.0
        desk.loop.spend(1)
        desk.driver.catch_up()
        assert desk.now == hours * 3_601


async def test_what_was_due_meanwhile_is_done_in_its_order_each_at_its_instant(desk: Desk) -> None:
    desk.plan("b", 7_200)
    desk.plan("a", 3_600, also=lambda: desk.plan("between", 3_700))
    desk.plan("after", NIGHT + 100)
    desk.driver.set_rate(1)
    desk.asleep = NIGHT
    desk.driver.catch_up()
    assert desk.done == [("a", 3_600), ("between", 3_700), ("b", 7_200)]


async def test_a_sleep_is_noticed_within_a_second_though_nothing_is_due_for_hours(desk: Desk) -> None:
    desk.plan("morning", NIGHT)
    desk.driver.set_rate(1)
    await desk.loop.wait(100)
    desk.asleep = NIGHT
    await desk.loop.wait(1.1)
    assert desk.done == [("morning", NIGHT)]


async def test_a_clock_with_nothing_to_do_does_not_wake_to_look(desk: Desk) -> None:
    desk.driver.set_rate(1)
    await desk.loop.wait(100)
    assert [timer for timer in vars(desk.loop)["_scheduled"] if not timer.cancelled()] == []


@pytest.mark.parametrize("set_back", [0.5, 3.0, 3_600.0])
async def test_a_world_set_back_turns_nothing_back_and_setting_it_right_again_makes_no_leap(
    desk: Desk, set_back: float
) -> None:
    desk.driver.set_rate(1)
    desk.loop.spend(10)
    desk.driver.catch_up()
    desk.asleep = -set_back
    desk.loop.spend(1)
    desk.driver.catch_up()
    assert desk.now == 11
    desk.asleep = 0
    desk.loop.spend(1)
    desk.driver.catch_up()
    assert desk.now == 12


async def test_a_world_that_is_less_than_a_second_ahead_is_only_being_corrected(desk: Desk) -> None:
    desk.driver.set_rate(1)
    desk.asleep = 0.9
    desk.driver.catch_up()
    assert desk.now == 0
    desk.asleep = 1.8
    desk.loop.spend(0.01)
    desk.driver.catch_up()
    assert desk.now == 1.81


async def test_the_worlds_clock_is_looked_at_some_two_hundred_times_a_second_however_much_there_is_to_do(
    desk: Desk,
) -> None:
    desk.driver.set_rate(1)
    before = desk.looks
    for _ in range(4_000):
        desk.loop.spend(0.000_25)
        desk.driver.catch_up()
    assert 150 < desk.looks - before <= 200


@pytest.mark.parametrize("rate", [0, 0.5, 2, 1_000])
async def test_at_any_other_rate_the_worlds_clock_is_nothing_to_the_pbx(desk: Desk, rate: float) -> None:
    desk.driver.set_rate(rate)
    desk.asleep = NIGHT
    desk.loop.spend(10)
    desk.driver.catch_up()
    assert desk.now == 10 * rate
    desk.driver.set_rate(1)
    desk.loop.spend(1)
    desk.driver.catch_up()
    assert desk.now == 10 * rate + 1


async def test_a_sleep_during_a_hold_is_made_up_for_when_it_is_released(desk: Desk) -> None:
    desk.driver.set_rate(1)
    with desk.driver.hold():
        desk.asleep = NIGHT
        desk.loop.spend(3)
        desk.driver.catch_up()
        assert desk.now == 0
    desk.driver.catch_up()
    assert desk.now == NIGHT


async def test_what_is_missing_stays_owed_when_the_work_of_the_night_takes_a_hold(desk: Desk) -> None:
    holds = []
    desk.plan("asks", 3_600, also=lambda: holds.append(desk.driver.hold(here=True)))
    desk.plan("morning", 7_200)
    desk.driver.set_rate(1)
    desk.asleep = NIGHT
    desk.driver.catch_up()
    assert desk.done == [("asks", 3_600)]
    holds[0].release()
    desk.driver.catch_up()
    assert desk.done == [("asks", 3_600), ("morning", 7_200)]
    assert desk.now == NIGHT


async def test_a_sleep_during_an_advance_comes_on_top_of_it(desk: Desk) -> None:
    desk.driver.set_rate(1)
    desk.plan("sleeps", 50, also=lambda: setattr(desk, "asleep", NIGHT))
    await desk.driver.advance(100 * SECOND)
    desk.driver.catch_up()
    assert desk.now == pytest.approx(NIGHT + 100, abs=0.1)


async def test_the_loop_has_its_turn_while_a_night_is_made_up_for(desk: Desk) -> None:
    for minute in range(480):
        desk.plan(f"{minute:03}", minute * 60, takes=0.001)
    desk.driver.set_rate(1)
    desk.asleep = NIGHT
    begun = desk.loop.now
    desk.driver.catch_up()
    assert desk.loop.now - begun < 0.01
    await desk.loop.wait(1)
    desk.driver.catch_up()
    assert desk.words() == sorted(desk.words())
    assert len(desk.done) == 480
    assert desk.now >= NIGHT


def test_the_worlds_time_is_in_microseconds_since_1970(tmp_path: Path) -> None:
    assert abs(tmp_path.stat().st_mtime_ns // 1_000 - wall_clock()) < 60 * SECOND
