"""The first frame of an MP3 file, which holds no sound but tells how long the sound is, to the sample.

An encoder starts late and fills its last frame up; a player that reads this tag cuts both off. LAME writes it itself
when it writes files, but not through its library's plain interface, which pbxsim uses. Layout: the Xing header, and
behind it LAME's extension (Mp3 Info Tag revision 1, gabriel.mp3-tech.org/mp3infotag.html).
"""

from __future__ import annotations

import struct
from typing import Final

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
