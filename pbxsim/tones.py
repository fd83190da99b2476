"""Sounds of telephony as samples: voice-like tones, ring-back, dial tone, music while waiting.

Pure functions of numbers; nothing is drawn by chance. 8,000 samples a second (ITU-T G.711's rate), 16 bit, of one
channel each; what repeats is given for the shortest time after which it does. Recordings, PBX files and engines that
people listen to take their sounds from here.
"""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from typing import Final
from zlib import crc32

RATE: Final = 8_000

RING_PERIOD: Final = 5
"""Seconds from one ring to the next."""

_LOWEST, _STEP, _STEPS = 110, 10, 30  # Hz: 110 to 400, where speaking voices have their pitch
_PARTIALS: Final = ((1, 0.6), (2, 0.25), (3, 0.15))  # harmonic, share of the loudness
_LOUDNESS: Final = 12_000  # of 32,767
_SYLLABLES: Final = 4  # a second: how often the loudness swells

_NETWORK_HERTZ: Final = 425  # the network's own tones in most of Europe (ITU-T E.180, supplement 2)
_RINGS: Final = 1  # seconds
_DIAL_LOUDNESS: Final = 8_000
_DIAL_PERIOD: Final = 320  # samples after which the tone repeats: 17 of its waves

_TUNE: Final = (262, 330, 392, 523, 440, 523, 392, 330, 294, 349, 440, 587, 494, 392, 349, 294)  # Hz, C and d minor
_NOTE: Final = RATE // 2
_NOTE_LOUDNESS: Final = 5_000


def pitch(number: str) -> int:
    """Give the pitch, in whole Hz, of whoever has this number: always the same for it, and spread over all numbers."""
    return _LOWEST + _STEP * (crc32(number.encode(errors="surrogatepass")) % _STEPS)


@lru_cache(maxsize=_STEPS)
def voice(hertz: int) -> array[int]:
    """Make one second of a voice; whole Hz, so that seconds join without a click."""
    samples = array("h")
    for index in range(RATE):
        turn = 2 * math.pi * index / RATE
        swell = 0.6 - 0.4 * math.cos(_SYLLABLES * turn)
        wave = sum(share * math.sin(hertz * harmonic * turn) for harmonic, share in _PARTIALS)
        samples.append(round(_LOUDNESS * swell * wave))
    return samples


def ring_back() -> array[int]:
    """Make five seconds of what a caller hears while it rings: a second of the tone, four of silence."""
    turns = (2 * math.pi * _NETWORK_HERTZ * index / RATE for index in range(_RINGS * RATE))
    tone = array("h", (round(_LOUDNESS * math.sin(turn)) for turn in turns))
    return tone + array("h", bytes(2 * RATE * (RING_PERIOD - _RINGS)))


def dial_tone() -> array[int]:
    """Make 40 ms of the dial tone."""
    turns = (math.tau * _NETWORK_HERTZ * index / RATE for index in range(_DIAL_PERIOD))
    return array("h", (round(_DIAL_LOUDNESS * math.sin(turn)) for turn in turns))


def music() -> array[int]:
    """Make eight seconds of music to wait by: a tune of our own, each note dying away as a plucked string's does."""
    samples = array("h")
    for hertz in _TUNE:
        for index in range(_NOTE):
            left = 1 - index / _NOTE
            turn = math.tau * hertz * index / RATE
            samples.append(round(_NOTE_LOUDNESS * left * left * (math.sin(turn) + 0.3 * math.sin(2 * turn))))
    return samples
