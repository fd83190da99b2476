"""What can be played to a party: tones and files, ready as packets' payloads in both laws."""

from __future__ import annotations

import sys
import wave
from array import array
from functools import lru_cache
from operator import add
from typing import TYPE_CHECKING, Final, Protocol

from pbxsim import tones
from pbxsim.engines.sip.media.codecs import FRAME, RATE
from pbxsim.engines.sip.media.g711 import Law, encoded, other_law

if TYPE_CHECKING:
    from pathlib import Path

LONGEST: Final = 3_600
"""Seconds of a file that is played; what is behind is not."""


class NotPlayable(ValueError):
    """A file is no sound that we can play; says why."""


class Source(Protocol):
    """Something that is played to one party, packet by packet."""

    def frame(self, law: Law) -> bytes | None:
        """Give the next 20 ms; None: it is over."""
        ...

    def stop(self) -> None:
        """Hear that nobody plays it any more."""
        ...


class Sound:
    """A sound that can be played to many at once, made of samples; if it `loops`, for ever."""

    __slots__ = ("_laws", "frames", "loops")

    def __init__(self, samples: bytes, *, loops: bool) -> None:
        self.loops = loops
        mu = encoded(Law.MU, samples)
        mu += Law.MU.silence * (-len(mu) % FRAME)
        self._laws = {Law.MU: mu, Law.A: mu.translate(other_law(Law.MU))}
        self.frames = len(mu) // FRAME

    def payload(self, law: Law, number: int) -> bytes:
        """Give the 20 ms of that number."""
        return self._laws[law][number * FRAME : (number + 1) * FRAME]

    def played(self) -> Source:
        """Begin to play it."""
        return _Playing(self)


class _Playing:
    """Implements `Source`."""

    __slots__ = ("_next", "_sound")

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._next = 0

    def frame(self, law: Law) -> bytes | None:
        """Give the next 20 ms; None: it is over."""
        number, self._next = self._next, self._next + 1
        if number >= self._sound.frames:
            if not self._sound.loops:
                return None
            number, self._next = 0, 1
        return self._sound.payload(law, number)

    def stop(self) -> None:
        """Implement `Source`: nothing holds on to it."""


@lru_cache(maxsize=1)
def silence() -> Sound:
    """Give what is sent to keep a way through a NAT open where there is nothing to hear."""
    return Sound(bytes(2 * FRAME), loops=True)


@lru_cache(maxsize=1)
def ring_back() -> Sound:
    """Give what a caller hears while it rings."""
    return Sound(_bytes(tones.ring_back()), loops=True)


@lru_cache(maxsize=1)
def music() -> Sound:
    """Give what is heard by who waits or is held."""
    return Sound(_bytes(tones.music()), loops=True)


def voice(number: str) -> Sound:
    """Give the voice of a simulated party, the same as in its recordings."""
    return _voices((tones.pitch(number),))


def voices(first: str, second: str) -> Sound:
    """Give what a spy hears of two simulated parties."""
    return _voices((tones.pitch(first), tones.pitch(second)))


@lru_cache(maxsize=64)
def _voices(pitches: tuple[int, ...]) -> Sound:
    samples = [_bytes(tones.voice(pitch)) for pitch in pitches]
    return Sound(samples[0] if len(samples) == 1 else mixed(*samples), loops=True)


def file(path: Path) -> Sound:
    """Read a WAV file of 8,000 samples a second, 16 bits; of two channels the first. Raises NotPlayable, OSError."""
    try:
        with wave.open(str(path), "rb") as opened:
            channels, width, rate = opened.getnchannels(), opened.getsampwidth(), opened.getframerate()
            samples = array("h", opened.readframes(LONGEST * RATE)) if (width, rate) == (2, RATE) else None
    except (wave.Error, EOFError, ValueError) as error:
        raise NotPlayable(f"{path.name} is no WAV file: {error}") from error
    if samples is None:
        raise NotPlayable(f"{path.name} has {8 * width} bits at {rate} Hz, not 16 at {RATE}")
    if sys.byteorder == "big":
        samples.byteswap()
    return Sound(_bytes(samples[::channels]), loops=False)


def mixed(first: bytes, second: bytes) -> bytes:
    """Add samples up, as loud as 16 bits allow. Both are equally long."""
    sums = map(add, _samples(first), _samples(second))
    return _bytes(array("h", map(_clipped().__getitem__, sums)))


@lru_cache(maxsize=1)
def _clipped() -> array[int]:
    """Make the table of sums: that of a negative one is found from its end, as Python counts."""
    return array(
        "h", [min(each, 32_767) for each in range(65_536)] + [max(each, -32_768) for each in range(-65_536, 0)]
    )


def _samples(content: bytes) -> array[int]:
    samples = array("h", content)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: array[int]) -> bytes:
    """Spell samples little-endian."""
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples.tobytes()
