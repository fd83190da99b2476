"""A client's connection without a socket: neither the kernel nor the client is to be counted."""

from __future__ import annotations

import asyncio


class Client(asyncio.Transport):
    """Connects to a server's `protocol`; `heard` is what that has written."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": ("127.0.0.1", 5555), "sockname": ("127.0.0.1", 80)})
        self.heard: list[bytes] = []
        self._protocol = protocol
        protocol.connection_made(self)

    def sends(self, data: bytes) -> None:
        """Send what the server reads in one piece."""
        self._protocol.data_received(data)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep what is answered."""
        self.heard.append(bytes(data))

    def is_closing(self) -> bool:
        """Say that it is open."""
        return False

    def get_write_buffer_size(self) -> int:
        """Say that nothing waits."""
        return 0

    def close(self) -> None:
        """Have nothing to close."""

    def abort(self) -> None:
        """Have nothing to close."""
