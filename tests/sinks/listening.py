"""Listens to recordings with miniaudio, whose decoders (dr_wav, dr_mp3) have nothing to do with what wrote them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import miniaudio

from pbxsim.tones import pitch

if TYPE_CHECKING:
    from collections.abc import Sequence

PITCHES: tuple[int, ...] = (*range(110, 401, 10), 425)


class Heard:
    """A recording, decoded."""

    def __init__(self, content: bytes) -> None:
        info = miniaudio.mp3_get_info(content) if content[:4] != b"RIFF" else miniaudio.wav_get_info(content)
        self.channels: int = info.nchannels
        self.rate: int = info.sample_rate
        decoded = miniaudio.decode(
            content, miniaudio.SampleFormat.SIGNED16, nchannels=info.nchannels, sample_rate=info.sample_rate
        )
        self._samples: Sequence[int] = decoded.samples
        self.frames: int = decoded.num_frames

    @property
    def seconds(self) -> float:
        """Give its length."""
        return self.frames / self.rate

    def side(self, channel: int, begin: float = 0, until: float | None = None) -> Sequence[int]:
        """Give the samples of the left (0) or the right (1) channel, between two moments in seconds."""
        own = self._samples[channel :: self.channels]
        return own[round(begin * self.rate) : None if until is None else round(until * self.rate)]

    def loudness(self, channel: int, begin: float = 0, until: float | None = None) -> float:
        """Give the root mean square of a stretch; 0 is silence, 32,767 the loudest square wave."""
        samples = self.side(channel, begin, until)
        return math.sqrt(sum(sample * sample for sample in samples) / len(samples))

    def tone(self, channel: int, begin: float = 0, until: float | None = None) -> int:
        """Give the pitch that is the loudest in a stretch of at least a tenth of a second; 0 where it is silent."""
        samples = self.side(channel, begin, until)
        if self.loudness(channel, begin, until) < 20:  # MP3 leaves a little noise
            return 0
        strengths = {hertz: self._strength(samples, hertz) for hertz in PITCHES}
        return max(PITCHES, key=strengths.__getitem__)

    def _strength(self, samples: Sequence[int], hertz: int) -> float:
        """Tell how strong one pitch is (Goertzel's algorithm)."""
        factor, before, last = 2 * math.cos(2 * math.pi * hertz / self.rate), 0.0, 0.0
        for sample in samples:
            before, last = last, sample + factor * last - before
        return before * before + last * last - factor * before * last

    def voices(self, begin: float = 0, until: float | None = None) -> tuple[int, int]:
        """Give the pitches of both channels."""
        return self.tone(0, begin, until), self.tone(1, begin, until)


def of(*numbers: str) -> tuple[int, ...]:
    """Give the pitches of these numbers; an empty one is silence."""
    return tuple(pitch(number) if number else 0 for number in numbers)
