"""What a recorded call sounds like: a voice-like tone for each party, silence for whoever says nothing, ring-back.

Pure functions of numbers and times; nothing is drawn by chance. 8,000 samples a second, 16 bit, as telephony has them
(ITU-T G.711's rate); each party on a channel of its own. Not here: what a file makes of it (audio_files.py).
"""

from __future__ import annotations

import sys
from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.tones import RATE, RING_PERIOD, pitch, ring_back, voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHANNELS: Final = 2
FRAME: Final = 2 * CHANNELS
"""Bytes of one sample of both channels."""

_AT_ONCE: Final = 16  # seconds in one piece of sound: half a megabyte


RING_BACK: Final = "ring-back"
"""Stands in a scene for what a caller hears while it rings."""


class Scene(msgspec.Struct, frozen=True):
    """Who is heard from `at` on, counted from the beginning: two parties' numbers, empty for silence, or RING_BACK."""

    at: Duration
    left: str
    right: str


def frames(scenes: Sequence[Scene], seconds: int) -> Iterator[bytes]:
    """Give so many seconds of sound, little-endian and in pieces; what comes before the first scene is silence.

    Scenes are in the order of their times; those before 0 and behind the end do no harm.
    """
    end = seconds * RATE
    edges = [_sample(scene.at, end) for scene in scenes] + [end]
    yield from _row(edges[0], _both("", ""))
    for scene, begin, until in zip(scenes, edges, edges[1:], strict=False):
        yield from _row(until - begin, _both(_heard(scene.left), _heard(scene.right)))


def message_sound(number: str, silences: Sequence[tuple[Duration, Duration]], seconds: int) -> Iterator[bytes]:
    """Give so many seconds of one party alone, on one channel; it is silent from and to these times."""
    scenes = [Scene(0, number, "")]
    for begin, end in silences:
        scenes += [Scene(begin, "", ""), Scene(end, number, "")]
    for piece in frames(scenes, seconds):
        yield array("h", piece)[::CHANNELS].tobytes()


def _sample(at: Duration, end: int) -> int:
    return min(max(at * RATE // SECOND, 0), end)


def _heard(side: str) -> str:
    """Give what is the same for all numbers of one pitch, so that few sounds need be kept."""
    return side if side in ("", RING_BACK) else str(pitch(side))


def _row(samples: int, sound: bytes) -> Iterator[bytes]:
    """Play a sound again and again, for so many samples, in pieces."""
    period = len(sound) // FRAME
    most = _AT_ONCE * RATE // period
    while samples >= period:
        times = min(samples // period, most)
        yield sound * times
        samples -= times * period
    if samples:
        yield sound[: samples * FRAME]


@lru_cache(maxsize=64)
def _both(left: str, right: str) -> bytes:
    """Make the shortest sound of both channels that can be played again and again: of one second, or of five."""
    seconds = RING_PERIOD if RING_BACK in (left, right) else 1
    stereo = array("h", bytes(seconds * RATE * FRAME))
    for channel, side in enumerate((left, right)):
        if side == RING_BACK:
            stereo[channel::CHANNELS] = ring_back()
        elif side:
            stereo[channel::CHANNELS] = voice(int(side)) * seconds
    if sys.byteorder == "big":
        stereo.byteswap()
    return stereo.tobytes()
