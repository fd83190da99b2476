"""Whose request is answered next, where one server has several PBXs: a flood for one of them must not stop the others.

All requests are answered by one thread, one after the other. A PBX whose requests come faster than they are answered
would have its whole queue before everybody else's next request. So while others ask as well, one request of each PBX is
answered at a time, the longest waiting first, and then its PBX pauses for a multiple of what it took: no PBX has much
more than half of the time, and what is dear has a small part of it. Where one PBX is asked alone, nothing waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Callable

SHARED: Final = 10.0
"""Seconds for which two PBXs count as asked side by side, after they were asked one after the other."""

PAUSE: Final = 3.0
"""How many times longer than its answer took a PBX pauses: reading and sending cost as much again, uncounted."""

ORDINARY: Final = 0.001
"""Seconds of the processor that a request may take: several times what one takes that places a call."""

DEAR_PAUSE: Final = 20.0
"""How many times longer it pauses for what a request took beyond that."""

_PER_BYTE: Final = 5e-9
"""Seconds that a byte of a body costs before it is read: the socket's work and its copies."""


class Timers(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """Tell the loop's time, in seconds."""
        ...

    def call_later(self, delay: float, callback: Callable[[], None]) -> object:
        """Call something so many seconds later."""
        ...

    def create_future(self) -> Future[None]:
        """Make something to wait for."""
        ...


class Line:
    """The requests for one PBX. At most one `is_out`: it is being answered, or its pause is not over."""

    __slots__ = ("is_out", "waiting")

    def __init__(self) -> None:
        self.is_out = False
        self.waiting: deque[Future[None]] = deque()

    def next(self) -> None:
        """Let the longest waiting go; those whose client has left are passed over."""
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self.is_out = False


class Turns:
    """Gives out turns. Whoever takes one says when it is done."""

    def __init__(self, loop: Timers) -> None:
        self._loop = loop
        self._lines: dict[str, Line] = {}
        self._last = ""
        self._shared_until = 0.0

    async def take(self, pbx: str) -> Line | None:
        """Wait for a turn for a PBX; None: nobody else is there, so there are no turns."""
        line = self._line(pbx)
        if line is not None:
            if line.is_out:
                await self._wait(line)
            line.is_out = True
        return line

    def has_free(self, pbx: str) -> bool:
        """Tell whether a PBX's turn need not be waited for."""
        line = self._lines.get(pbx)
        return line is None or not line.is_out

    def take_free(self, pbx: str) -> Line | None:
        """Take a turn for a PBX that has a free one, as `take` does."""
        line = self._line(pbx)
        if line is not None:
            line.is_out = True
        return line

    def _line(self, pbx: str) -> Line | None:
        now = self._loop.time()
        if pbx != self._last:
            self._shared_until = now + SHARED if self._last else 0.0
            self._last = pbx
        return None if now >= self._shared_until else self._lines.setdefault(pbx, Line())

    def done(self, line: Line, took: float, body: int = 0) -> None:
        """Say that a turn is over which took so many seconds of the processor, with so many bytes of a body."""
        cost = took + body * _PER_BYTE
        self._loop.call_later(PAUSE * cost + DEAR_PAUSE * max(0.0, cost - ORDINARY), line.next)

    async def _wait(self, line: Line) -> None:
        waiter = self._loop.create_future()
        line.waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                line.next()  # its turn had come
            raise
