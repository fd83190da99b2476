"""A file of SIP messages that Wireshark opens: what went over the wire as IP packets, at the PBX's times.

Classic pcap with packets that begin at IP (LINKTYPE_RAW). Headers are made up, for we see messages only: a message of
UDP is a packet; one of a connection is a segment of TCP, numbered from the first that we saw; of TLS too, but with port
5060 on our side, for it is written in the clear. Secrets are struck out.

Sources: the format in draft-ietf-opsawg-pcap; RFC 791, 8200, 768, 9293; checksums RFC 1071.
"""

from __future__ import annotations

import logging
import os
import sys
from ipaddress import ip_address
from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.clock.instant import SECOND
from pbxsim.engines.sip.struck_out import struck_out

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.clock.instant import Instant

Address: TypeAlias = "tuple[str, int]"
"""A numeric host, and a port."""

MOST_BYTES: Final = 1 << 30
"""A file that has become so large takes no more."""

_MOST_STREAMS: Final = 4_096  # connections whose numbers are remembered
_FILE_HEADER: Final = Struct("<IHHiIII")
_RECORD: Final = Struct("<IIII")
_MAGIC, _RAW, _SNAP = 0xA1B2C3D4, 101, 262_144
_UDP, _TCP = 17, 6
_PLAIN_PORT, _TLS_PORT = 5060, 5061
_SEGMENT: Final = 60_000  # bytes in one packet, which has 65,535 at most
_HOPS: Final = 64
_PUSH_ACK: Final = 0x18
_WINDOW: Final = 65_535
_log: Final = logging.getLogger("pbxsim")


class Capture:
    """Writes into a file, which is made anew, and readable by nobody else. Raises OSError."""

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._left = most_bytes
        self._identification = 0
        self._sent: dict[tuple[Address, Address], int] = {}  # bytes, by direction of a connection
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        self._handle: int | None = os.open(path, flags, 0o600)
        os.write(self._handle, _FILE_HEADER.pack(_MAGIC, 2, 4, 0, 0, _SNAP, _RAW))

    def write(self, at: Instant, message: bytes, source: Address, target: Address, transport: str) -> None:
        """Note a message that went from one address to another then; `transport` as Via has it. Hosts are numeric."""
        message = struck_out(message)
        if transport == "UDP":
            self._packet(at, source, target, _UDP, _datagram(source[1], target[1], message[:_SEGMENT]))
            return
        if transport == "TLS":
            source, target = _in_the_clear(source), _in_the_clear(target)
        for start in range(0, len(message), _SEGMENT):
            segment = self._segment(source, target, message[start : start + _SEGMENT])
            self._packet(at, source, target, _TCP, segment)

    def close(self) -> None:
        """Write no more. A second time does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _segment(self, source: Address, target: Address, content: bytes) -> bytes:
        while len(self._sent) > _MOST_STREAMS:
            del self._sent[next(iter(self._sent))]
        sequence = self._sent.get((source, target), 1)
        self._sent[source, target] = sequence + len(content) & 0xFFFFFFFF
        acknowledged = self._sent.get((target, source), 1)
        head = _TCP_HEADER.pack(source[1], target[1], sequence, acknowledged, 5 << 4, _PUSH_ACK, _WINDOW, 0, 0)
        return head + content

    def _packet(self, at: Instant, source: Address, target: Address, protocol: int, content: bytes) -> None:
        self._identification = self._identification + 1 & 0xFFFF
        packet = ip_packet(source[0], target[0], protocol, content, self._identification)
        seconds, microseconds = divmod(at, SECOND)
        record = _RECORD.pack(seconds & 0xFFFFFFFF, microseconds, len(packet), len(packet)) + packet
        self._left -= len(record)
        if self._handle is None:
            return
        try:
            if self._left < 0:
                raise OSError("it has become too large")
            os.write(self._handle, record)
        except OSError as error:
            _log.warning("no more SIP messages are captured: %s", error)
            self.close()


_TCP_HEADER: Final = Struct("!HHIIBBHHH")
_UDP_HEADER: Final = Struct("!HHHH")
_IP4_HEADER: Final = Struct("!BBHHHBBH4s4s")
_IP6_HEADER: Final = Struct("!IHBB16s16s")
_CHECKSUM_AT: Final = {_UDP: 6, _TCP: 16}


def ip_packet(source: str, target: str, protocol: int, content: bytes, identification: int) -> bytes:
    """Put a datagram or segment into a packet, with both checksums; IPv6 where either address is one.

    A scope (`%eth0`) is not part of an address.
    """
    first, second = (ip_address(each.partition("%")[0]) for each in (source, target))
    if first.version == second.version == 4:
        begun = (0x45, 0, 20 + len(content), identification, 0, _HOPS, protocol)
        addresses = first.packed, second.packed
        head = _IP4_HEADER.pack(*begun, 0, *addresses)
        head = _IP4_HEADER.pack(*begun, checksum(head), *addresses)
    else:
        addresses = _as_ipv6(first.packed), _as_ipv6(second.packed)
        head = _IP6_HEADER.pack(6 << 28, len(content), protocol, _HOPS, *addresses)
    pseudo = addresses[0] + addresses[1] + len(content).to_bytes(4) + protocol.to_bytes(4)
    found = checksum(pseudo + content) or 0xFFFF  # of UDP, 0 says that there is none
    at = _CHECKSUM_AT[protocol]
    return head + content[:at] + found.to_bytes(2) + content[at + 2 :]


def checksum(content: bytes) -> int:
    """Add up as the Internet does (RFC 1071)."""
    words = memoryview(content + b"\0" * (len(content) % 2)).cast("H")
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    found = ~total & 0xFFFF
    return found if sys.byteorder == "big" else (found & 0xFF) << 8 | found >> 8


def _datagram(source: int, target: int, content: bytes) -> bytes:
    return _UDP_HEADER.pack(source, target, _UDP_HEADER.size + len(content), 0) + content


def _as_ipv6(packed: bytes) -> bytes:
    return packed if len(packed) == 16 else bytes(10) + b"\xff\xff" + packed


def _in_the_clear(address: Address) -> Address:
    return (address[0], _PLAIN_PORT) if address[1] == _TLS_PORT else address
