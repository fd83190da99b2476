"""Seeded draws: even, independent, and the same for ever."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.dice import draw, stream

MANY = 20_000
KNOWN_STREAMS = [7528909947913393024, 8230947628661657721, 6273137736032476526, 9682707711808602144]
KNOWN_DRAWS = [0.36133109981375233, 0.7233345857802185, 0.05756846759531986, 0.3154798911516562]


@pytest.mark.slow
@given(st.integers(-(2**70), 2**70), st.text(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_draw_is_at_least_nought_and_below_one(seed: int, name: str, turn: int, number: int) -> None:
    value = draw(stream(seed, name, turn), number)
    assert 0.0 <= value < 1.0
    assert value == draw(stream(seed, name, turn), number)
    assert 0 <= stream(seed, name, turn) < 2**64


def test_the_first_output_of_splitmix64_is_known() -> None:
    # Steele, Lea and Flood's reference, state 1234567: the first output is 6457827717110365317. Its state steps before
    # it mixes, so draw number 1 of stream 1234567 is that output's upper 53 bits.
    assert draw(1234567, 1) == (6457827717110365317 >> 11) / 2**53
    assert draw(1234567, 2) == (3203168211198807973 >> 11) / 2**53


def test_draws_never_change_from_one_release_to_the_next() -> None:
    assert [stream(1, "100", 0), stream(1, "100", 1), stream(2, "100", 0), stream(1, "101", 0)] == KNOWN_STREAMS
    assert [draw(stream(1, "100", 0), number) for number in range(4)] == KNOWN_DRAWS


def _series(kind: str) -> list[float]:
    """Give many draws that differ in one thing only."""
    match kind:
        case "number":
            base = stream(1, "100", 0)
            return [draw(base, number) for number in range(MANY)]
        case "turn":
            return [draw(stream(1, "100", turn), 0) for turn in range(MANY)]
        case "name":
            return [draw(stream(1, str(name), 0), 0) for name in range(MANY)]
        case _:
            return [draw(stream(seed, "100", 0), 0) for seed in range(MANY)]


@pytest.mark.parametrize("kind", ["number", "turn", "name", "seed"])
def test_draws_that_differ_in_one_thing_are_even_and_unrelated(kind: str) -> None:
    values = _series(kind)
    tenths = [0] * 10
    for value in values:
        tenths[int(value * 10)] += 1
    expected = MANY / 10
    chi_square = sum((count - expected) ** 2 / expected for count in tenths)
    assert chi_square < 27.9, "nine degrees of freedom: beyond this once in a thousand"
    assert len(set(values)) == MANY
    together = sum((one - 0.5) * (two - 0.5) for one, two in pairwise(values)) / (MANY - 1) * 12
    assert abs(together) < 0.025, "neighbours are correlated"


def test_streams_of_neighbouring_turns_do_not_overlap() -> None:
    near = {draw(stream(1, "100", turn), number) for turn in range(200) for number in range(20)}
    assert len(near) == 4_000
