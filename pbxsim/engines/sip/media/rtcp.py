"""RTCP that passes (RFC 3550, 6): reports of one side's, with the names (SSRC) that the streams have on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SENDER, _RECEIVER, _BYE, _FEEDBACK = 200, 201, 203, (205, 206)
_NAME: Final = 4  # bytes
_REPORT: Final = 24


def renamed(packet: bytes, names: Mapping[bytes, bytes]) -> bytes:
    """Give a packet, or several in one, with other names of sources; those that are not known stay, whatever it is."""
    changed = bytearray(packet)
    for place in _places(packet):
        name = packet[place : place + _NAME]
        changed[place : place + _NAME] = names.get(name, name)
    return bytes(changed)


def _places(packet: bytes) -> Iterator[int]:
    """Tell where names stand: who reports, and of whom."""
    begin = 0
    while begin + 8 <= len(packet):
        count, kind = packet[begin] & 31, packet[begin + 1]
        end = min(begin + 4 * (int.from_bytes(packet[begin + 2 : begin + 4]) + 1), len(packet))
        yield from (place for place in _within(kind, count, begin) if place + _NAME <= end)
        begin = end


def _within(kind: int, count: int, begin: int) -> Iterator[int]:
    yield begin + 4
    if kind in (_SENDER, _RECEIVER):
        first = begin + (28 if kind == _SENDER else 8)
        yield from (first + _REPORT * number for number in range(count))
    elif kind == _BYE:
        yield from (begin + 4 + _NAME * number for number in range(1, count))
    elif kind in _FEEDBACK:
        yield begin + 8
