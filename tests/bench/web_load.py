"""The client of the HTTP races: keeps so many connections busy, checks every reply, and reads the server's CPU clock.

A process of its own on a processor of its own: `python -m tests.bench.web_load JSON` prints the figures as JSON. It
needs nothing but the standard library, and costs less CPU per request than the fastest server that it is to measure.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.harness import CLIENT_CPU, Figures, WrongResult, pin

_PATIENCE_SECONDS: Final = 20.0


@dataclass
class Connection:
    """One kept-alive connection: at most one request is under way on it."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


@dataclass
class Load:
    """Sends `target` again and again over `connections` connections; every reply must be 200 with that body."""

    port: int
    target: str
    body: str
    connections: int
    server: int
    replies: int = 0
    latencies: list[float] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self, warm_seconds: float, seconds: float) -> Figures:
        """Warm up, measure, and let the replies that are under way arrive."""
        try:
            self._open()
            return self._measured(warm_seconds, seconds)
        finally:
            for key in list(self._selector.get_map().values()):
                self._close(key.data)
            self._selector.close()

    def _measured(self, warm_seconds: float, seconds: float) -> Figures:
        self._keep_busy(time.perf_counter() + warm_seconds)
        self.latencies.clear()
        began, cpu = time.perf_counter(), cpu_seconds(self.server)
        self._keep_busy(began + seconds)
        cpu, measured, took = cpu_seconds(self.server) - cpu, len(self.latencies), time.perf_counter() - began
        self._drain()
        ordered = sorted(self.latencies[:measured])
        return {
            "requests/CPU second": measured / cpu,
            "requests/s": measured / took,
            "CPU us/request": cpu / measured * 1e6,
            "p50 ms": ordered[measured // 2] * 1000,
            "p99 ms": ordered[measured * 99 // 100] * 1000,
            "replies": self.replies,
        }

    def _open(self) -> None:
        request = f"GET {self.target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: */*\r\n\r\n"
        self._request, self._ending = request.encode(), b"\r\n\r\n" + self.body.encode()
        for _ in range(self.connections):
            opened = socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_SECONDS)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(opened)
            self._selector.register(opened, selectors.EVENT_READ, connection)
            self._send(connection)

    def _send(self, connection: Connection) -> None:
        connection.sent_at = time.perf_counter()
        connection.socket.sendall(self._request)

    def _keep_busy(self, until: float) -> None:
        while time.perf_counter() < until:
            for connection in self._answered():
                self._send(connection)

    def _drain(self) -> None:
        waiting = self.connections
        while waiting:
            for connection in self._answered():
                self._close(connection)
                waiting -= 1

    def _close(self, connection: Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()

    def _answered(self) -> list[Connection]:
        """Wait for replies; give the connections whose reply is complete."""
        ready = self._selector.select(_PATIENCE_SECONDS)
        if not ready:
            raise WrongResult(f"no reply for {_PATIENCE_SECONDS} s")
        return [key.data for key, _ in ready if self._receive(key.data)]

    def _receive(self, connection: Connection) -> bool:
        connection.received += connection.socket.recv(65_536)
        received = connection.received
        if not received.startswith(b"HTTP/1.1 200 ") or len(received) > 4096:
            raise WrongResult(f"the reply is {received!r}")
        if not received.endswith(self._ending):
            return False
        self.latencies.append(time.perf_counter() - connection.sent_at)
        self.replies += 1
        connection.received = b""
        return True


def cpu_seconds(process: int) -> float:
    """Tell how long a process has run so far, all its threads together; Linux only."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


def main(arguments: str) -> None:
    """Run the load that the arguments describe, print what it found."""
    pin(CLIENT_CPU)
    asked = json.loads(arguments)
    seconds, warm_seconds = asked.pop("seconds"), asked.pop("warm_seconds")
    print(json.dumps(Load(**asked).run(warm_seconds, seconds)))


if __name__ == "__main__":
    main(sys.argv[1])
