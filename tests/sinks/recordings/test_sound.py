"""Sound: a tone for each number, silence, ring-back, each for exactly as long as the scene lasts."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.sinks.recordings.sound import FRAME, RING_BACK, Scene, frames
from pbxsim.tones import RATE


def _sides(scenes: list[Scene], length: int) -> tuple[array[int], array[int]]:
    samples = array("h", b"".join(frames(scenes, length)))
    return samples[0::2], samples[1::2]


def _is_silent(samples: array[int]) -> bool:
    return not any(samples)


@pytest.mark.slow
@given(
    st.integers(0, 70),
    st.lists(st.tuples(st.integers(-SECOND, 80 * SECOND), st.sampled_from(["", "100", RING_BACK])), max_size=6),
)
def test_there_is_exactly_as_much_as_was_asked_for(length: int, changes: list[tuple[int, str]]) -> None:
    scenes = [Scene(at, side, "102") for at, side in sorted(changes)]
    assert sum(map(len, frames(scenes, length))) == length * RATE * FRAME


def test_without_a_scene_it_is_silent() -> None:
    left, right = _sides([], 2)
    assert _is_silent(left)
    assert _is_silent(right)


def test_it_is_silent_until_the_first_scene_begins() -> None:
    left, _ = _sides([Scene(seconds(0.5), "100", "")], 1)
    assert _is_silent(left[: RATE // 2])
    assert not _is_silent(left[RATE // 2 :])


def test_a_scene_begins_and_ends_on_its_very_sample() -> None:
    left, right = _sides([Scene(0, "100", ""), Scene(seconds(1.25), "", "102")], 3)
    assert not _is_silent(left[9_000:10_000])
    assert _is_silent(left[10_000:])
    assert _is_silent(right[:10_000])
    assert not _is_silent(right[10_000:11_000])


def test_the_channels_do_not_leak_into_each_other() -> None:
    both, alone = _sides([Scene(0, "100", "102")], 2), _sides([Scene(0, "100", "")], 2)
    assert both[0] == alone[0]
    assert _is_silent(alone[1])


def test_a_voice_goes_on_without_a_click() -> None:
    left, _ = _sides([Scene(0, "100", "102")], 40)
    steepest = max(abs(one - other) for one, other in pairwise(left[:RATE]))
    for second in range(1, 40):
        assert abs(left[second * RATE] - left[second * RATE - 1]) <= steepest
    assert left[:RATE] == left[39 * RATE :]


def test_ring_back_sounds_for_a_second_and_is_silent_for_four() -> None:
    left, right = _sides([Scene(SECOND, "", RING_BACK)], 12)
    assert _is_silent(left)
    loud = [second for second in range(12) if not _is_silent(right[second * RATE : (second + 1) * RATE])]
    assert loud == [1, 6, 11]


@pytest.mark.parametrize("length", [0, 1, 59])
def test_it_comes_in_pieces_that_are_never_large(length: int) -> None:
    pieces = list(frames([Scene(seconds(0.3), "100", RING_BACK), Scene(seconds(20.7), "1", "2")], length))
    assert all(0 < len(piece) <= 16 * RATE * FRAME for piece in pieces)
