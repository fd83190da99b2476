"""The one timer of all that is played: each 20 ms everybody who hears something of ours is sent a packet.

It runs only while somebody does. A machine that was busy for longer sends a few packets at once, which telephones bear
well; what it is later than that is left out, and the packets' times say so. Nothing piles up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

TICK: Final = 0.02
"""Seconds between two packets."""

_AT_ONCE: Final = 3
"""Packets that one telephone is sent together, at most."""


class Timer(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """Give its time, in seconds."""
        ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        """Call something then."""
        ...


class Ticker:
    """Calls each of those that were added, with the number of the tick, which grows with time and never goes back."""

    def __init__(self, timer: Timer) -> None:
        self._timer = timer
        self._players: dict[Callable[[int], object], None] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._anchor = timer.time()
        self._done = -1

    @property
    def now(self) -> int:
        """Tell which tick it is."""
        return int((self._timer.time() - self._anchor) / TICK + 1e-6)  # 0.06 / 0.02 is less than 3

    def add(self, player: Callable[[int], object]) -> None:
        """Call it from the next tick on; once a tick, however often it is added."""
        self._players[player] = None
        if self._handle is None:
            self._done = max(self._done, self.now - 1)
            self._wait()

    def remove(self, player: Callable[[int], object]) -> None:
        """Call it no more."""
        self._players.pop(player, None)
        if not self._players and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _wait(self) -> None:
        self._handle = self._timer.call_at(self._anchor + (self._done + 1) * TICK, self._tick)

    def _tick(self) -> None:
        self._handle = None
        due = self.now
        for tick in range(max(self._done + 1, due - _AT_ONCE + 1), due + 1):
            for player in tuple(self._players):
                player(tick)
        self._done = max(self._done, due)
        if self._players:
            self._wait()
