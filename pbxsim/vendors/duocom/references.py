"""The references of calls: eight digits, each once in a civil day, counted up from the same number every day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendorkit.civil import civil

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant

LOWEST: Final = 10_000_000
HIGHEST: Final = 99_999_999


class References:
    """Gives references. `first` is each day's first; after the highest of eight digits it goes on with the lowest."""

    def __init__(self, zone: ZoneInfo, first: int) -> None:
        self._zone = zone
        self._first = first
        self._day: date | None = None
        self._next = first

    def take(self, now: Instant) -> str:
        """Give a reference that nobody had today."""
        today = civil(now, self._zone).date()
        if today != self._day:
            self._day, self._next = today, self._first
        taken = self._next
        self._next = taken + 1 if taken < HIGHEST else LOWEST
        return str(taken)
