"""The harness: how rounds are ordered, what a ratio is, and that a wrong result is never taken for a speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.collector import GC_THRESHOLDS as served
from tests.bench.goals import Goal
from tests.bench.harness import (
    GC_THRESHOLDS,
    ROOT,
    Contender,
    Spread,
    WrongResult,
    expect,
    in_child,
    interleave,
    ratios,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.harness import Figures


def _contender(name: str, told: list[str]) -> Contender:
    def measure() -> Figures:
        told.append(name)
        return {"calls/s": float(len(told))}

    return Contender(name, measure)


def test_contenders_take_turns_in_every_round() -> None:
    told: list[str] = []
    rounds = interleave((_contender("ours", told), _contender("rival", told)), 3, lambda _: None)
    assert told == ["ours", "rival"] * 3
    assert rounds == {
        "ours": [{"calls/s": 1.0}, {"calls/s": 3.0}, {"calls/s": 5.0}],
        "rival": [{"calls/s": 2.0}, {"calls/s": 4.0}, {"calls/s": 6.0}],
    }


def test_a_ratio_is_taken_within_each_round_and_told_as_median_and_middle_half() -> None:
    ours = [{"calls/s": 10.0}, {"calls/s": 4.0}, {"calls/s": 90.0}]
    rival = [{"calls/s": 10.0}, {"calls/s": 8.0}, {"calls/s": 30.0}]
    assert ratios(ours, rival, "calls/s") == Spread(median=1.0, low=0.75, high=2.0)


def test_one_round_stands_for_itself() -> None:
    assert Spread.of([3.0]) == Spread(3.0, 3.0, 3.0)


@pytest.mark.parametrize(
    ("at_least", "at_most", "median", "reached"),
    [
        (0.8, None, 0.8, True),
        (0.8, None, 0.79, False),
        (None, 1.1, 1.1, True),
        (None, 1.1, 1.2, False),
        (None, None, 5, None),
    ],
)
def test_a_goal_is_reached_by_its_median_alone(
    at_least: float | None, at_most: float | None, median: float, *, reached: bool | None
) -> None:
    goal = Goal(name="G0", words="speed", figure="calls/s", ours="ours", at_least=at_least, at_most=at_most)
    assert goal.is_reached(Spread(median, 0.0, 100.0)) is reached


def test_a_wrong_result_is_an_error_and_no_figure() -> None:
    with pytest.raises(WrongResult, match="records: 3, but it must be 4"):
        expect("records", 3, 4)


def test_a_measurement_whose_process_fails_is_an_error_that_tells_why() -> None:
    with pytest.raises(WrongResult, match="ZeroDivisionError"):
        in_child("rival_heap", "calls_per_second", calls=10, alive=0)()


@pytest.mark.slow
@pytest.mark.parametrize(
    "measure",
    [
        in_child("our_switch", "calls_per_second", calls=60, alive=20),
        in_child("rival_heap", "calls_per_second", calls=60, alive=20),
        in_child("rival_simpy", "calls_per_second", calls=60, alive=20),
        in_child("rival_asyncio", "calls_per_second", calls=60, alive=20, asks_the_system=1),
        in_child("rival_asyncio", "calls_per_second", calls=60, alive=20, asks_the_system=0),
    ],
)
def test_every_contender_brings_all_calls_to_their_end(measure: Callable[[], Figures]) -> None:
    assert measure()["calls/s"] > 0


def test_everybody_is_given_the_collector_settings_of_the_served_pbx() -> None:
    assert served == GC_THRESHOLDS
    assert f"gc.set_threshold{served}" in (ROOT / "tests/bench/bare_aiohttp.py").read_text(encoding="utf-8").replace(
        "200_000", "200000"
    )
