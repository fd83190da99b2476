"""RTP packets (RFC 3550): what we must know of those that pass, and those that we make."""

from __future__ import annotations

from struct import Struct
from typing import Final

HEADER: Final = 12
"""Bytes of a header without contributing sources."""

LARGEST: Final = 2_048
"""Bytes of a packet that we take: more than a frame of Ethernet holds."""

MARK: Final = 128
"""The bit beside the payload type that says: sound begins here."""

_HEADER: Final = Struct("!BBHII")
_PLAIN: Final = 0x80  # version 2; no padding, no extension, no contributing sources
_VERSION, _PADDED, _EXTENDED, _SOURCES = 0xC0, 0x20, 0x10, 0x0F


def is_rtp(packet: bytes) -> bool:
    """Tell whether it can be RTP or RTCP, of version 2."""
    return len(packet) >= 8 and packet[0] & _VERSION == _PLAIN


def header(payload_type: int, sequence: int, timestamp: int, source: int) -> bytes:
    """Spell a header; numbers go round where their fields end. A mark is part of the payload type."""
    return _HEADER.pack(_PLAIN, payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source & 0xFFFFFFFF)


def timestamp(packet: bytes) -> int:
    """Read when the payload was said, in samples."""
    return int.from_bytes(packet[4:8])


def source(packet: bytes) -> int:
    """Read who says it (SSRC)."""
    return int.from_bytes(packet[8:12])


def payload(packet: bytes) -> bytes:
    """Give what is in a packet; nothing where its header says more than there is."""
    first = packet[0]
    if first == _PLAIN:
        return packet[HEADER:]
    begin, end = HEADER + 4 * (first & _SOURCES), len(packet)
    if first & _EXTENDED:
        begin += 4 + 4 * int.from_bytes(packet[begin + 2 : begin + 4])
    if first & _PADDED:
        end -= packet[-1]
    return packet[begin:end]


def renumbered(packet: bytes, payload_type: int) -> bytes:
    """Give the same packet with another payload type; its mark stays."""
    return b"%c%c%b" % (packet[0], packet[1] & MARK | payload_type, packet[2:])


def with_payload(packet: bytes, payload_type: int, content: bytes) -> bytes:
    """Give a packet with the same times and source that holds something else; extensions and padding go."""
    return b"%c%c%b%b" % (_PLAIN, packet[1] & MARK | payload_type, packet[2:HEADER], content)
