"""The customer's server that is told of calls: it takes most notices, and refuses, hangs, breaks or dawdles at others.

What it does with a notice is decided by the notice's number (X-Pbxsim-Delivery), and by whether it came before.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

_LENGTH: Final = re.compile(rb"(?i)\r\nContent-Length: *(\d+)")
_NUMBER: Final = re.compile(rb"(?i)\r\nX-Pbxsim-Delivery: *(\d+)")
_TAKEN: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_REFUSED: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"
_TORN: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning"
_DAWDLING: Final = 0.02

NEVER: Final = 1_999
"""Each so many-th notice is refused however often it comes."""


class Notices:
    """Which notices of one PBX came, and which were taken, by their numbers."""

    def __init__(self) -> None:
        self._came = bytearray()
        self._taken = bytearray()

    def comes(self, number: int) -> bool:
        """Note that one came; tell whether for the first time."""
        for seen in (self._came, self._taken):
            seen.extend(bytes(max(0, number + 1 - len(seen))))
        is_first = not self._came[number]
        self._came[number] = 1
        return is_first

    def is_taken(self, number: int) -> None:
        """Note that one was answered with 200."""
        self._taken[number] = 1

    def has_taken(self, number: int) -> bool:
        """Tell whether one was answered with 200."""
        return number < len(self._taken) and bool(self._taken[number])


class Receiver:
    """The server; `notices` by PBX, which stands first in the path."""

    def __init__(self) -> None:
        self.notices: dict[str, Notices] = {}
        self.url = ""
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def forget(self, pbx: str) -> None:
        """Begin anew with a PBX that was reset: its notices' numbers do too."""
        self.notices.pop(pbx, None)


class _Connection(asyncio.Protocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._received, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            request, self._received = self._received[:whole], self._received[whole:]
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        found = _NUMBER.search(request)
        assert found is not None, "a notice without its number"
        number, pbx = int(found[1]), request.split(b"/", 2)[1].decode()
        notices = self._receiver.notices.setdefault(pbx, Notices())
        conduct = _conduct(number, is_first=notices.comes(number))
        if conduct == "takes":
            self._transport.write(_TAKEN)
            notices.is_taken(number)
        elif conduct == "dawdles":
            asyncio.get_running_loop().call_later(_DAWDLING, self._transport.write, _TAKEN)
            notices.is_taken(number)
        elif conduct == "refuses":
            self._transport.write(_REFUSED)
        elif conduct != "hangs":
            self._transport.write(_TORN if conduct == "breaks" else b"")
            self._transport.close()


def _conduct(number: int, *, is_first: bool) -> str:
    if number % NEVER == 0:
        return "refuses"
    if not is_first:
        return "takes"
    faults = {997: "refuses", 1_009: "closes", 1_013: "breaks", 4_999: "hangs", 211: "dawdles"}
    return next((conduct for every, conduct in faults.items() if number % every == 0), "takes")
