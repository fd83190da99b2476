"""Requests as bytes on sockets: many behind one another on a connection that is kept, or each on its own."""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from tests.fuzz.sent import Sent

if TYPE_CHECKING:
    from collections.abc import Sequence

LIVEZ: Final = Sent(path=b"/livez")
PATIENCE: Final = 60.0
"""Seconds after which a server that says nothing is taken for dead; what it may spend is counted elsewhere."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST, so that no port stays in TIME_WAIT


class Answer(msgspec.Struct, frozen=True):
    """What came back: status (0: the connection ended without a word), and how long it took since the one before."""

    status: int
    seconds: float


class Edge:
    """Sends to a port of the loopback, on one connection that is kept as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._read = bytearray()

    def answers(self, batch: Sequence[Sent]) -> list[Answer]:
        """Send framed requests behind one another without waiting; give what each was answered, in their order.

        After one that the server closes the connection upon, the rest goes over another. So does what meets
        a connection that was kept and has been closed since (RFC 9112, 9.3.1): its time was over. Raises TimeoutError.
        """
        found: list[Answer] = []
        while len(found) < len(batch):
            left = batch[len(found) :]
            before, was_kept = len(found), self._socket is not None
            self._send(left)
            for sent in left:
                answer = self._answer(is_head=sent.method == b"HEAD")
                if answer is None:
                    break
                found.append(answer)
            if len(found) < len(batch):
                self.close()
            if len(found) == before and not was_kept:
                found.append(Answer(0, 0.0))
        return found

    def loose(self, batch: Sequence[Sent]) -> list[Answer]:
        """Send each on a connection of its own, ask elsewhere whether the server lives, and take what has come by then.

        Whoever has not been answered would have to send more first.
        """
        clients = [self._connected() for _ in batch]
        for client, sent in zip(clients, batch, strict=True):
            with suppress(ConnectionError, TimeoutError):
                client.settimeout(5)
                client.sendall(sent.wire())
        begun = time.perf_counter()
        self.answers([LIVEZ])
        self.answers([LIVEZ])
        taken = (time.perf_counter() - begun) / len(batch)
        return [Answer(_first_status(client), taken) for client in clients]

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._read.clear()

    # -- one connection -----------------------------------------------------------------------------------------------

    def _connected(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def _send(self, batch: Sequence[Sent]) -> None:
        if self._socket is None:
            self._socket = self._connected()
        with suppress(ConnectionError):  # closed upon an early one: what it said of that is still to be read
            self._socket.sendall(b"".join(sent.wire() for sent in batch))

    def _answer(self, *, is_head: bool) -> Answer | None:
        begun = time.perf_counter()
        while True:
            head = self._until(b"\r\n\r\n")
            if head is None:
                return None
            found = _STATUS.match(head)
            assert found is not None, f"no HTTP came back: {head[:200]!r}"
            status = int(found[1])
            if status >= 200:
                break
        if not is_head and status not in (204, 304) and not self._take_body(head):
            return None
        return Answer(status, time.perf_counter() - begun)

    def _take_body(self, head: bytes) -> bool:
        length = _LENGTH.search(head)
        if length is not None:
            return self._take(int(length[1]))
        if _CHUNKED.search(head) is None:
            return True
        while True:
            line = self._until(b"\r\n")
            if line is None:
                return False
            size = int(line.split(b";")[0], 16)
            if not self._take(size + 2):
                return False
            if size == 0:
                return True

    def _until(self, end: bytes) -> bytes | None:
        while (at := self._read.find(end)) < 0:
            if not self._more():
                return None
        found = bytes(self._read[: at + len(end)])
        del self._read[: at + len(end)]
        return found

    def _take(self, size: int) -> bool:
        while len(self._read) < size:
            if not self._more():
                return False
        del self._read[:size]
        return True

    def _more(self) -> bool:
        assert self._socket is not None
        try:
            chunk = self._socket.recv(262_144)
        except ConnectionError:
            return False
        self._read += chunk
        return bool(chunk)


def _first_status(client: socket.socket) -> int:
    with client, suppress(OSError):
        client.setblocking(False)
        found = _STATUS.match(client.recv(64))
        if found:
            return int(found[1])
    return 0
