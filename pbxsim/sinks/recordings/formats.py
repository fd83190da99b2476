"""Sound as a file: WAV by the standard library, MP3 by LAME (optional extra `mp3`, imported only when asked for).

The first frame of an MP3 file holds no sound but tells how long the sound is, to the sample. An encoder starts late and
fills its last frame up; a player that reads this tag cuts both off. LAME writes it itself when it writes files, but not
through its library's plain interface, which pbxsim uses. Layout: the Xing header, and behind it LAME's extension (Mp3
Info Tag revision 1, gabriel.mp3-tech.org/mp3infotag.html).
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from pbxsim.sinks.recordings.sound import CHANNELS, FRAME
from pbxsim.tones import RATE

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


def write_wav(file: BinaryIO, sound: Iterable[bytes], seconds: int, channels: int = CHANNELS) -> None:
    """Write 16-bit sound of so many channels as a RIFF WAVE file."""
    import wave

    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
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


FRAME_BYTES: Final = 288
"""Of MPEG 2.5, layer III, 32 kbit/s, 8,000 samples a second, no padding."""

FRAME_SAMPLES: Final = 576

_SIDE_INFO: Final = 17  # bytes, of two channels at the low sample rates
_DELAY: Final = 576  # samples that LAME puts before the first one it was given
_ALL_FIELDS: Final = 0x0F
_CONSTANT_RATE: Final = 0x01  # tag revision 0, method 1


def tag(header: bytes, sound_frames: int, samples: int) -> bytes:
    """Make the frame: `header` are four bytes of a frame of the same stream, `samples` counts those of one channel."""
    size = (sound_frames + 1) * FRAME_BYTES
    table = bytes(256 * index // 100 for index in range(100))  # at a constant rate, time goes by as bytes do
    xing = b"Info" + struct.pack(">III", _ALL_FIELDS, sound_frames, size) + table + struct.pack(">I", 50)
    padding = sound_frames * FRAME_SAMPLES - _DELAY - samples
    lame = b"LAME3.100" + bytes((_CONSTANT_RATE, 40)) + bytes(8) + bytes((0, 32))
    lame += (_DELAY << 12 | padding).to_bytes(3, "big") + bytes(4) + struct.pack(">IH", size, 0)
    frame = header + bytes(_SIDE_INFO) + xing + lame
    return (frame + struct.pack(">H", _crc(frame))).ljust(FRAME_BYTES, b"\0")


def _crc(content: bytes) -> int:
    """Give the CRC-16 with polynomial 0x8005, bits reversed, that LAME uses."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
