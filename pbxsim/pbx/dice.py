"""Seeded draws without a generator's state: draw number n of stream s under seed k is a pure function of the three.

Each telephone and each of its dials is a stream of its own, so that one more draw, or one more call to somebody else,
never changes another leg's fate.
"""

from __future__ import annotations

from typing import Final

_MASK: Final = (1 << 64) - 1
_FNV_OFFSET: Final = 0xCBF29CE484222325
_FNV_PRIME: Final = 0x100000001B3


def stream(seed: int, name: str, turn: int) -> int:
    """Name the stream of `name`'s turn number `turn` under `seed`: FNV-1a (64 bit) over the text, mixed with both."""
    return turn_of(named(seed, name), turn)


def named(seed: int, name: str) -> int:
    """Give what the streams of all turns of `name` are made of (`turn_of`): once, where there are many turns."""
    value = _FNV_OFFSET
    for byte in name.encode():
        value = (value ^ byte) * _FNV_PRIME & _MASK
    return _mix(value ^ (seed & _MASK))


def turn_of(name: int, turn: int) -> int:
    """Name the stream of a turn of what is `named`."""
    return _mix(name + turn & _MASK)


def draw(stream_id: int, number: int) -> float:
    """Give draw `number` (0, 1, 2 ...) of a stream: a float in [0, 1) with 53 random bits."""
    return float(_mix(stream_id + number * 0x9E3779B97F4A7C15 & _MASK) >> 11) * 2.0**-53


def _mix(value: int) -> int:
    """Scramble 64 bits (the finalizer of SplitMix64: Steele, Lea, Flood, OOPSLA 2014)."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31
