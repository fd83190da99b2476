"""Sockets for datagrams, and the addresses of this machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

_ANY: Final = ("", "*", "::")
_RECEIVE_BUFFER: Final = 1 << 20


async def addresses(loop: asyncio.AbstractEventLoop, host: str) -> list[tuple[int, str]]:
    """Give family and address of each place where a host is, or all of this machine. Raises OSError."""
    if host in _ANY:
        both = [(int(socket.AF_INET), "0.0.0.0")]
        return [*both, (int(socket.AF_INET6), "::")] if socket.has_dualstack_ipv6() else both
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return list({family: (int(family), str(address[0])) for family, _, _, _, address in reversed(found)}.values())


def datagram_socket(family: int, address: str, port: int) -> socket.socket:
    """Open a socket that does not wait. Raises OSError."""
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        opened.setblocking(False)
        opened.bind((address, port))
    except OSError:
        opened.close()
        raise
    return opened


def seen_from(family: int, peer: str) -> str:
    """Find our address on the way to a peer."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((peer, 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1" if family == socket.AF_INET else "::1"
