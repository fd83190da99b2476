"""What happens at moments of the PBX's time and is none of the switch's business."""

from __future__ import annotations

import asyncio

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.scheduler import Scheduler

START = 1_000_000_000
SECOND = 1_000_000


def outside(driver: ClockDriver, seconds: float, heard: list[float], clock: Scheduler) -> None:
    """Have the clock's seconds put down when so many have passed."""
    due = START + round(seconds * SECOND)
    driver.outside.call_at(
        due, 1, len(heard) + len(driver.outside) + 1, lambda _: heard.append(clock.now - START), None
    )


async def test_it_is_run_when_its_moment_has_passed() -> None:
    clock, heard = Scheduler(START), list[float]()
    driver = ClockDriver(clock, rate=0)
    driver.start()
    outside(driver, 2, heard, clock)
    outside(driver, 3.5, heard, clock)
    await driver.advance(SECOND)
    assert heard == []
    await driver.advance(2 * SECOND)
    assert heard == [3 * SECOND]
    await driver.advance(SECOND)
    assert heard == [3 * SECOND, 4 * SECOND]
    driver.close()


async def test_the_switch_does_not_see_it() -> None:
    clock, heard = Scheduler(START), list[float]()
    driver = ClockDriver(clock, rate=0)
    driver.start()
    outside(driver, 2, heard, clock)
    assert clock.next_due() is None
    assert not await driver.run_next()
    assert await driver.run_until_idle(3600 * SECOND)
    assert (clock.now, heard) == (START, [])
    driver.close()


async def test_a_running_clock_wakes_for_it() -> None:
    clock, heard, rang = Scheduler(START), list[float](), asyncio.Event()
    driver = ClockDriver(clock, rate=1000)
    driver.start()
    outside(driver, 2, heard, clock)
    driver.outside.call_at(START + 3 * SECOND, 2, 1, lambda _: rang.set(), None)
    driver.rearm()
    await asyncio.wait_for(rang.wait(), 5)
    assert len(heard) == 1
    assert clock.now >= START + 3 * SECOND
    driver.close()


async def test_what_fails_there_stops_nothing() -> None:
    clock, told = Scheduler(START), list[object]()
    driver = ClockDriver(clock, rate=0)
    driver.start()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))

    def fail(_: None) -> None:
        raise ArithmeticError

    driver.outside.call_at(START + SECOND, 1, 1, fail, None)
    await driver.advance(2 * SECOND)
    assert clock.now == START + 2 * SECOND
    assert [type(error) for error in told] == [ArithmeticError]
    driver.close()
