"""UDP ports for media: pairs out of a range, an even one for RTP and the one above for RTCP (RFC 3550, 11)."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from typing import Final

FIRST: Final = 40_000
LAST: Final = 49_999


class NoPortLeft(Exception):
    """All ports for media are taken; the call is refused with 503."""


class PortTaken(OSError):
    """Somebody has that port."""


class Ports:
    """The ports from `first` to `last`, both included; they are given out in turn, so that late packets find nobody.

    Raises ValueError where there is no pair among them.
    """

    def __init__(self, first: int = FIRST, last: int = LAST) -> None:
        self.first, self.last = first, last
        self._pairs = range(first + first % 2, last, 2)
        if not self._pairs or not 0 < first <= last <= 65_535:
            raise ValueError(f"there is no pair of ports from {first} to {last}")
        self._turn = 0

    def open_pair(self, host: str) -> tuple[socket.socket, socket.socket]:
        """Open two sockets at an address of this machine's. Raises NoPortLeft, OSError for an address that is not."""
        for _ in self._pairs:
            port = self._pairs[self._turn]
            self._turn = (self._turn + 1) % len(self._pairs)
            with suppress(PortTaken):
                return _pair(host, port)
        raise NoPortLeft(f"all {len(self._pairs)} pairs of ports for media are taken")

    def is_any_free(self, host: str) -> bool:
        """Tell whether a pair is free now at an address of this machine's. Raises OSError where there is none."""
        for port in self._pairs:
            with suppress(PortTaken):
                for each in _pair(host, port):
                    each.close()
                return True
        return False


def _pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    first = opened(host, port)
    try:
        return first, opened(host, port + 1)
    except BaseException:
        first.close()
        raise


def opened(host: str, port: int) -> socket.socket:
    """Open a socket that does not wait. Raises PortTaken, OSError."""
    opening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opening.setblocking(False)
        opening.bind((host, port))
    except BaseException as error:
        opening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken from error
        raise
    return opening
