"""Servers that can be killed cheaply: one process imports pbxsim once, and forks a `pbxsim serve` whenever it is told.

Run as a program (`python -m tests.crash.nursery`), it reads a JSON array of arguments on each line, and writes
`child` and its process number on a line of its own before the child writes its banner. A child is a process like any
other: `kill -9` ends it with all that it had in memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from importlib import import_module
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).parents[2]
_ADDRESS: Final = re.compile(r"pbxsim \S+ on (http://\S+)")
_NUMBER: Final = re.compile(r"child (\d+)$")
_NEEDED: Final = (
    "pbxsim.app",
    "pbxsim.sinks.outbound.questions",
    "pbxsim.web.control.routes",
    "pbxsim.sinks.outbox.http",
    "pbxsim.sinks.store.engine",
    "aiosqlite",
    "asyncpg",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)


class Child(msgspec.Struct, frozen=True):
    """A server that runs, and where."""

    process: int
    url: str

    def kill(self) -> None:
        """End it as the kernel does: at once, wherever it is."""
        os.kill(self.process, signal.SIGKILL)


class Nursery:
    """The process that forks servers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def opened(cls, *modules: str) -> Nursery:
        """Start it; the imports take a second, once. With `modules` only these are imported before a fork."""
        command = (sys.executable, "-m", "tests.crash.nursery", *modules)
        return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT))

    async def server(self, *arguments: str) -> Child:
        """Start `pbxsim serve` with these arguments; return when it listens."""
        number = await self.begun(*arguments)
        return Child(number, (await self._line_like(_ADDRESS))[1])

    async def begun(self, *arguments: str) -> int:
        """Begin to start one; give its process. Kill it before another is started, or its lines are mixed up."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(["serve", *arguments]).encode() + b"\n")
        return int((await self._line_like(_NUMBER))[1])

    async def close(self) -> None:
        """End it; whoever it started and was not killed ends too."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _line_like(self, pattern: re.Pattern[str]) -> re.Match[str]:
        assert self._process.stdout is not None
        while True:
            line = await self._process.stdout.readline()
            assert line, "the server did not start; its standard error says why"
            found = pattern.match(line.decode())
            if found:
                return found


def main() -> None:
    """Fork a server for each line, until there are no more lines."""
    for module in sys.argv[1:] or _NEEDED:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    children: list[int] = []
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _serve(json.loads(line))
        children.append(child)
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _serve(arguments: list[str]) -> None:
    from pbxsim.cli import main as pbxsim

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.stdin.close()
    print("child", os.getpid(), flush=True)
    os._exit(pbxsim(arguments))


if __name__ == "__main__":
    main()
