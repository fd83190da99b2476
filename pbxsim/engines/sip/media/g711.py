"""G.711, both laws, by tables: bytes to 16-bit samples and back, and one law's bytes as the other's.

Source: ITU-T G.711; the laws' formulas as in Sun's reference implementation. Samples are little-endian bytes, as they
stand in files, so that nothing is turned round on the way. Tables are made when they are first needed.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from struct import iter_unpack
from typing import Final

_BIAS: Final = 0x84
_CLIP: Final = 32_635
_SAMPLES: Final = 1 << 16


class Law(Enum):
    """The two laws, by their payload types (RFC 3551)."""

    MU = 0
    A = 8

    @property
    def silence(self) -> bytes:
        """Give the byte of a sample that is nothing."""
        return b"\xff" if self is Law.MU else b"\xd5"


def decoded(law: Law, payload: bytes) -> bytes:
    """Give the samples of a payload, two bytes each."""
    low, high = _decoding(law)
    samples = bytearray(2 * len(payload))
    samples[::2] = payload.translate(low)
    samples[1::2] = payload.translate(high)
    return bytes(samples)


def encoded(law: Law, samples: bytes) -> bytes:
    """Give the payload of samples, of which there is a whole number."""
    table = _encoding(law)
    return bytes([table[sample] for (sample,) in iter_unpack("<H", samples)])


@lru_cache(maxsize=2)
def other_law(law: Law) -> bytes:
    """Give the table for `bytes.translate` that makes a payload of this law one of the other."""
    to = Law.A if law is Law.MU else Law.MU
    return encoded(to, decoded(law, bytes(range(256))))


@lru_cache(maxsize=2)
def _decoding(law: Law) -> tuple[bytes, bytes]:
    """Make the tables of the low and the high bytes of samples."""
    samples = [_from_mu(code) if law is Law.MU else _from_a(code) for code in range(256)]
    return bytes(sample & 255 for sample in samples), bytes(sample >> 8 & 255 for sample in samples)


@lru_cache(maxsize=2)
def _encoding(law: Law) -> bytes:
    """Make the table by sample as an unsigned number: µ-law looks at 14 bits of it, A-law at 13."""
    if law is Law.MU:
        return b"".join(bytes([_to_mu(_signed(sample))]) * 4 for sample in range(0, _SAMPLES, 4))
    return b"".join(bytes([_to_a(_signed(sample))]) * 8 for sample in range(0, _SAMPLES, 8))


def _signed(sample: int) -> int:
    return sample - _SAMPLES if sample >= _SAMPLES // 2 else sample


def _from_mu(code: int) -> int:
    code = ~code & 255
    size = ((code & 15) << 3) + _BIAS << (code >> 4 & 7)
    return _BIAS - size if code & 128 else size - _BIAS


def _from_a(code: int) -> int:
    code ^= 0x55
    segment, size = code >> 4 & 7, (code & 15) << 4
    size = size + 8 if segment == 0 else size + 0x108 << segment - 1
    return size if code & 128 else -size


def _to_mu(sample: int) -> int:
    mask = 0x7F if sample < 0 else 0xFF
    size = min(abs(sample), _CLIP) + _BIAS
    segment = size.bit_length() - 8
    return (segment << 4 | size >> segment + 3 & 15) ^ mask


def _to_a(sample: int) -> int:
    size, mask = (sample >> 3, 0xD5) if sample >= 0 else ((-sample - 1) >> 3, 0x55)
    segment = max(0, size.bit_length() - 5)
    return (segment << 4 | size >> max(1, segment) & 15) ^ mask
