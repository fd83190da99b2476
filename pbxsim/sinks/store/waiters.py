"""Those who wait until what they put in a buffer is lasting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pbxsim.sinks.store.port import NotStored

if TYPE_CHECKING:
    from collections.abc import Callable


class Waiters:
    """Each waits for a turn of the writer: the one that takes what it put down, and so for all turns before it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def wait(self, turn: int) -> asyncio.Future[None]:
        """Give what is done when that turn lasts. It may fail with NotStored."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, future))
        return future

    def last(self, until: int) -> None:
        """Say that all turns up to that one last."""
        if self._waiting:
            self._settle(lambda turn: turn <= until, None)

    def fail(self, why: str, turns: set[int] | None = None) -> None:
        """Say that those turns, or all that are waited for, do not last."""
        self._settle(lambda turn: turns is None or turn in turns, why)

    def _settle(self, concerns: Callable[[int], bool], why: str | None) -> None:
        for turn, future in self._waiting:
            if concerns(turn) and not future.done():
                if why is None:
                    future.set_result(None)
                else:
                    future.set_exception(NotStored(why))
        self._waiting = [one for one in self._waiting if not one[1].done()]
