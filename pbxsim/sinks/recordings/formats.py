"""Sound as a file: WAV by the standard library, MP3 by LAME (optional extra `mp3`, imported only when asked for)."""

from __future__ import annotations

import wave
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from pbxsim.sinks.recordings.mp3_tag import FRAME_BYTES, tag
from pbxsim.sinks.recordings.sound import CHANNELS, FRAME, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

_KILOBITS: Final = 32  # a second; for two telephone channels the sound of a call survives it
_QUALITY: Final = 7  # 0 is LAME's best, 9 its fastest


class NoMp3Encoder(RuntimeError):
    """MP3 was asked for, and the encoder is not installed."""

    def __init__(self) -> None:
        super().__init__("MP3 needs the package lameenc: pip install 'pbxsim[mp3]'")


def writer(name: str) -> Callable[[BinaryIO, Iterable[bytes], int], None]:
    """Choose by the file's name, as Asterisk does: MP3 where it ends in `.mp3`, else WAV. Raises NoMp3Encoder.

    What it gives is called with the file, stereo sound piece by piece, and how many seconds there will be of it.
    """
    if not name.lower().endswith(".mp3"):
        return write_wav
    if find_spec("lameenc") is None:
        raise NoMp3Encoder
    return write_mp3


def write_wav(file: BinaryIO, sound: Iterable[bytes], seconds: int) -> None:
    """Write 16-bit stereo as a RIFF WAVE file."""
    with wave.open(file, "wb") as out:
        out.setnchannels(CHANNELS)
        out.setsampwidth(FRAME // CHANNELS)
        out.setframerate(RATE)
        out.setnframes(seconds * RATE)
        for piece in sound:
            out.writeframesraw(piece)


def write_mp3(file: BinaryIO, sound: Iterable[bytes], seconds: int) -> None:
    """Write 16-bit stereo as MP3 at a constant 32 kbit/s, with the tag that says its length to the sample."""
    import lameenc

    encoder = lameenc.Encoder()
    encoder.set_bit_rate(_KILOBITS)
    encoder.set_in_sample_rate(RATE)
    encoder.set_out_sample_rate(RATE)
    encoder.set_channels(CHANNELS)
    encoder.set_quality(_QUALITY)
    encoder.silence()
    file.write(bytes(FRAME_BYTES))  # the tag's place: it can only be written when all is known
    header, size = b"", 0
    for piece in sound:
        encoded = bytes(encoder.encode(piece))
        header = header or encoded[:4]
        size += file.write(encoded)
    rest = bytes(encoder.flush())
    header = header or rest[:4]
    size += file.write(rest)
    file.seek(0)
    file.write(tag(header, size // FRAME_BYTES, seconds * RATE))
