"""Servers as processes: started on the servers' processor, waited for, asked, ended."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench import rivals
from tests.bench.harness import CLIENT_CPU, ROOT, SERVER_CPU, WrongResult

if TYPE_CHECKING:
    from collections.abc import Iterator

HAS_PROC: Final = Path("/proc/self/schedstat").exists()
NEEDS_PROC: Final = "all of it: a server's CPU time is read from Linux's /proc"

_PATIENCE_SECONDS: Final = 30.0
_HERE: Final = Path(__file__).parent

BENCH_PBX: Final = str(_HERE / "bench.yaml")
MOUNTEBANK: Final = "mb"


@dataclass(frozen=True)
class Kind:
    """A server that can be started: its command, and a path that answers 200.

    In the command `{port}` stands for its port, `{spare}` for another that is free, `{folder}` for a folder of its own;
    the environment has BENCH_PORT.
    """

    command: tuple[str, ...]
    path: str
    cpu: int = SERVER_CPU


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    process: int
    port: int
    start_seconds: float
    folder: Path

    def get(self, path: str) -> bytes:
        """Ask for a path; give the body. Raises WrongResult unless the answer is 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise WrongResult(f"GET {path}: {answer.status} {body[:200]!r}")
        return body


def pbxsim(pbx: str, *options: str) -> Kind:
    """Give `pbxsim serve` with a PBX file or a built-in PBX; without options as a user starts it, with a store."""
    return Kind((sys.executable, "-m", "pbxsim", "serve", pbx, "--port", "{port}", *options), "/readyz")


def bare_aiohttp(kind: str) -> Kind:
    """Give a bare aiohttp server, `const` or `params`."""
    return Kind((sys.executable, str(_HERE / "bare_aiohttp.py"), "{port}", kind), "/api/api.php")


def receiver(conduct: str) -> Kind:
    """Give a customer's web service of such conduct (see receiver.py): on the clients' processor: it is elsewhere."""
    return Kind((sys.executable, str(_HERE / "receiver.py"), "{port}", conduct), "/", CLIENT_CPU)


def mountebank() -> Kind | None:
    """Give mountebank with a constant imposter, if it is installed: of the rivals, or on PATH."""
    found = str(rivals.MOUNTEBANK) if rivals.MOUNTEBANK.exists() else shutil.which(MOUNTEBANK)
    if found is None:
        return None
    imposters = str(_HERE / "mountebank.ejs")
    options = ("--configfile", imposters, "--pidfile", "{folder}/mb.pid", "--port", "{spare}")
    quiet = ("--nologfile", "--loglevel", "error")
    return Kind((found, "start", *options, *quiet), "/api/api.php")


@contextmanager
def running(kind: Kind) -> Iterator[Server]:
    """Start a server, wait until it answers, end it. Raises WrongResult if it never does."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        command = [part.format(port=port, spare=free_port(), folder=folder) for part in kind.command]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, env=_environment(port, folder))
        try:
            _pin(process.pid, kind.cpu)
            _wait(process, port, kind.path)
            yield Server(process.pid, port, time.perf_counter() - began, Path(folder))
        except WrongResult as wrong:
            said.seek(0)
            raise WrongResult(f"{wrong}\n{' '.join(command)}\n{said.read().decode(errors='replace')}") from wrong
        finally:
            process.send_signal(signal.SIGCONT)  # a load that broke off may have left it stopped
            process.terminate()
            process.wait()


def _environment(port: int, folder: str) -> dict[str, str]:
    """Give the environment of a server: its data in its folder; its Python keeps bytecode even if this one does not.

    All hash alike: one order of a dict's entries is faster than another, by as much as a goal is about.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PYTHONHASHSEED": "0",
        "PYTHONPYCACHEPREFIX": _bytecode().name,
        "BENCH_PORT": str(port),
        "XDG_DATA_HOME": folder,
    }


@cache
def _bytecode() -> tempfile.TemporaryDirectory[str]:
    """Make the folder of all servers' bytecode; it goes with this process."""
    return tempfile.TemporaryDirectory(prefix="pbxsim-bench-")


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _pin(process: int, cpu: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(process, {allowed[cpu % len(allowed)]})


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    until = time.perf_counter() + _PATIENCE_SECONDS
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise WrongResult(f"the server ended at once with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS) as connection:
                connection.sendall(request)
                if connection.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.0 200"):
                    return
        except OSError:
            pass
        time.sleep(0.001)
    raise WrongResult(f"the server did not answer within {_PATIENCE_SECONDS} s")
