"""Tones: the same for a number everywhere, joining without a click, at the pitch that they say."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.tones import RATE, RING_PERIOD, dial_tone, music, pitch, ring_back, voice

if TYPE_CHECKING:
    from array import array


def _rises(samples: array[int]) -> int:
    return sum(before < 0 <= after for before, after in pairwise(samples))


@given(st.text(max_size=20))
def test_everybody_has_a_voice_in_the_range_of_voices(number: str) -> None:
    assert 110 <= pitch(number) <= 400


def test_a_voice_is_the_same_in_every_process() -> None:
    assert [pitch(number) for number in ("100", "102", "800123456")] == [290, 290, 340]


def test_half_a_utf_16_pair_has_a_voice_too() -> None:
    assert 110 <= pitch("\udc80") <= 400


def test_numbers_are_spread_over_the_voices() -> None:
    assert len({pitch(str(number)) for number in range(100, 400)}) == 30


@pytest.mark.parametrize("samples", [voice(110), voice(400), ring_back(), dial_tone(), music()])
def test_whatever_is_played_again_and_again_joins_without_a_click(samples: array[int]) -> None:
    largest = max(abs(before - after) for before, after in pairwise(samples))
    assert abs(samples[-1] - samples[0]) <= largest


def test_ring_back_is_a_second_of_425_hertz_and_four_of_silence() -> None:
    samples = ring_back()
    assert len(samples) == RING_PERIOD * RATE
    assert _rises(samples[:RATE]) in (424, 425)
    assert not any(samples[RATE:])


def test_music_is_never_silent_for_long() -> None:
    samples = music()
    assert len(samples) == 8 * RATE
    assert all(max(samples[at : at + RATE]) > 4_000 for at in range(0, len(samples), RATE))
