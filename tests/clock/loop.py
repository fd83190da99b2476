"""An event loop whose time is ours: it stands still while something runs, and jumps to the next timer if nothing does.

So no test of the driver waits, and each sees the same moments on any machine. Sockets are polled, never waited for.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context


class NothingWillHappen(Exception):
    """The loop has neither work nor a timer: whoever awaits something awaits it for ever."""


class LoopOnHand(asyncio.SelectorEventLoop):
    """`now` is the loop's time in seconds. An action that calls `spend` takes so long, as far as anybody can tell."""

    def __init__(self) -> None:
        self.now = 1_000.0
        super().__init__(_Leaper(self))

    def time(self) -> float:
        """Give the time that the test has made it."""
        return self.now

    def spend(self, seconds: float) -> None:
        """Let time go by while something runs."""
        self.now += seconds

    async def wait(self, seconds: float) -> None:
        """Come back when so much of this loop's time has gone by, spent or jumped over."""
        over = self.create_future()
        self.call_later(seconds, over.set_result, None)
        await over


class RoundingLoop(LoopOnHand):
    """Has what is due in less than half a millisecond called at once, by a handle that is no timer's: as uvloop."""

    def call_at(  # type: ignore[override]  # of less precise types
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """Have something called, not always when it is due."""
        if when - self.now < 0.0005:
            return self.call_soon(callback, *args, context=context)
        return super().call_at(when, callback, *args, context=context)


class _Leaper(selectors.SelectSelector):
    """Tells what is ready, and jumps over the time that a selector would have waited."""

    def __init__(self, loop: LoopOnHand) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise NothingWillHappen
        self._loop.now += max(timeout, 0.0)
        return []


def loop_on_hand() -> LoopOnHand:
    """Give the loop that runs this test."""
    return cast("LoopOnHand", asyncio.get_running_loop())
