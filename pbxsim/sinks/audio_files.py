"""Audio as file bytes: WAV by the standard library, MP3 by LAME (optional extra `mp3`, imported only when asked for)."""

from __future__ import annotations

import io
import sys
import wave
from array import array

from pbxsim.sinks.sound import RATE


class NoMp3Encoder(RuntimeError):
    """MP3 was asked for, and the encoder is not installed."""

    def __init__(self) -> None:
        super().__init__("MP3 needs the package lameenc: pip install 'pbxsim[mp3]'")


def wav(stereo: array[int]) -> bytes:
    """Write 16-bit stereo frames as a RIFF WAVE file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_little_endian(stereo))
    return buffer.getvalue()


def mp3(stereo: array[int]) -> bytes:
    """Write 16-bit stereo frames as MP3, 32 kbit/s. Raises NoMp3Encoder."""
    try:
        import lameenc
    except ImportError as error:
        raise NoMp3Encoder from error
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(32)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.set_quality(7)
    encoder.silence()
    return bytes(encoder.encode(_little_endian(stereo))) + bytes(encoder.flush())


def _little_endian(samples: array[int]) -> bytes:
    if sys.byteorder == "little":
        return samples.tobytes()
    swapped = array("h", samples)
    swapped.byteswap()
    return swapped.tobytes()
