"""What a simulated party sounds like: a voice-like tone of its own, silence on hold; pure functions of number and time.

8,000 samples a second, 16 bit, as telephony has them (ITU-T G.711's rate). Nothing is drawn by chance.
"""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from typing import Final
from zlib import crc32

from pbxsim.clock.instant import SECOND, Duration

RATE: Final = 8_000
_LOWEST, _STEP, _STEPS = 110, 10, 30  # Hz: 110 to 400, where speaking voices have their pitch
_PARTIALS: Final = ((1, 0.6), (2, 0.25), (3, 0.15))  # harmonic, share of the loudness
_LOUDNESS: Final = 12_000  # of 32,767
_SYLLABLES: Final = 4  # a second: how often the loudness swells


def pitch(number: str) -> int:
    """Give the pitch, in whole Hz, of whoever has this number: always the same for it, and spread over all numbers."""
    return _LOWEST + _STEP * (crc32(number.encode()) % _STEPS)


@lru_cache(maxsize=256)
def _second(hertz: int) -> array[int]:
    """Make one second of a voice; whole Hz, so that seconds join without a click."""
    samples = array("h")
    for index in range(RATE):
        turn = 2 * math.pi * index / RATE
        swell = 0.6 - 0.4 * math.cos(_SYLLABLES * turn)
        wave = sum(share * math.sin(hertz * harmonic * turn) for harmonic, share in _PARTIALS)
        samples.append(round(_LOUDNESS * swell * wave))
    return samples


def samples_in(duration: Duration) -> int:
    """Tell how many samples a duration takes, cut off."""
    return duration * RATE // SECOND


def voice(number: str, length: Duration, silent: tuple[tuple[Duration, Duration], ...] = ()) -> array[int]:
    """Make a party's side of a conversation; `silent` are spans from its beginning in which the party says nothing."""
    total = samples_in(length)
    second = _second(pitch(number))
    sound = (second * (total // RATE + 1))[:total]
    for begin, end in silent:
        first, last = min(samples_in(begin), total), min(samples_in(end), total)
        sound[first:last] = array("h", bytes(2 * (last - first)))
    return sound


def interleaved(left: array[int], right: array[int]) -> array[int]:
    """Put two equally long sides into the frames of one stereo stream."""
    stereo = array("h", bytes(4 * len(left)))
    stereo[0::2] = left
    stereo[1::2] = right
    return stereo
