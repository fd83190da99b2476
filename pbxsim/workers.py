"""`pbxsim serve --workers N`: so many processes, each a server with a port of its own and a share of the PBXs.

A PBX is one switch with one clock, and stays in one process. The first worker has the first PBX, the next the next, and
so on in turns. One that dies is begun anew, and goes on from its store as ever; one that cannot begin ends them all.
Not here: one address before all of them (web/haproxy.py).
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.app import Contradictory, Refused, Sources, stop_on_signals, write_whole
from pbxsim.config.fault import PbxFileRefused
from pbxsim.discovery import BrokenPackage
from pbxsim.hosting.errors import CannotBegin
from pbxsim.sinks.store.location import SQLITE, StorePlace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.app import ServeSettings

_log: Final = logging.getLogger("pbxsim")

_UNREACHABLE: Final = 3
_SOON: Final = 10.0  # seconds: whoever ends sooner than that begins anew after a pause
_PAUSE: Final = 1.0  # seconds
_GOES: Final = 30.0  # seconds that a server may take to end: its store may be slow
_LINK: Final = 0  # the descriptor of a worker's link to us: its standard input


class Share(msgspec.Struct, frozen=True):
    """What one worker serves: every `workers`th PBX from `number` on, which counts from 0; at `port`, 0: any."""

    number: int
    workers: int
    port: int

    def of(self, settings: ServeSettings) -> ServeSettings:
        """Give the settings of the worker, for those of all."""
        return msgspec.structs.replace(
            settings,
            pbxs=settings.pbxs[self.number :: self.workers],
            port=self.port,
            ready_file=None,
            stored=msgspec.structs.replace(settings.stored, port=self.port),
            link=_LINK,
        )


class _CannotBegin(Exception):
    """A worker ended before it served; it said why on stderr."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code if code > 0 else _UNREACHABLE


class _Worker:
    """One of the processes. `ready` is what it said when it served: its URL, the names of its PBXs, its process."""

    def __init__(self, arguments: Sequence[str], share: Share) -> None:
        self._arguments = arguments
        self._share = share
        self._process: asyncio.subprocess.Process | None = None
        self._link: asyncio.StreamWriter | None = None
        self.ready: dict[str, Any] = {}

    async def begin(self) -> None:
        """Start it, and wait until it serves. Raises _CannotBegin."""
        ours, its = socket.socketpair()
        with its:
            share = f"{self._share.number}:{self._share.port}"
            program, verb, given = _program(), self._arguments[0], self._arguments[1:]  # `given` may have a `--` in it
            self._process = await asyncio.create_subprocess_exec(
                *program, verb, "--worker", share, *given, stdin=its.fileno()
            )
        reader, self._link = await asyncio.open_connection(sock=ours)
        told = await reader.readline()
        if not told:
            raise _CannotBegin(_told(await self._process.wait()))
        self.ready = msgspec.json.decode(told)
        port = int(self.ready["url"].rpartition(":")[2])
        self._share = msgspec.structs.replace(self._share, port=port)  # where it is, also when it begins anew

    async def stays(self, tell: Callable[[], None]) -> None:
        """Begin it anew whenever it ends, and `tell` of it. Raises _CannotBegin."""
        loop = asyncio.get_running_loop()
        while self._process is not None:
            began = loop.time()
            code = await self._process.wait()
            _log.error("the server at %s ended with %d: it begins anew", self.ready["url"], code)
            if loop.time() - began < _SOON:  # what ends again and again is to leave the others the processor
                await asyncio.wait([loop.create_future()], timeout=_PAUSE)
            await self.begin()
            tell()
            _log.warning("the server at %s is there again", self.ready["url"])

    async def end(self) -> None:
        """End it, and wait for that; by force where it takes too long."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _GOES)
            except TimeoutError:
                _log.error("the server at %s does not end: it is ended by force", self.ready.get("url", "no address"))
                self._process.kill()
                await self._process.wait()
        if self._link is not None:
            self._link.close()


def _program() -> list[str]:
    """Give the command that runs us: no module of the folder that it is begun in, unless we have those too."""
    has_folder = not {"", str(Path.cwd())}.isdisjoint(sys.path)
    return [sys.executable, *([] if has_folder else ["-P"]), "-m", "pbxsim"]


def _told(code: int) -> int:
    """Say that a signal ended a worker, which could not say so itself; give the exit code."""
    if code < 0:
        _log.error("a server was ended by signal %d before it served", -code)
    return code


def run_workers(settings: ServeSettings, workers: int, arguments: Sequence[str]) -> int:
    """Serve by so many processes until SIGTERM, SIGHUP or Ctrl-C; give the exit code.

    Each is `pbxsim` with these arguments of ours, and is told its share. Raises Refused, Contradictory.
    """
    _check(settings, workers)
    try:
        Sources.of(settings)  # all of them together, before there is a process
    except (PbxFileRefused, BrokenPackage) as error:
        raise Refused(str(error)) from error
    return asyncio.run(_serve(settings, workers, arguments))


def _check(settings: ServeSettings, workers: int) -> None:
    count, last = len(settings.pbxs), 65_536 - workers
    place = StorePlace.parse(settings.stored.place) if settings.stored.place is not None else None
    why = ""
    if os.name != "posix":
        why = "needs a system with processes as POSIX has them; start a server for each PBX"
    elif workers > count:
        why = f"each PBX is one process's, and there {'is one' if count == 1 else f'are {count}'}"
    elif settings.port > last:
        why = f"each has a port of its own, so --port is at most {last}, not {settings.port}"
    elif settings.engines is not None and not settings.engines.chosen.can_hold_clock:
        why = f"the telephones of the engine {settings.engines.chosen.name} have one server; start one for each PBX"
    elif place is not None and place.kind == SQLITE:
        why = "an SQLite file is one process's: leave --db out, and each has its own, or give them a database server"
    if why:
        raise Contradictory(f"--workers {workers}: {why}")


async def _serve(settings: ServeSettings, count: int, arguments: Sequence[str]) -> int:
    task = asyncio.current_task()
    assert task is not None
    stop_on_signals(task.cancel)
    ports = [settings.port and settings.port + number for number in range(count)]
    workers = [_Worker(arguments, Share(number, count, port)) for number, port in enumerate(ports)]
    try:
        for worker in workers:  # one after the other, so that each says in one piece what it serves
            await worker.begin()
        if settings.ready_file is not None:
            write_whole(settings.ready_file, _ready(workers))
        await _all_stay(workers, partial(_tell_again, settings.ready_file, workers))
    except asyncio.CancelledError:
        return 0
    except CannotBegin as error:
        raise Refused(str(error)) from error
    except _CannotBegin as failed:
        return failed.code
    finally:
        stop_on_signals(_nothing)
        await asyncio.gather(*(worker.end() for worker in workers))
        if settings.ready_file is not None:
            settings.ready_file.unlink(missing_ok=True)
    return 0


async def _all_stay(workers: Sequence[_Worker], tell: Callable[[], None]) -> None:
    """Begin each anew whenever it ends, until one cannot begin: then none is begun any more. Raises _CannotBegin."""
    staying = [asyncio.ensure_future(worker.stays(tell)) for worker in workers]
    try:
        await asyncio.gather(*staying)
    finally:
        for each in staying:
            each.cancel()
        await asyncio.wait(staying)


def _ready(workers: Sequence[_Worker]) -> bytes:
    """Give what a program that started us wants to know: as of one server, and of each."""
    each = [worker.ready for worker in workers]
    names = [name for one in each for name in one["pbxs"]]
    return msgspec.json.encode({"url": each[0]["url"], "pbxs": names, "pid": os.getpid(), "workers": each})


def _tell_again(file: Path | None, workers: Sequence[_Worker]) -> None:
    """Write the same once more, for one of them is another process now. That it cannot be ends nothing."""
    try:
        if file is not None:
            write_whole(file, _ready(workers))
    except CannotBegin as error:
        _log.error("%s", error)


def _nothing() -> None:
    """Hear a second signal, which changes nothing: what runs is being ended already."""
