"""A socket in memory: what a connection does is there as soon as the event loop has turned."""

from __future__ import annotations

import asyncio
from typing import Any


class Wire(asyncio.Transport):
    """A socket in memory: what is written to it goes to `sent`; `waiting` bytes have not been taken by the client.

    While `is_deaf`, the client takes nothing more.
    """

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.7", 4711)})
        self.sent = b""
        self.has_sent = asyncio.Event()
        self.has_closed = asyncio.Event()
        self.is_deaf = False
        self.waiting = 0
        self._protocol: asyncio.Protocol | None = None

    def connect(self, protocol: asyncio.Protocol) -> None:
        """Have somebody at the other end."""
        self._protocol = protocol
        protocol.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send."""
        self.sent += data
        self.has_sent.set()
        if self.is_deaf and self._protocol is not None:
            self.waiting += len(data)
            if self.waiting > 65_536:
                self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """Count what waits."""
        return self.waiting

    def is_closing(self) -> bool:
        """Tell whether it is closed."""
        return self._protocol is None

    def close(self) -> None:
        """Close, and tell so a moment later, as a socket does."""
        if self._protocol is not None:
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)
            self._protocol = None
            self.has_closed.set()

    abort = close

    def can_write_eof(self) -> bool:
        """Tell that half of it can be closed."""
        return True

    def write_eof(self) -> None:
        """Close that half."""
        self.has_closed.set()

    def pause_reading(self) -> None:
        """Take nothing more; a test sends all the same."""

    def resume_reading(self) -> None:
        """Take more."""


async def settled() -> None:
    """Let the event loop turn until nothing is to be done any more: nothing here waits for a time or a socket."""
    loop = asyncio.get_running_loop()
    for _ in range(16):
        turned = loop.create_future()
        loop.call_soon(turned.set_result, None)
        await turned
