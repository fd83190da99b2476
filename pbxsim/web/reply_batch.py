"""Replies to requests that came together go out together.

A client on the same machine sleeps until its reply is there, and to wake it takes as long as a fifth of a call: the
system's work, done for the server that sends. Of several clients the first is awake by then if the replies of one turn
of the event loop follow each other closely, and what sends them is still in the processor's cache.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_log: Final = logging.getLogger("pbxsim")

MOST: Final = 8
"""So many replies wait for each other: with more there is next to nothing to win."""

CLOSE: Final = 20e-6
"""At most so many seconds after a reply the next request is read that had come before: one that comes is later."""


class Turning(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """Tell the loop's time, in seconds."""
        ...

    def call_soon(self, callback: Callable[[], None]) -> object:
        """Call something in the next turn, in the order in which that was asked."""
        ...


class Sending(Protocol):
    """What is needed of a transport."""

    def write(self, data: bytes) -> object:
        """Send."""
        ...

    def abort(self) -> object:
        """Close at once."""
        ...


class ReplyBatch:
    """Sends what is answered in one turn of the event loop at its end, before what these requests had called soon.

    Replies wait where there was a crowd in the turn before: a client that is alone has its own at once. Whoever ends a
    connection has what waits sent first (`send`).
    """

    __slots__ = ("_added", "_is_begun", "_is_crowd", "_loop", "_waiting", "last")

    def __init__(self, loop: Turning) -> None:
        self.last = 0.0
        """The loop's time at which the last request was answered, as whoever answers says."""

        self._loop = loop
        self._is_begun = False  # the end of this turn will be heard of
        self._is_crowd = False  # in the last turn whose end was heard of several requests were answered
        self._added = 0  # in this turn
        self._waiting: list[tuple[Sending, bytes]] = []

    def begin(self) -> None:
        """Hear that a request is about to be answered: what that calls soon is called when its reply is out."""
        if not self._is_begun and (self._is_crowd or self._loop.time() - self.last < CLOSE):
            self._is_begun, self._added = True, 0
            self._loop.call_soon(self._end)

    def add(self, transport: Sending, reply: bytes) -> None:
        """Send a reply: at once, or in a crowd at the end of the turn, or as soon as there are enough of them."""
        self._added += 1
        if not self._is_crowd:
            transport.write(reply)
            return
        self._waiting.append((transport, reply))
        if len(self._waiting) == MOST:
            self.send()

    def send(self) -> None:
        """Send all that waits, as it was answered; a transport that fails is closed, and is in no other one's way."""
        waiting, self._waiting = self._waiting, []
        for transport, reply in waiting:
            try:
                transport.write(reply)
            except Exception as error:
                _log.error("a reply could not be sent: %s", type(error).__name__)  # no more: it may quote the reply
                transport.abort()

    def _end(self) -> None:
        self._is_begun, self._is_crowd = False, self._added > 1
        self.send()
