"""A server while it runs: in a thread of this process, or in a child that ends with it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.app import ServeSettings

_LOOK: Final = 0.02  # seconds between two looks at whether a child is ready
_START: Final = 60.0  # seconds that a start may take on a busy machine
_STOP: Final = 15.0


class ServerFailed(Exception):
    """A server could not begin, or did not end; says why."""


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a server is told, as `pbxsim serve` is by its options; `clock` is a rate, 0 held."""

    clock: float
    seed: int | None
    start_at: str | None
    db: str
    token: str

    def arguments(self) -> list[str]:
        """Spell them for the command line; the token goes through the environment, where nobody else sees it."""
        told = ["--port", "0", "--clock", f"{self.clock:g}", "--db", self.db]
        if self.seed is not None:
            told += ["--seed", str(self.seed)]
        if self.start_at is not None:
            told += ["--start-at", self.start_at]
        return told


class Running(Protocol):
    """A server that serves."""

    url: str
    pbxs: tuple[str, ...]

    def stop(self) -> None:
        """Have it serve no more; return when it is gone. Raises ServerFailed."""
        ...


class Ready(msgspec.Struct, frozen=True):
    """What a ready file says."""

    url: str
    pbxs: tuple[str, ...]
    pid: int


# -- in a child ---------------------------------------------------------------------------------------------------


class Child:
    """Implements `Running` for a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], ready: Ready) -> None:
        self._process = process
        self.url = ready.url
        self.pbxs = ready.pbxs

    def stop(self) -> None:
        """Close the pipe that it lives by."""
        _end(self._process)


def started_child(sources: Sequence[str], options: ServeOptions) -> Child:
    """Start one, and wait until it serves. Raises ServerFailed with what it complained of."""
    with TemporaryDirectory(prefix="pbxsim-ready-") as folder:
        ready, log = Path(folder, "ready.json"), Path(folder, "stderr")
        command = [sys.executable, "-m", "pbxsim.testing.child", "serve", *sources, *options.arguments()]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PBXSIM_")}
        if options.token:
            environment["PBXSIM_CONTROL_TOKEN"] = options.token
        with log.open("wb") as complaints:
            process = subprocess.Popen(
                [*command, "--ready-file", str(ready)],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
            )
        try:
            return Child(process, _told(process, ready, log))
        except BaseException:
            _end(process)
            raise


def _told(process: subprocess.Popen[bytes], ready: Path, log: Path) -> Ready:
    for _ in range(int(_START / _LOOK)):
        if ready.exists():
            return msgspec.json.decode(ready.read_bytes(), type=Ready)
        try:
            code = process.wait(_LOOK)
        except subprocess.TimeoutExpired:
            continue
        raise ServerFailed(f"the server ended with {code}\n{log.read_text('utf-8', 'replace')}".rstrip())
    raise ServerFailed(f"the server was not ready in {_START:g} s\n{log.read_text('utf-8', 'replace')}".rstrip())


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# -- in this process ----------------------------------------------------------------------------------------------


class ServerThread:
    """Implements `Running` for a thread with an event loop of its own."""

    def __init__(self, sources: Sequence[str], options: ServeOptions) -> None:
        self.url = ""
        self.pbxs: tuple[str, ...] = ()
        self._sources = tuple(sources)
        self._options = options
        self._ready = threading.Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="pbxsim", daemon=True)

    def start(self) -> None:
        """Return when it serves. Raises ServerFailed."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise ServerFailed(str(self._failure)) from self._failure

    def stop(self) -> None:
        """Have the loop end, and wait for the thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP)
        if self._thread.is_alive():
            raise ServerFailed(f"the server did not end in {_STOP:g} s")

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # whatever it is, the thread that waits is told
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        from pbxsim.app import serving

        self._loop = asyncio.get_running_loop()
        async with serving(_settings(self._sources, self._options)) as installation:
            self.url = installation.url
            self.pbxs = tuple(installation.hosts.names())
            self._ready.set()
            await self._stop.wait()


def running_here(sources: Sequence[str], options: ServeOptions) -> ServerThread:
    """Serve in this process. Raises ServerFailed."""
    thread = ServerThread(sources, options)
    thread.start()
    return thread


def _settings(sources: tuple[str, ...], options: ServeOptions) -> ServeSettings:
    from pbxsim.app import ServeSettings
    from pbxsim.hosting.storage import Wanted
    from pbxsim.kit.values import instant

    return ServeSettings(
        pbxs=sources,
        port=0,
        rate=options.clock,
        seed=options.seed,
        start_at=None if options.start_at is None else instant(options.start_at),
        stored=Wanted(place=options.db, port=0),
        control_token=options.token,
    )
