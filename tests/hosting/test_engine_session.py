"""An engine's life beside its PBX: started, closed, and followed by another when the PBX begins anew."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND
from pbxsim.clock.scheduler import Scheduler
from pbxsim.engines.engine import Engine, EngineUnreachable, Opened
from pbxsim.hosting.engine_session import EngineSession

if TYPE_CHECKING:
    from collections.abc import Callable


class Bench:
    """Engines that write down what is asked of them, all in one list; each is known by a letter."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.acted = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken: set[str] = set()

    def session(self, letter: str, driver: ClockDriver | None = None, *, at_work: bool = True) -> EngineSession:
        """Give a session of the engine of that letter; one that is not `at_work` has neither start nor close."""

        async def start(_opened: Opened, _present: Callable[[Callable[[], None]], None]) -> None:
            self.told.append(f"start {letter}")
            await self.gate.wait()
            if letter in self.broken:
                raise EngineUnreachable(f"{letter} is away")
            self.told.append(f"{letter} works")

        async def close(_opened: Opened) -> None:
            self.told.append(f"close {letter}")

        engine = Engine(
            name=letter,
            title=letter,
            open=_open,
            start=start if at_work else None,
            close=close if at_work else None,
        )
        return EngineSession(engine, _open({}, None), driver or ClockDriver(Scheduler(0), rate=1), self.count)

    def count(self) -> None:
        """Count what an engine did of itself."""
        self.acted += 1


def _open(_settings: object, _pbx: Any) -> Opened:  # noqa: ANN401 - no PBX is needed here
    return Opened(engine=None)  # type: ignore[arg-type]  # nobody calls here


async def test_it_is_started_and_closed() -> None:
    bench = Bench()
    session = bench.session("a")
    await session.start()
    await session.close()
    assert bench.told == ["start a", "a works", "close a"]


async def test_until_it_has_begun_its_work_is_out_of_reach() -> None:
    bench = Bench()
    bench.gate.clear()
    session = bench.session("a")
    starting = asyncio.create_task(session.start())
    await asyncio.wait([starting], timeout=0)
    assert (bench.told, session.trouble) == (["start a"], "the engine a has not begun yet")
    bench.gate.set()
    await starting
    assert session.trouble == bench.session("b", at_work=False).trouble == ""


async def test_what_was_never_started_is_not_closed() -> None:
    bench = Bench()
    await bench.session("a").close()
    assert bench.told == []


async def test_what_could_not_start_is_closed() -> None:
    bench = Bench()
    bench.broken.add("a")
    session = bench.session("a")
    with pytest.raises(EngineUnreachable, match="a is away"):
        await session.start()
    await session.close()
    assert bench.told == ["start a", "close a"]


async def test_one_takes_over_when_the_one_before_is_closed() -> None:
    bench = Bench()
    first, second = bench.session("a"), bench.session("b")
    await first.start()
    second.take_over(first)
    await second.ready()
    assert bench.told == ["start a", "a works", "close a", "start b", "b works"]


async def test_resets_that_overtake_an_engine_are_done_one_after_the_other() -> None:
    bench = Bench()
    sessions = [bench.session(letter) for letter in "abcd"]
    await sessions[0].start()
    bench.gate.clear()
    for before, after in pairwise(sessions):
        after.take_over(before)
    bench.gate.set()
    await sessions[-1].ready()
    await sessions[-1].close()
    works = [f"start {letter}, {letter} works, close {letter}" for letter in "abcd"]
    assert ", ".join(bench.told) == ", ".join(works)


async def test_one_that_cannot_take_over_is_told_of_and_another_may(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.broken.add("b")
    first, second, third = (bench.session(letter) for letter in "abc")
    await first.start()
    second.take_over(first)
    with pytest.raises(EngineUnreachable, match="b is away"):
        await second.ready()
    assert caplog.messages == ["the engine b cannot begin anew: b is away"]
    third.take_over(second)
    await third.ready()
    assert bench.told[-4:] == ["start b", "close b", "start c", "c works"]


async def test_an_engine_without_work_of_its_own_needs_no_task() -> None:
    bench = Bench()
    first, second = bench.session("a", at_work=False), bench.session("b", at_work=False)
    tasks = asyncio.all_tasks()
    await first.start()
    second.take_over(first)
    assert asyncio.all_tasks() == tasks
    await second.ready()
    await second.close()
    assert bench.told == []


async def test_what_an_engine_does_of_itself_is_done_at_the_present_and_what_follows_of_it_too() -> None:
    bench = Bench()
    clock = Scheduler(0)
    driver = ClockDriver(clock, rate=1_000)
    driver.start()
    session = bench.session("a", driver)
    done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    moments: list[int] = []

    def act() -> None:
        moments.append(clock.now)
        clock.call_at(clock.now + 5 * SECOND, 1, 1, done.set_result, clock.now)

    loop = asyncio.get_running_loop()
    loop.call_later(0.01, session.act, act)
    assert await done == moments[0] >= 10 * SECOND
    assert bench.acted == 1
    driver.close()


async def test_a_fault_in_what_an_engine_does_is_its_own_and_the_clock_is_armed_all_the_same() -> None:
    bench = Bench()
    clock = Scheduler(0)
    driver = ClockDriver(clock, rate=1_000)
    driver.start()
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def act() -> None:
        clock.call_at(clock.now + SECOND, 1, 1, done.set_result, None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bench.session("a", driver).act(act)
    await done
    assert bench.acted == 1
    driver.close()
