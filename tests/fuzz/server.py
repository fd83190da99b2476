"""The server that is sent to: a child process, its log, and what it spends, as the kernel tells (Linux)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
_ADDRESS: Final = re.compile(r"pbxsim \S+ on http://127\.0\.0\.1:(\d+)")
_TROUBLE: Final = re.compile(r"^(ERROR|CRITICAL)|Traceback", re.MULTILINE)
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_MB: Final = 1_000_000
_LONGEST_LOGGING: Final = 10.0

ORDINARY: Final = (sys.executable, "-m", "pbxsim")
"""The command that is `pbxsim`."""


def pbx_text() -> str:
    """Give the PBX: `documented`, with credit for a million calls, and with fewer records than memory would hold."""
    text = (ROOT / "pbxsim" / "pbxes" / "documented.yaml").read_text("utf-8")
    text = re.sub(r'credit: "\d+\.00"', 'credit: "99999999.00"', text)
    return f"{text}\nlimits: {{cdrs: 20000, recording: 1}}\n"


class Server:
    """A server that runs, on `port` of the loopback."""

    def __init__(self, process: subprocess.Popen[str], log: Path, port: int) -> None:
        self._process = process
        self._log = log
        self._read = 0
        self.port = port

    @property
    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def trouble(self, *, expected: bool = False) -> str:
        """Give what its log has of errors since this was asked last; empty if there is nothing.

        The log is written by a thread of its own, so an error may be in a reply before it is in the log: where one is
        `expected`, it is waited for, ten seconds at most.
        """
        until = time.monotonic() + (_LONGEST_LOGGING if expected else 0)
        text = self._unread()
        while not _TROUBLE.search(text) and time.monotonic() < until:
            time.sleep(0.005)
            text += self._unread()
        return text if _TROUBLE.search(text) else ""

    def _unread(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
        self._read += len(text)
        return text.decode(errors="replace")

    def cpu_seconds(self) -> float:
        """Give the processor time that it has taken, to 10 ms."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident_mb(self) -> float:
        """Give its resident memory in millions of bytes."""
        return int(self._proc("statm").split()[1]) * os.sysconf("SC_PAGESIZE") / _MB

    def descriptors(self) -> int:
        """Count its open files and sockets."""
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self._process.pid}/{name}").read_text("utf-8")


@contextmanager
def running(folder: Path, command: Sequence[str] = ORDINARY, options: Sequence[str] = ()) -> Iterator[Server]:
    """Serve the PBX from `folder`, whose time goes a minute a second, so that calls end; end it afterwards.

    Raises AssertionError where it does not start.
    """
    pbx, log = folder / "fuzz.yaml", folder / "log"
    pbx.write_text(pbx_text(), "utf-8")
    words = [
        *command,
        "serve",
        str(pbx),
        "--port",
        "0",
        "--clock",
        "60",
        "--db",
        str(folder / "fuzz.sqlite3"),
        *options,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "XDG_DATA_HOME": str(folder)}
    with log.open("wb") as errors:
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        try:
            yield Server(process, log, _port(process, log))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _port(process: subprocess.Popen[str], log: Path) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        found = _ADDRESS.match(line)
        if found:
            return int(found[1])
    raise AssertionError(f"the server did not start: {log.read_text('utf-8', 'replace')}")
