"""A busy hour through a queue agrees with Erlang C, and with Erlang A where callers give up.

4,000 calls an hour of 181 s mean talk are 201 Erlang, for 210 agents. Each seed's hour begins in the stationary state:
as many callers as the chain of erlang.py draws are there at its first instant, for talk and patience have no memory. So
nothing has to be thrown away, and the hours are independent; the interval is Student's, of 30 hours.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate
from statistics import fmean, stdev

import pytest

from pbxsim.pbx.dice import draw, stream
from tests.pbx.busy_hour import AGENTS, CALLS, TALK, WITHIN, BusyHour, Hour
from tests.pbx.erlang import Theory, theory

SEEDS = 30
STUDENT = 2.7564
"""The quantile of Student's distribution with 29 degrees of freedom that 99 % lie within."""


def _hour(seed: int, expected: Theory, patience: float, talk: float = TALK) -> Hour:
    busy = BusyHour(seed, patience, talk)
    point = draw(stream(seed, "who is there", 0), 0)
    busy.begin(next(count for count, below in enumerate(accumulate(expected.in_system)) if below > point))
    busy.run(CALLS, CALLS)
    return busy.figures()


@lru_cache
def _hours(patience: float) -> tuple[Theory, tuple[Hour, ...]]:
    expected = theory(CALLS, TALK, AGENTS, WITHIN, patience)
    return expected, tuple(_hour(seed, expected, patience) for seed in range(1, SEEDS + 1))


def _lies_within(values: list[float], expected: float) -> None:
    half = STUDENT * stdev(values) / math.sqrt(len(values))
    assert abs(fmean(values) - expected) <= half, (fmean(values), expected, half)


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["answered_within", "mean_wait"])
def test_thirty_busy_hours_agree_with_erlang_c(figure: str) -> None:
    expected, hours = _hours(math.inf)
    _lies_within([getattr(hour, figure) for hour in hours], getattr(expected, figure))
    assert all(hour.abandoned == 0 for hour in hours)


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["answered_within", "mean_wait", "abandoned"])
def test_thirty_busy_hours_of_impatient_callers_agree_with_erlang_a(figure: str) -> None:
    expected, hours = _hours(120.0)
    _lies_within([getattr(hour, figure) for hour in hours], getattr(expected, figure))


@pytest.mark.slow
def test_the_test_would_see_talks_that_are_ten_percent_too_long() -> None:
    expected, _ = _hours(120.0)
    hours = [_hour(seed, expected, 120.0, TALK * 1.1) for seed in range(1, 11)]
    for figure in ("answered_within", "mean_wait", "abandoned"):
        values = [getattr(hour, figure) for hour in hours]
        assert abs(fmean(values) - getattr(expected, figure)) > 3.2498 * stdev(values) / math.sqrt(10), figure


# -- the theory itself -------------------------------------------------------------------------------------------------


def test_erlang_c_is_what_the_closed_formula_gives() -> None:
    traffic = CALLS / 3600 * TALK
    blocked = 1.0
    for agents in range(1, AGENTS + 1):
        blocked = traffic * blocked / (agents + traffic * blocked)
    waits = blocked / (1 - traffic / AGENTS * (1 - blocked))
    level = 1 - waits * math.exp(-(AGENTS - traffic) * WITHIN / TALK)
    expected = theory(CALLS, TALK, AGENTS, WITHIN)
    assert expected.answered_within == pytest.approx(level, abs=1e-9)
    assert expected.mean_wait == pytest.approx(waits * TALK / (AGENTS - traffic), rel=1e-9)
    assert expected.abandoned == 0


def test_erlang_c_is_what_textbooks_print() -> None:
    # 10 Erlang and 12 agents: a share of 0.4494 waits; 100 calls an hour of 6 minutes.
    expected = theory(100, 360, 12, 0)
    assert 1 - expected.answered_within == pytest.approx(0.4494, abs=5e-5)


def test_whoever_is_not_answered_ever_has_given_up() -> None:
    expected = theory(CALLS, TALK, AGENTS, 600, 25)
    assert 0.005 < expected.abandoned < 0.1
    assert expected.answered_within + expected.abandoned == pytest.approx(1, abs=1e-9)
