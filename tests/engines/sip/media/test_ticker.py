"""The one timer: on time, at most three packets at once after a stop, and none while nobody hears anything of ours."""

from __future__ import annotations

from pbxsim.engines.sip.media.ticker import Ticker
from tests.engines.sip.media.telephones import Time


async def test_each_20_ms_everybody_is_called_with_the_number_of_the_tick() -> None:
    time, first, second = Time(), list[int](), list[int]()
    ticker = Ticker(time)
    ticker.add(first.append)
    time.passes(0.050)
    ticker.add(second.append)
    time.passes(0.050)
    assert (first, second) == ([0, 1, 2, 3, 4, 5], [3, 4, 5])


async def test_a_busy_machine_catches_up_with_three_and_leaves_the_rest_out() -> None:
    time, ticks = Time(), list[int]()
    ticker = Ticker(time)
    ticker.add(ticks.append)
    time.passes(0.001)
    time.passes(10.0, at_once=True)
    time.passes(0.020)
    assert ticks == [0, 498, 499, 500, 501]


async def test_without_anybody_to_call_no_timer_waits_and_time_goes_on_all_the_same() -> None:
    time, ticks = Time(), list[int]()
    ticker = Ticker(time)
    ticker.add(ticks.append)
    time.passes(0.021)
    ticker.remove(ticks.append)
    assert time.waiting == 0
    time.passes(1.0)
    ticker.add(ticks.append)
    assert time.waiting == 1
    time.passes(0.021)
    assert ticks == [0, 1, 51, 52]


async def test_who_goes_while_others_are_called_is_called_no_more() -> None:
    time, calls = Time(), list[int]()
    ticker = Ticker(time)

    def once(tick: int) -> None:
        calls.append(tick)
        ticker.remove(once)

    ticker.add(once)
    time.passes(0.100)
    assert calls == [0]
    assert time.waiting == 0
