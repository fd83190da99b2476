"""The content of recordings that a PBX file puts in place: a real WAV file with a dial tone in it."""

from __future__ import annotations

import math
import wave
from array import array
from functools import lru_cache
from io import BytesIO
from sys import byteorder
from typing import Final

LONGEST: Final = 60
"""Seconds; a recording of that length has 960,044 bytes."""

_RATE: Final = 8_000  # samples a second: a telephone's, G.711
_HERTZ: Final = 425  # the dial tone of most of Europe (ITU-T E.180, supplement 2)
_PERIOD: Final = 320  # samples after which the tone repeats: 17 of its waves
_LOUDNESS: Final = 8_000


@lru_cache(maxsize=8)
def wav(seconds: float) -> bytes:
    """Make a WAV file of that length, at most LONGEST: PCM, 16 bits, one channel."""
    count = round(min(seconds, LONGEST) * _RATE)
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes((_period() * (count // _PERIOD + 1))[: 2 * count])
    return content.getvalue()


def _period() -> bytes:
    samples = array("h", (round(_LOUDNESS * math.sin(math.tau * _HERTZ * n / _RATE)) for n in range(_PERIOD)))
    if byteorder == "big":
        samples.byteswap()  # WAV is little-endian
    return samples.tobytes()
