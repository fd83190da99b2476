"""The client of the HTTP races: keeps so many connections busy, checks every reply, and reads the servers' CPU clocks.

Servers that are compared take turns of a fraction of a second, so that what neighbours do falls on all of them alike.

A process of its own on a processor of its own: `python -m tests.bench.web_load JSON` prints the figures as JSON. It
needs nothing but the standard library, and costs less CPU per request than the fastest server that it is to measure.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.harness import CLIENT_CPU, Figures, WrongResult, pin

_PATIENCE_SECONDS: Final = 20.0


@dataclass
class Connection:
    """One kept-alive connection: at most one request is under way on it."""

    socket: socket.socket
    is_over: bool = False  # the server closes it behind each reply
    sent_at: float = 0.0
    received: bytes = b""


@dataclass
class Load:
    """Sends `target` again and again over `connections` connections; every reply must be 200 with that body.

    `{order}` in the target is another number in each request.

    It may come in one chunk, and the server may close the connection behind it: then there is another for the next.
    `counts_ended`: the CPU of threads that have ended counts.

    The server `rests` between its turns: it is stopped, so that it does nothing in those of others.
    """

    port: int
    target: str
    body: str
    connections: int
    server: int
    rests: bool = False
    counts_ended: bool = False
    replies: int = 0
    latencies: list[float] = field(default_factory=list)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _opened: list[Connection] = field(default_factory=list)
    _sent: int = 0
    _measured: int = 0  # replies that came in time, and in how much time
    _took: float = 0.0
    _cpu: float = 0.0

    def __enter__(self) -> Load:
        request = f"GET {self.target} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: */*\r\n\r\n"
        body = self.body.encode()
        self._before, self._is_numbered, self._behind = request.encode().partition(b"{order}")
        self._endings = (b"\r\n\r\n" + body, b"\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        for _ in range(self.connections):
            self._opened.append(Connection(self._connected()))
            self._selector.register(self._opened[-1].socket, selectors.EVENT_READ, self._opened[-1])
        return self

    def _connected(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_SECONDS)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def _connect_again(self, connection: Connection) -> None:
        connection.socket.close()
        connection.socket, connection.is_over = self._connected(), False
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def __exit__(self, *error: object) -> None:
        os.kill(self.server, signal.SIGCONT)
        for connection in self._opened:
            connection.socket.close()
        self._selector.close()

    def begin(self) -> None:
        """Count from here on."""
        self._measured, self._took, self._cpu = 0, 0.0, self._spent()
        self.latencies.clear()

    def turn(self, seconds: float) -> None:
        """Keep all connections busy for so long, and let the replies that are then under way arrive."""
        os.kill(self.server, signal.SIGCONT)
        began, before = time.perf_counter(), len(self.latencies)
        for connection in self._opened:
            self._send(connection)
        while time.perf_counter() < began + seconds:
            for connection in self._answered():
                self._send(connection)
        self._measured += len(self.latencies) - before
        self._took += time.perf_counter() - began
        waiting = self.connections
        while waiting:
            waiting -= len(self._answered())
        if self.rests:
            os.kill(self.server, signal.SIGSTOP)

    def figures(self) -> Figures:
        """Tell what was measured since `begin`; the CPU time is all that the server had meanwhile."""
        cpu, ordered = self._spent() - self._cpu, sorted(self.latencies)
        count = len(ordered)
        return {
            "requests/CPU second": count / cpu,
            "requests/s": self._measured / self._took,
            "CPU us/request": cpu / count * 1e6,
            "p50 ms": ordered[count // 2] * 1000,
            "p99 ms": ordered[count * 99 // 100] * 1000,
            "replies": self.replies,
        }

    def _spent(self) -> float:
        return (cpu_seconds_of_all if self.counts_ended else cpu_seconds)(self.server)

    def _send(self, connection: Connection) -> None:
        if connection.is_over:
            self._connect_again(connection)
        connection.sent_at = time.perf_counter()
        self._sent += 1
        order = b"%d" % self._sent if self._is_numbered else b""
        connection.socket.sendall(b"%b%b%b" % (self._before, order, self._behind))

    def _answered(self) -> list[Connection]:
        """Wait for replies; give the connections whose reply is complete."""
        ready = self._selector.select(_PATIENCE_SECONDS)
        if not ready:
            raise WrongResult(f"no reply for {_PATIENCE_SECONDS} s")
        return [key.data for key, _ in ready if self._receive(key.data)]

    def _receive(self, connection: Connection) -> bool:
        connection.received += connection.socket.recv(65_536)
        received = connection.received
        if not received.startswith((b"HTTP/1.1 200 ", b"HTTP/1.0 200 ")) or len(received) > 4096:
            raise WrongResult(f"the reply is {received!r}")
        if not received.endswith(self._endings):
            return False
        if b"\r\nConnection: close\r\n" in received:
            connection.is_over = True
            self._selector.unregister(connection.socket)
        self.latencies.append(time.perf_counter() - connection.sent_at)
        self.replies += 1
        connection.received = b""
        return True


def cpu_seconds(process: int) -> float:
    """Tell how long a process has run so far, all its threads together; Linux only."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


def cpu_seconds_of_all(process: int) -> float:
    """Tell the same with the threads that have ended, to the hundredth of a second."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def take_turns(loads: list[Load], rounds: int, turn: float) -> None:
    """Have the loads take their turns, each so many seconds long, so many times."""
    for _ in range(rounds):
        for load in loads:
            load.turn(turn)


def main(arguments: str) -> None:
    """Run the loads that the arguments describe, in turns; print what each found."""
    pin(CLIENT_CPU)
    asked = json.loads(arguments)
    with ExitStack() as stack:
        loads = [stack.enter_context(Load(**one)) for one in asked["loads"]]
        take_turns(loads, asked["warm_turns"], asked["turn_seconds"])
        for load in loads:
            load.begin()
        take_turns(loads, asked["turns"], asked["turn_seconds"])
        print(json.dumps([load.figures() for load in loads]))


if __name__ == "__main__":
    main(sys.argv[1])
