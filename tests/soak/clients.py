"""Clients that are well: kept-alive connections that send several requests at once and look at every reply."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.soak.mix import Prepared

AT_ONCE: Final = 16
"""Requests under way on one connection."""

_LENGTH: Final = re.compile(rb"\r\nContent-Length: (\d+)")


class Outcome:
    """What the clients found: replies by kind, calls that were accepted by PBX and vendor, replies that were wrong."""

    def __init__(self) -> None:
        self.replies: Counter[str] = Counter()
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.wrong: list[str] = []

    def add(self, asked: Prepared, reply: bytes, body_at: int) -> None:
        """Look at a reply."""
        kind = asked.kind
        self.replies[kind.name] += 1
        if int(reply[9:12]) != kind.status or not reply.startswith(asked.begins, body_at):
            self.wrong.append(f"{kind.name} ({asked.pbx}): {reply[:400]!r}")
        elif kind.places:
            self.accepted[asked.pbx, kind.places] += 1


class Work:
    """Requests still to be sent, taken by all connections."""

    def __init__(self, requests: Iterator[Prepared]) -> None:
        self._requests = requests
        self.sent = 0
        self.until = 0

    def next(self, most: int) -> list[tuple[int, Prepared]]:
        """Take the next few; none where enough have been sent for now."""
        count = min(most, self.until - self.sent)
        first = self.sent
        self.sent += count
        return [(first + index, next(self._requests)) for index in range(count)]


class Connection(asyncio.Protocol):
    """One kept-alive connection. `idle` is set when all that was sent has been answered and nothing is left to send."""

    def __init__(self, work: Work, outcome: Outcome) -> None:
        self._work = work
        self._outcome = outcome
        self._waiting: deque[Prepared] = deque()
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self.idle = asyncio.Event()

    @classmethod
    async def opened(cls, port: int, work: Work, outcome: Outcome) -> Connection:
        """Connect."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(lambda: cls(work, outcome), "127.0.0.1", port)
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell of a connection that the server closed while it owed a reply."""
        if self._waiting:
            self._outcome.wrong.append(f"a connection was closed with {len(self._waiting)} replies to come: {exc}")
        self._waiting.clear()
        self._transport = None
        self.idle.set()

    def start(self) -> None:
        """Send as long as there is something to send."""
        self.idle.clear()
        self._send()

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Look at each reply that is complete; send the next requests when all have come."""
        received = self._received + data
        at = 0
        while self._waiting:
            end = received.find(b"\r\n\r\n", at)
            if end < 0:
                break
            length = _LENGTH.search(received, at, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(received) < whole:
                break
            self._outcome.add(self._waiting.popleft(), received[at:whole], end + 4 - at)
            at = whole
        self._received = received[at:]
        if not self._waiting:
            self._send()

    def _send(self) -> None:
        taken = self._work.next(AT_ONCE)
        if not taken or self._transport is None:
            self.idle.set()
            return
        self._waiting.extend(each for _, each in taken)
        self._transport.write(b"".join(each.message(number) for number, each in taken))


async def ask(port: int, method: str, target: str, body: object = None) -> tuple[int, bytes]:
    """Ask once, on a connection of its own; give status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        if content:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        writer.write(head.encode() + b"\r\n" + content)
        reply = await reader.read()
    finally:
        writer.close()
    return int(reply[9:12]), reply.partition(b"\r\n\r\n")[2]


async def ask_json(port: int, method: str, target: str, body: object = None) -> Any:  # noqa: ANN401 - whatever is told
    """Ask the control API once; give what it says. Raises AssertionError unless it says 2xx."""
    status, content = await ask(port, method, target, body)
    assert 200 <= status < 300, f"{method} {target}: {status} {content!r}"
    return json.loads(content)


async def metrics(port: int) -> dict[str, float]:
    """Read /metrics: each line's name with its labels, and its value."""
    _, content = await ask(port, "GET", "/metrics")
    lines = (line.rpartition(" ") for line in content.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}
