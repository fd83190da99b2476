"""The server of a long run: a process of its own, what it prints in files, and what the system says of it."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

import msgspec

from tests.bench.web_load import cpu_seconds
from tests.soak.mix import PBXS

if TYPE_CHECKING:
    from asyncio.subprocess import Process

ROOT: Final = Path(__file__).parents[2]
STORE: Final = "soak.sqlite3"
_TEMPLATE: Final = Path(__file__).with_name("soak.yaml")
_ADDRESS: Final = re.compile(rb"pbxsim \S+ on http://127\.0\.0\.1:(\d+)")
_RETRY: Final = "{first: 0.2, factor: 2, longest: 1, give_up: 5}"
_PATIENCE: Final = 30.0

SMALL: Final = {"records": 2_000, "recent_calls": 200, "journal": 2_000, "requests": 500, "deliveries": 1_000_000}
"""How much is kept of what happened, where a run is short: all of it is full before the memory is looked at."""
USUAL: Final = {
    "records": 20_000,
    "recent_calls": 10_000,
    "journal": 100_000,
    "requests": 10_000,
    "deliveries": 32_000_000,
}
"""What pbxsim keeps unless it is told otherwise, but for records: a million of them would never be full."""


class Sample(msgspec.Struct, frozen=True):
    """The server at a moment at which nothing is under way, after so many requests; memory in bytes."""

    requests: int
    resident: int
    peak: int
    descriptors: int
    tasks: int
    cpu: float


class SoakServer:
    """A `pbxsim serve` that runs; `log` is what it wrote to standard error."""

    def __init__(self, process: Process, port: int, folder: Path) -> None:
        self._process = process
        self.port = port
        self.store = folder / STORE
        self._log = folder / "log"

    @classmethod
    async def started(cls, folder: Path, receiver: str, kept: dict[str, int], fault: str = "none") -> SoakServer:
        """Start it with its files in a folder, and return when it listens; `fault` is one of child.py's."""
        files = [str(_pbx(folder, name, receiver, kept)) for name in PBXS]
        command = (sys.executable, "-m", "tests.soak.child", fault, "serve", *files, "--port", "0")
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                "--db",
                str(folder / STORE),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                limit=1 << 20,
            )
        assert process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            while line := await process.stdout.readline():
                found = _ADDRESS.match(line)
                if found:
                    return cls(process, int(found[1]), folder)
        raise AssertionError(f"the server did not start: {(folder / 'log').read_text(encoding='utf-8')}")

    @property
    def log(self) -> str:
        """Read what it wrote to standard error."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def collect_garbage(self) -> None:
        """Have it collect its garbage, before it does anything else."""
        self._process.send_signal(signal.SIGUSR1)

    def sample(self, requests: int, tasks: int) -> Sample:
        """Look at it."""
        home = Path(f"/proc/{self._process.pid}")
        lines = (line.split() for line in (home / "status").read_text(encoding="ascii").splitlines())
        sizes = {words[0]: int(words[1]) * 1024 for words in lines if words[0] in ("VmRSS:", "VmHWM:")}
        open_files = sum(1 for _ in (home / "fd").iterdir())
        cpu = cpu_seconds(self._process.pid)
        return Sample(requests, sizes["VmRSS:"], sizes["VmHWM:"], open_files, tasks, cpu)

    async def stop(self) -> int:
        """End it in order (SIGTERM); give its exit status."""
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.communicate()
        except TimeoutError:
            self._process.kill()
        return await self._process.wait()


def _pbx(folder: Path, name: str, receiver: str, kept: dict[str, int]) -> Path:
    file = folder / f"{name}.yaml"
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    file.write_text(template.substitute(kept, name=name, receiver=receiver, retry=_RETRY), encoding="utf-8")
    return file
