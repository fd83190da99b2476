"""How long one PBX's client waits while another PBX of the same server is flooded: median and 99th percentile."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.harness import CLIENT_CPU, ROOT, Figures, WrongResult, pin
from tests.bench.servers import BENCH_PBX, Kind, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ALONE: Final = "alone"
_ASKED: Final = 400
_WARM: Final = 40
_BETWEEN: Final = 0.005  # seconds from a reply to the next request
_CREDENTIAL: Final = "username=voipsun&password=secretpwd"


def figures(kind: str) -> Figures:
    """Measure a client of the PBX `bench` while `other` is flooded so, or while nobody asks it (`alone`)."""
    pin(CLIENT_CPU)
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other.yaml"
        text = Path(BENCH_PBX).read_text(encoding="utf-8")
        other.write_text(text.replace("name: bench", "name: other").replace("username: voipsun", "username: flood"))
        command = (sys.executable, "-m", "pbxsim", "serve", BENCH_PBX, str(other), "--port", "{port}")
        kept = ("--db", "{folder}/flood.sqlite3")
        with running(Kind((*command, *kept), "/readyz")) as server, _flooded(server.port, kind):
            waits = _waits(server.port)
    ordered = sorted(waits[_WARM:])
    return {"p50 ms": ordered[len(ordered) // 2] * 1000, "p99 ms": ordered[len(ordered) * 99 // 100] * 1000}


@contextmanager
def _flooded(port: int, kind: str) -> Iterator[None]:
    if kind == ALONE:
        yield
        return
    command = (sys.executable, "-m", "tests.bench.flood_load", str(port), kind)
    flood = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        time.sleep(1)  # until it flows
        yield
        if flood.poll() is not None:
            said = b"" if flood.stderr is None else flood.stderr.read()
            raise WrongResult(f"the flood of {kind} ended: {said.decode()}")
    finally:
        flood.kill()
        flood.communicate()


def _waits(port: int) -> list[float]:
    request = f"GET /api/api.php?{_CREDENTIAL}&action=sipstatus HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    found = []
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(_WARM + _ASKED):
            began = time.perf_counter()
            connection.sendall(request)
            reply = connection.recv(65_536)
            found.append(time.perf_counter() - began)
            if not reply.startswith(b"HTTP/1.1 200 "):
                raise WrongResult(f"the reply is {reply[:200]!r}")
            time.sleep(_BETWEEN)
    return found
