"""Callers who call by themselves: as many as the day's course says, each drawn from the seed alone."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import HOUR, MINUTE, SECOND
from pbxsim.engines.simulated.traffic import DAY, DayCourse
from pbxsim.testing.office import START
from tests.config.paper import built, simulated

MIDNIGHT = START - START % DAY
FLAT = DayCourse(((0, 60.0),))
OFFICE = DayCourse(((8 * HOUR, 120.0), (12 * HOUR, 0.0), (13 * HOUR, 60.0), (17 * HOUR, 0.0)))

PBX = """
extensions: [{internal: "100", public: ["222000100"], user: anna, calls: 1000}]
dids: [{number: "222000200", dial: "800", context: front}]
contexts: [{name: front, entries: {"800": {play: 10}}}]
trunks: [{name: upc}, {name: small, capacity: 1}]
routes: []
traffic:
  - {to: "222000100", per_hour: 360, callers: "+42NZX", talk: {exponential: 40}, patience: 60}
"""
ANOTHER = '  - {to: "222000200", trunk: small, per_hour: 7200, talk: 3}\n'


def _orders(text: str, *, seed: int = 1, lasts: int = HOUR) -> list[tuple[int, str, str]]:
    """Give who called whom, when, within a time; microseconds from the start."""
    pbx = built(text, seed=seed).pbx
    pbx.clock.run_until(START + lasts)
    calls = sorted([*pbx.calls.recent, *pbx.calls.live.values()], key=lambda call: call.number)
    return [(call.started_at - START, call.order.src, call.order.dst) for call in calls]


# -- the course of a day -----------------------------------------------------------------------------------------------


def test_a_constant_course_expects_calls_at_equal_distances() -> None:
    assert [FLAT.after(START, calls) for calls in (0.5, 1.0, 90.0)] == [
        START + 30 * SECOND,
        START + MINUTE,
        START + 90 * MINUTE,
    ]


@pytest.mark.parametrize(
    ("start", "calls", "expected"),
    [
        (9 * HOUR, 1.0, 9 * HOUR + 30 * SECOND),
        (11 * HOUR, 120.0 + 30.0, 13 * HOUR + 30 * MINUTE),  # nobody calls from 12 to 13
        (12 * HOUR + 30 * MINUTE, 1.0, 13 * HOUR + MINUTE),
        (16 * HOUR, 60.0 + 2.0, DAY + 8 * HOUR + MINUTE),  # nor at night
        (3 * HOUR, 2.0, 8 * HOUR + MINUTE),
        (9 * HOUR, 720.0 * 1000, 1000 * DAY + 9 * HOUR),
    ],
)
def test_rates_change_at_their_times_of_day(start: int, calls: float, expected: int) -> None:
    found = OFFICE.after(MIDNIGHT + start, calls)
    assert found is not None
    assert found - MIDNIGHT == pytest.approx(expected, abs=2)
    assert OFFICE.a_day == 720


def test_before_the_first_time_of_day_the_last_rate_goes_on() -> None:
    course = DayCourse(((6 * HOUR, 0.0), (22 * HOUR, 60.0)))
    assert course.after(MIDNIGHT, 1.0) == MIDNIGHT + MINUTE
    assert course.a_day == 8 * 60


def test_where_nobody_ever_calls_nobody_is_waited_for() -> None:
    assert DayCourse(((0, 0.0),)).after(START, 1.0) is None


@given(st.integers(0, 3 * DAY), st.floats(0, 5000), st.floats(0, 5000))
def test_more_calls_are_never_expected_sooner(start: int, some: float, more: float) -> None:
    first, second = (OFFICE.after(MIDNIGHT + start, calls) for calls in sorted((some, more)))
    assert first is not None
    assert second is not None
    assert MIDNIGHT + start <= first <= second


# -- callers -----------------------------------------------------------------------------------------------------------


def test_same_seed_same_calls_and_another_seed_others() -> None:
    assert _orders(PBX) == _orders(PBX)
    assert _orders(PBX) != _orders(PBX, seed=2)


@pytest.mark.slow
def test_another_source_does_not_change_the_first_ones_callers() -> None:
    alone = _orders(PBX)
    both = _orders(PBX + ANOTHER)
    assert len(both) > 10 * len(alone)
    assert [call for call in both if call[2] == "222000100"] == alone


@pytest.mark.slow
def test_callers_come_as_often_as_the_course_says_and_as_irregularly_as_chance_has_it() -> None:
    times = [at for at, _, _ in _orders(PBX, lasts=20 * HOUR)]
    gaps = [(after - before) / SECOND for before, after in pairwise(times)]
    count = 360 * 20
    assert abs(len(times) - count) < 3 * math.sqrt(count)
    assert fmean(gaps) == pytest.approx(10, rel=0.05)
    assert fmean(gap > 10 for gap in gaps) == pytest.approx(math.exp(-1), abs=0.02)


@pytest.mark.slow
def test_callers_numbers_have_the_form_that_is_given() -> None:
    numbers = [number for _, number, _ in _orders(PBX, lasts=10 * HOUR)]
    assert all(number[:3] == "+42" and len(number) == 6 for number in numbers)
    assert [{number[place] for number in numbers} for place in (3, 4, 5)] == [
        set("23456789"),
        set("123456789"),
        set("0123456789"),
    ]


def test_a_call_comes_in_by_its_trunk_and_ends_when_the_caller_has_talked_enough() -> None:
    pbx = built(PBX.replace("360", "0") + ANOTHER).pbx
    pbx.clock.run_until(START + MINUTE)
    ended = [call for call in pbx.calls.recent if call.bridged_at]
    assert {call.first.trunk.name for call in ended if call.first is not None and call.first.trunk} == {"small"}
    assert {call.ended_at - call.bridged_at for call in ended} == {3 * SECOND}
    assert {call.order.vendor for call in ended} == {"traffic"}


def test_a_caller_gives_up_when_out_of_patience() -> None:
    silent = PBX.replace("traffic:", 'phones: {rules: [{number: "100", does: no answer}]}\ntraffic:')
    pbx = built(silent.replace("patience: 60", "patience: 20")).pbx
    pbx.clock.run_until(START + HOUR)
    assert {call.ended_at - call.started_at for call in pbx.calls.recent} == {20 * SECOND}


@pytest.mark.slow
def test_whoever_finds_every_trunk_full_is_counted_and_others_follow() -> None:
    made = built(PBX.replace("360", "0") + ANOTHER)
    traffic = simulated(made).traffic
    made.pbx.clock.run_until(START + HOUR)
    assert 0 < traffic.refused < traffic.placed
    assert traffic.placed == made.pbx.calls.calls_started
    assert traffic.placed == pytest.approx(7200, rel=0.05)


def test_nobody_calls_any_more_when_it_is_stopped() -> None:
    made = built(PBX)
    traffic = simulated(made).traffic
    made.pbx.clock.run_until(START + HOUR)
    traffic.stop()
    placed = traffic.placed
    made.pbx.clock.run_until(START + 3 * HOUR)
    assert (traffic.placed, traffic.over_at, len(made.pbx.clock)) == (placed, START + HOUR, 0)


def test_with_a_limit_exactly_so_many_call() -> None:
    made = built(PBX)
    traffic = simulated(made).traffic
    traffic.limit = 7
    made.pbx.clock.run_until(START + 10 * HOUR)
    assert traffic.placed == made.pbx.calls.calls_started == 7
    assert traffic.over_at == max(call.started_at for call in made.pbx.calls.recent)
