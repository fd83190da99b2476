"""A server with an Asterisk, in a process of its own, and whoever asks it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


def environment() -> dict[str, str]:
    """Give the environment of a process of ours: its Asterisk lives in a folder of this run."""
    return os.environ | {"PYTHONUNBUFFERED": "1", "TMPDIR": tempfile.gettempdir()}


def pbxsim(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "pbxsim", *arguments]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False, timeout=60)


_URL: Final = r"https?://127\.0\.0\.1:\d+"


class Client:
    """Asks a server, which `said` something when it began."""

    def __init__(self, session: aiohttp.ClientSession, url: str, said: str = "") -> None:
        self._session = session
        self.url = url
        self.said = said

    async def ask(self, path: str, method: str = "GET", **more: Any) -> str:  # noqa: ANN401 - whatever aiohttp takes
        """Ask; give the content."""
        async with self._session.request(method, self.url + path, **more) as reply:
            return await reply.text()

    async def fetch(self, path: str) -> bytes:
        """Give the bytes of what is there; it is there."""
        async with self._session.get(self.url + path) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.read()

    async def until(self, path: str, what: Callable[[Any], object], seconds: float = 20) -> Any:  # noqa: ANN401
        """Ask until something has come about."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while not what(found := json.loads(await self.ask(path))):
            assert loop.time() < ends, found
            await asyncio.wait([loop.create_future()], timeout=0.05)
        return found


def started(file: Path, *options: str, db: str = ":memory:") -> subprocess.Popen[str]:
    """Start a server; without more it has an Asterisk of its own."""
    command = [sys.executable, "-m", "pbxsim", "serve", str(file), "--engine", "asterisk", "--port", "0", *options]
    return subprocess.Popen(
        [*command, "--db", db], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def url_in(said: str) -> str:
    """Find where a server is in what it printed."""
    found = re.search(_URL, said)
    assert found is not None, said
    return found[0]


def until_said(server: subprocess.Popen[str], what: str) -> str:
    """Read what a server prints until a line matches; give all of it."""
    assert server.stdout is not None
    said: list[str] = []
    for text in server.stdout:
        said.append(text)
        if re.search(what, text):
            return "".join(said)
    raise AssertionError("".join(said))


@asynccontextmanager
async def served(
    file: Path, *options: str, db: str = ":memory:"
) -> AsyncIterator[tuple[Client, subprocess.Popen[str]]]:
    """Serve a PBX file."""
    with started(file, *options, db=db) as server:
        try:
            said = until_said(server, _URL)
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session:
                yield Client(session, url_in(said), said), server
        finally:
            server.terminate()
