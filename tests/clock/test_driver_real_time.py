"""A clock for telephones that live in real time: nobody holds it, and nobody moves it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.driver import ClockDriver, RealTime, wall_clock
from pbxsim.clock.instant import SECOND, TimeWentBackwards, parse_iso
from pbxsim.clock.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.clock.instant import Instant

BEGIN: Instant = parse_iso("2026-01-01")


@pytest.fixture
async def driver() -> AsyncIterator[ClockDriver]:
    """Give one that runs."""
    driver = ClockDriver(Scheduler(BEGIN), rate=1, is_real_time=True)
    driver.start()
    yield driver
    driver.close()


async def test_it_takes_no_other_rate(driver: ClockDriver) -> None:
    for rate in (0, 0.5, 60):
        with pytest.raises(RealTime):
            driver.set_rate(rate)
    driver.set_rate(1)
    assert driver.rate == 1


async def test_what_is_no_rate_at_all_is_refused_as_ever(driver: ClockDriver) -> None:
    with pytest.raises(ValueError, match="a clock runs at 0"):
        driver.set_rate(-1)


async def test_it_is_not_moved_on(driver: ClockDriver) -> None:
    with pytest.raises(RealTime):
        await driver.advance(1)
    with pytest.raises(RealTime):
        await driver.run_next()
    with pytest.raises(RealTime):
        await driver.run_until_idle(SECOND)
    with pytest.raises(TimeWentBackwards):
        await driver.advance(-1)


async def test_to_advance_by_nothing_is_the_barrier_that_it_always_is(driver: ClockDriver) -> None:
    passed: list[str] = []

    async def barrier() -> None:
        passed.append("barrier")

    driver.barriers.append(barrier)
    await driver.advance(0)
    assert passed == ["barrier"]


async def test_a_hold_does_not_stop_it(driver: ClockDriver) -> None:
    done = asyncio.get_running_loop().create_future()
    clock = driver._clock  # noqa: SLF001 - the scheduler that the fixture gave it
    clock.call_at(clock.now + SECOND // 100, 1, 1, done.set_result, None)
    with driver.hold():
        driver.rearm()
        await done
    assert clock.now >= BEGIN + SECOND // 100


def test_the_worlds_time_is_of_this_century() -> None:
    assert parse_iso("2025-01-01") < wall_clock() < parse_iso("2100-01-01")
