"""Strategies: whom a queue rings next equals what Asterisk's documentation says, over random tables of members.

The oracle is written from configs/samples/queues.conf.sample ("strategy", penalty, "wrandom" and its metric) and shares
nothing with the code but the stream of chance: it looks for the first to ring, again and again, among those left.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.dice import draw, stream
from pbxsim.pbx.queue import Member
from pbxsim.pbx.strategy import Choice, Strategy, chosen, ranked, together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import DrawFn

Placed = tuple[int, Member]


def _member(penalty: int = 0, calls: int = 0, last: int = 0) -> Member:
    return Member(agent=Agent(number="1", name="a", pin="1"), penalty=penalty, calls_taken=calls, last_call=last)


@st.composite
def _tables(drawn: DrawFn) -> tuple[list[Placed], int, int]:
    """Draw the members of a queue, which of them can be rung, where round robin stands, and a stream of chance."""
    row = st.builds(
        _member, st.integers(0, 4), st.integers(0, 5), st.one_of(st.just(0), st.integers(1, 9), st.integers(1, 10**15))
    )
    members = drawn(st.lists(row, min_size=1, max_size=12))
    can_be_rung = drawn(st.sets(st.integers(0, len(members) - 1), min_size=1))
    free = [(place, member) for place, member in enumerate(members) if place in can_be_rung]
    return free, drawn(st.integers(0, len(members))), drawn(st.integers(0, 2**64 - 1))


def _metric(placed: Placed, chance: int, *, weighs: bool) -> int:
    """Roll a whole metric below 1000, or, where the penalty is a weight, below 1000 for each of 1 + penalty."""
    return int(1000 * draw(chance, placed[0]) * ((1 + placed[1].penalty) if weighs else 1))


def _lowest_penalty(members: Iterable[Placed]) -> list[Placed]:
    """Keep the members that are asked before all of higher penalty."""
    listed = list(members)
    return [placed for placed in listed if all(placed[1].penalty <= other.penalty for _, other in listed)]


def _going_round(members: list[Placed], next_place: int) -> Placed:
    """Go on where the last ring pass left off: forward to the end, then again from the beginning."""
    by_place = dict(members)
    round_trip = [*range(next_place, max([next_place, *by_place]) + 1), *range(next_place)]
    return next((place, by_place[place]) for place in round_trip if place in by_place)


def _first(strategy: Strategy, members: list[Placed], next_place: int, chance: int) -> Placed:
    """Say whom the documentation would have rung first."""
    if strategy is Strategy.WRANDOM:
        return min(members, key=lambda placed: _metric(placed, chance, weighs=True))
    asked = _lowest_penalty(members)
    if strategy in (Strategy.RRMEMORY, Strategy.RRORDERED, Strategy.LINEAR):
        return _going_round(asked, next_place)
    if strategy is Strategy.LEASTRECENT:
        oldest = min(member.last_call for _, member in asked)
        asked = [placed for placed in asked if placed[1].last_call == oldest]
    elif strategy is Strategy.FEWESTCALLS:
        fewest = min(member.calls_taken for _, member in asked)
        asked = [placed for placed in asked if placed[1].calls_taken == fewest]
    elif strategy is Strategy.RANDOM:
        return min(asked, key=lambda placed: _metric(placed, chance, weighs=False))
    return asked[0]


@pytest.mark.slow
@pytest.mark.parametrize("strategy", Strategy)
@given(table=_tables())
def test_members_are_rung_in_the_order_of_the_documentation(
    strategy: Strategy, table: tuple[list[Placed], int, int]
) -> None:
    members, next_place, chance = table
    order = ranked(strategy, Choice(members, next_place, chance))
    left = list(members)
    for placed in order:
        assert placed == _first(strategy, left, next_place, chance)
        left.remove(placed)
    assert not left


@pytest.mark.slow
@pytest.mark.parametrize("strategy", Strategy)
@given(table=_tables())
def test_only_ringall_rings_several_and_those_are_all_of_the_lowest_penalty(
    strategy: Strategy, table: tuple[list[Placed], int, int]
) -> None:
    members, next_place, chance = table
    rung = together(strategy, ranked(strategy, Choice(members, next_place, chance)))
    if strategy is Strategy.RINGALL:
        assert rung == _lowest_penalty(members)
    else:
        assert rung == [_first(strategy, members, next_place, chance)]
    assert chosen(strategy, Choice(members, next_place, chance)) == rung


def _firsts(strategy: Strategy, *penalties: int, passes: int = 4000) -> Counter[int]:
    members = [(place, _member(penalty)) for place, penalty in enumerate(penalties)]
    return Counter(
        ranked(strategy, Choice(members, 0, stream(1, "queue sales", number)))[0][0] for number in range(passes)
    )


def test_random_rings_each_of_the_lowest_penalty_as_often() -> None:
    counted = _firsts(Strategy.RANDOM, 0, 0, 1, 0, 0)
    assert set(counted) == {0, 1, 3, 4}
    assert all(abs(count - 1000) < 4 * 27.4 for count in counted.values())  # 27.4: the deviation of 4000 throws at 1/4


def test_wrandom_makes_a_higher_penalty_rarer_but_never_impossible() -> None:
    counted = _firsts(Strategy.WRANDOM, 0, 1)
    # The first metric is even between 0 and 1000, the second between 0 and 2000: 1/2 * 1/2 that the second is smaller.
    assert abs(counted[1] - 1000) < 4 * 27.4


@pytest.mark.slow
@pytest.mark.parametrize(("strategy", "penalty"), [(Strategy.RANDOM, 0), (Strategy.WRANDOM, 0), (Strategy.WRANDOM, 2)])
def test_of_those_who_draw_the_same_the_first_in_the_queue_rings(strategy: Strategy, penalty: int) -> None:
    members = [(place, _member(penalty)) for place in range(40)]
    ties = 0
    for number in range(400):
        chance = stream(2, "queue sales", number)
        drawn = [_metric(placed, chance, weighs=strategy is Strategy.WRANDOM) for placed in members]
        lowest = [place for place, metric in enumerate(drawn) if metric == min(drawn)]
        ties += len(lowest) > 1
        assert ranked(strategy, Choice(members, 0, chance))[0][0] == lowest[0]
    assert ties  # of 40 who draw among 1000 or 3000, two have the lowest once in a while


def test_round_robin_goes_round_all_who_can_be_rung_and_begins_again() -> None:
    members = [(place, _member()) for place in range(4)]
    next_place, rung = 0, []
    for _ in range(6):
        place, _ = ranked(Strategy.RRMEMORY, Choice(members, next_place, 0))[0]
        rung.append(place)
        next_place = place + 1
    assert rung == [0, 1, 2, 3, 0, 1]
