"""The content of recordings that a PBX file puts in place: a real WAV file with a dial tone in it."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from sys import byteorder
from typing import Final

from pbxsim.tones import RATE, dial_tone

LONGEST: Final = 60
"""Seconds; a recording of that length has 960,044 bytes."""


@lru_cache(maxsize=8)
def wav(seconds: float) -> bytes:
    """Make a WAV file of that length, at most LONGEST: PCM, 16 bits, one channel."""
    import wave  # few files have a recording

    count, period = round(min(seconds, LONGEST) * RATE), _period()
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((period * (2 * count // len(period) + 1))[: 2 * count])
    return content.getvalue()


def _period() -> bytes:
    samples = dial_tone()
    if byteorder == "big":
        samples.byteswap()  # WAV is little-endian
    return samples.tobytes()
