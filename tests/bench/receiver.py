"""A customer's web service, well or ill: `python receiver.py PORT CONDUCT`. Started by its path; needs nothing of ours.

It answers GET with 200 always; what a POST gets is its conduct: `takes`, `hangs`, `refuses` (500), `breaks` (it closes
in the middle of its reply) or `dawdles` (it takes, after 50 ms).
"""

import asyncio
import re
import sys

_LENGTH = re.compile(rb"(?i)\r\nContent-Length: *(\d+)")
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_REFUSED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"
_TORN = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning"
_DAWDLING = 0.05


class Receiver(asyncio.Protocol):
    """One connection."""

    def __init__(self, conduct: str) -> None:
        self._conduct = conduct
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._received, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            request, self._received = self._received[:whole], self._received[whole:]
            self._answer(is_notice=request.startswith(b"POST"))

    def _answer(self, *, is_notice: bool) -> None:
        conduct = self._conduct if is_notice else "takes"
        if conduct == "dawdles":
            asyncio.get_running_loop().call_later(_DAWDLING, self._transport.write, _TAKEN)
        elif conduct != "hangs":
            self._transport.write({"takes": _TAKEN, "refuses": _REFUSED, "breaks": _TORN}[conduct])
        if conduct == "breaks":
            self._transport.close()


async def serve(port: int, conduct: str) -> None:
    """Serve until somebody ends the process."""
    server = await asyncio.get_running_loop().create_server(lambda: Receiver(conduct), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
