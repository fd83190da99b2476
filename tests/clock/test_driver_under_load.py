"""The driver: others have their turn while much is due, and a failing action stops nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.instant import SECOND
from tests.clock.desk import Pulse

if TYPE_CHECKING:
    from tests.clock.desk import Desk


async def test_others_have_their_turn_every_five_milliseconds_while_an_advance_works(desk: Desk) -> None:
    for second in range(500):
        desk.plan("call", second, takes=0.0008)
    pulse = Pulse(desk.loop)
    await desk.driver.advance(500 * SECOND)
    pulse.stop()
    assert 0 < pulse.longest_gap <= 0.0058
    assert pulse.turns > 500 * 0.0008 / 0.0058


async def test_others_have_their_turn_while_much_is_due_at_one_instant(desk: Desk) -> None:
    for _ in range(5_000):
        desk.plan("call", 1, takes=0.00002)
    pulse = Pulse(desk.loop)
    await desk.driver.advance(SECOND)
    pulse.stop()
    assert len(desk.done) == 5_000
    assert pulse.longest_gap <= 0.0055


@pytest.mark.slow
async def test_a_machine_that_slept_for_days_stays_responsive_and_catches_up_in_order(desk: Desk) -> None:
    for index in range(3 * 24 * 60):
        desk.plan(str(index), index * 60, takes=0.0002)
    desk.driver.set_rate(1)
    desk.loop.spend(3 * 86_400)
    begun = desk.loop.now
    desk.driver.catch_up()
    assert desk.loop.now - begun <= 0.0055
    assert 0 < desk.now < 3 * 86_400  # time lags behind, and whoever asks sees where it stands
    pulse = Pulse(desk.loop)
    await desk.loop.wait(2)
    pulse.stop()
    desk.driver.catch_up()
    assert desk.words() == [str(index) for index in range(3 * 24 * 60)]
    assert desk.now == pytest.approx(desk.loop.now - begun + 3 * 86_400)
    assert pulse.longest_gap <= 0.0055


async def test_a_pause_while_time_lags_behind_stops_where_the_clock_is(desk: Desk) -> None:
    for index in range(1_000):
        desk.plan(str(index), index, takes=0.001)
    desk.driver.set_rate(1)
    desk.loop.spend(1_000)
    desk.driver.set_rate(0)
    stopped_at, done = desk.now, len(desk.done)
    assert 0 < stopped_at < 20
    await desk.loop.wait(100)
    assert (desk.now, len(desk.done)) == (stopped_at, done)


def fail() -> None:
    """Break an action."""
    raise LookupError("no such line")


@pytest.mark.parametrize("rate", [0, 1])
async def test_a_failing_action_is_reported_to_the_loop_and_the_rest_goes_on(desk: Desk, rate: float) -> None:
    reports: list[dict[str, Any]] = []
    desk.loop.set_exception_handler(lambda _, context: reports.append(context))
    desk.plan("breaks", 1, also=fail)
    desk.plan("same instant", 1)
    desk.plan("later", 2)
    desk.driver.set_rate(rate)
    if rate:
        await desk.loop.wait(3)
    else:
        await desk.driver.advance(3 * SECOND)
    assert desk.done == [("breaks", 1), ("same instant", 1), ("later", 2)]
    (report,) = reports
    assert report["message"] == "an action due at 2023-11-14T22:13:21.000000Z failed"
    assert str(report["exception"]) == "no such line"


async def test_a_failing_action_does_not_reach_the_request_that_catches_up(desk: Desk) -> None:
    reports: list[dict[str, Any]] = []
    desk.loop.set_exception_handler(lambda _, context: reports.append(context))
    desk.plan("breaks", 1, also=fail)
    desk.driver.set_rate(1)
    desk.loop.spend(2)
    desk.driver.catch_up()
    assert (desk.now, len(reports)) == (2, 1)


async def test_an_action_that_pauses_the_clock_stops_it_at_its_own_instant(desk: Desk) -> None:
    desk.plan("pauses", 5, also=lambda: desk.driver.set_rate(0))
    desk.plan("same instant", 5)
    desk.plan("later", 6)
    desk.driver.set_rate(1)
    await desk.loop.wait(60)
    assert (desk.words(), desk.now) == (["pauses", "same instant"], 5)


async def test_an_action_cannot_drive_the_clock_that_runs_it(desk: Desk) -> None:
    def drive() -> None:
        desk.driver.catch_up()
        desk.done.append(("tried", desk.now))

    desk.plan("tries", 5, also=drive, takes=3)
    desk.plan("in turn", 6)
    desk.driver.set_rate(1)
    await desk.loop.wait(10)
    assert desk.done == [("tries", 5), ("tried", 5), ("in turn", 6)]
