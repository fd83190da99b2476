"""A TCP proxy before AMI that does what networks do: is slow, breaks off, or swallows all without a word."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pbxsim.engines.asterisk.process import free_port

if TYPE_CHECKING:
    from collections.abc import Coroutine

_CHUNK = 65_536


class AmiProxy:
    """Listens on `port` for whoever is to reach `target`.

    `delay`: so many seconds everything is late. `swallows`: nothing goes through in connections that are there or come,
    and nobody is told: a half-open link. `refuses`: nobody is let in.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.target = 0
        self.delay = 0.0
        self.swallows = False
        self.refuses = False
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, target: int) -> None:
        """Let clients through to that port."""
        self.target = target
        self._server = await asyncio.start_server(self._came, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Break off all connections."""
        for writer in list(self._open):
            writer.transport.abort()

    async def close(self) -> None:
        """End it."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        for source, sink in ((reader, back), (there, writer)):
            self._spawn(self._pipe(source, sink))

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._spawn(self._deliver(late, sink))
        clock = asyncio.get_running_loop().time
        try:
            while chunk := await source.read(_CHUNK):
                if not self.swallows:
                    late.put_nowait((clock() + self.delay, chunk))
        except ConnectionError:
            pass
        late.put_nowait((clock() + self.delay, b""))

    async def _deliver(self, late: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, chunk = await late.get()
            if due > loop.time():
                await asyncio.wait([loop.create_future()], timeout=due - loop.time())
            if not chunk:
                break
            sink.write(chunk)
        self._open.discard(sink)
        sink.transport.abort()

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
