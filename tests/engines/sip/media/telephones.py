"""Telephones for tests of media: a real UDP socket that notes what it is sent; and time that passes when it is told."""

from __future__ import annotations

import asyncio
import socket
from array import array
from contextlib import ExitStack, suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from pbxsim.engines.sip.media import rtp
from pbxsim.engines.sip.media.codecs import OURS, Codec
from pbxsim.engines.sip.media.sdp import Direction, Ours, offer

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 10.0


class Telephone:
    """One at an address, with a socket for sound; what comes to it is read in order."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((host, 0))
        self.host = host
        self.port: int = self.socket.getsockname()[1]

    def describes(self, codecs: tuple[Codec, ...] = OURS, direction: Direction = Direction.SENDRECV) -> bytes:
        """Spell its own description."""
        return offer(Ours(self.host, self.port, 1), codecs, direction)

    def says(self, packet: bytes, port: int) -> None:
        """Send a packet to a port of ours."""
        self.socket.sendto(packet, (self.host, port))

    async def hears(self) -> bytes:
        """Give the next packet that comes."""
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 4096), PATIENCE)

    def __enter__(self) -> Telephone:
        """Give itself."""
        return self

    def __exit__(self, *_about: object) -> None:
        self.socket.close()


class Time:
    """Implements `Timer`: time that passes when it is told to."""

    def __init__(self) -> None:
        self._now = 100.0
        self._due: list[tuple[float, Callable[[], object], asyncio.TimerHandle]] = []

    def time(self) -> float:
        """Give the time."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        """Note it."""
        handle = asyncio.TimerHandle(when, callback, (), asyncio.get_running_loop())
        self._due.append((when, callback, handle))
        return handle

    @property
    def waiting(self) -> int:
        """Count what is still to be called."""
        return sum(not handle.cancelled() for _, _, handle in self._due)

    def passes(self, seconds: float, *, at_once: bool = False) -> None:
        """Let time pass, by milliseconds; or `at_once`, as on a machine that was busy so long."""
        for _ in range(1 if at_once else round(seconds * 1_000)):
            self._now += seconds if at_once else 0.001
            due = [each for each in self._due if each[0] <= self._now]
            self._due = [each for each in self._due if each[0] > self._now]
            for _when, callback, handle in due:
                if not handle.cancelled():
                    callback()


def free_ports(count: int) -> int:
    """Find the first, an odd one, of so many ports of the loopback in a row that nobody has now."""
    for first in range(20_001, 32_000, 2 * count):
        with suppress(OSError), ExitStack() as opened:
            for port in range(first, first + count):
                taken = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                taken.bind(("127.0.0.1", port))
            return first
    raise AssertionError("no ports are free")


def packet(content: bytes, kind: int = 0, sequence: int = 1, at: int = 160, source: int = 7) -> bytes:
    """Make a packet of sound."""
    return rtp.header(kind, sequence, at, source) + content


def hertz(samples: bytes) -> int:
    """Tell how often samples of one second rise through zero."""
    return sum(before < 0 <= after for before, after in pairwise(array("h", samples)))
