"""Has Linux drop the datagrams of some senders before they are read: a classic BPF program at the socket (socket(7)).

Any process may put one at a socket of its own. The data begins at the UDP header; what is before it, the IP header, is
reached at SKF_NET_OFF (linux/filter.h). Source: Documentation/networking/filter.rst of the kernel.
"""

from __future__ import annotations

import socket
import struct
import sys
from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pbxsim.engines.sip.floods import Sender

MOST_EXEMPT: Final = 128
"""Ports of one address that may be let through while all others are not; a jump reaches over 255 instructions."""

_ATTACH_FILTER: Final = 26  # SO_ATTACH_FILTER and SO_DETACH_FILTER, asm-generic/socket.h
_DETACH_FILTER: Final = 27
_MEMINFO: Final = 55  # SO_MEMINFO: numbers of 32 bits, of which the ninth (SK_MEMINFO_DROPS) counts what was dropped
_DROPS: Final = 8
_NETWORK: Final = 0xFFF00000  # SKF_NET_OFF
_LOAD_WORD, _LOAD_HALF, _IF_EQUAL, _RETURN = 0x20, 0x28, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS and so on
_ALL: Final = 0xFFFFFFFF
_SOURCE: Final = {4: 12, 16: 8}  # where an IP header has the address that it comes from, by its length


def program(family: int, senders: Iterable[Sender], exempt: Mapping[str, Collection[int]]) -> bytes:
    """Write the program that drops what those send, but for the exempt ports of addresses of which all is dropped."""
    ports: dict[str, set[int]] = {}
    for sender in senders:
        if (":" in sender.host) == (family == socket.AF_INET6):
            ports.setdefault(sender.host, set()).add(sender.port)
    parts = [_of_host(family, host, blocked, set(exempt.get(host, ()))) for host, blocked in ports.items()]
    return b"".join(parts) + _instruction(_RETURN, _ALL) if parts else b""


def _of_host(family: int, host: str, blocked: set[int], exempt: set[int]) -> bytes:
    """Write what is done with one address: one of these ports has its way, all others have the other."""
    is_whole = 0 in blocked
    named = sorted(exempt - blocked if is_whole else blocked)
    packed = socket.inet_pton(family, host.partition("%")[0])
    body = _instruction(_LOAD_HALF, 0)  # the port that it comes from
    for left, port in zip(range(len(named), 0, -1), named, strict=True):
        body += _instruction(_IF_EQUAL, port, then=left)
    body += _instruction(_RETURN, 0 if is_whole else _ALL) + _instruction(_RETURN, _ALL if is_whole else 0)
    words = struct.unpack_from(f"!{len(packed) // 4}I", packed)
    for index, word in reversed([*enumerate(words)]):
        at = _NETWORK + _SOURCE[len(packed)] + 4 * index
        body = _instruction(_LOAD_WORD, at) + _instruction(_IF_EQUAL, word, otherwise=len(body) // 8) + body
    return body


def _instruction(code: int, operand: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, operand)


def attach(opened: socket.socket, written: bytes) -> bool:
    """Have a socket drop what a program says, instead of what one before said; an empty one drops nothing.

    False: this system cannot, or does not want to.
    """
    if sys.platform != "linux":
        return not written
    try:
        if written:
            kept = array("B", written)
            opened.setsockopt(
                socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", len(written) // 8, kept.buffer_info()[0])
            )
        else:
            opened.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)
    except OSError:
        return not written  # there was none
    return True


def dropped(opened: socket.socket) -> int:
    """Count the datagrams that the system has dropped, for a program or a full buffer; 0 where it does not say."""
    if sys.platform != "linux":
        return 0
    try:
        told = opened.getsockopt(socket.SOL_SOCKET, _MEMINFO, 4 * (_DROPS + 1))
    except OSError:
        return 0
    return int.from_bytes(told[4 * _DROPS :], sys.byteorder)
