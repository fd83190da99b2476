"""A telephone's sound for tests: it says a tone by RTP as G.711, and keeps what it hears."""

from __future__ import annotations

import asyncio
import struct
from array import array
from math import pi, sin
from typing import Final, cast

from pbxsim.engines.sip.media.g711 import Law, decoded, encoded

PACKET: Final = 160
"""Samples in a packet: 20 ms."""

_RATE: Final = 8_000
_A_LAW: Final = 8


class Tone(asyncio.DatagramProtocol):
    """Says `hertz` to whom it is told, until it is closed. `heard` are the 16-bit samples that came."""

    def __init__(self, hertz: int) -> None:
        self.heard = bytearray()
        self._hertz = hertz
        self._sent = 0
        self._to: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport
        self._next: asyncio.TimerHandle | None = None

    async def open(self) -> int:
        """Open a port of the loopback for it, and give that."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return int(self._transport.get_extra_info("sockname")[1])

    def says_to(self, host: str, port: int) -> None:
        """Say it there from now on."""
        self._to = host, port
        self.hush()
        self._say()

    def hush(self) -> None:
        """Say nothing more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def close(self) -> None:
        """Be gone."""
        self.hush()
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Hear a packet."""
        kind = data[1] & 127
        if kind in (0, _A_LAW):
            self.heard += decoded(Law.A if kind == _A_LAW else Law.MU, data[12:])

    def _say(self) -> None:
        start = self._sent * PACKET
        turns = (2 * pi * self._hertz * (start + index) / _RATE for index in range(PACKET))
        samples = array("h", [int(9_000 * sin(turn)) for turn in turns])
        head = struct.pack(">BBHII", 0x80, _A_LAW, self._sent & 0xFFFF, start, self._hertz)
        self._transport.sendto(head + encoded(Law.A, samples.tobytes()), self._to)
        self._sent += 1
        self._next = asyncio.get_running_loop().call_later(PACKET / _RATE, self._say)
