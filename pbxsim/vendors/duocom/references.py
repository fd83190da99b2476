"""The references of calls: eight digits, each once in a civil day, counted up from the same number every day."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.kit.civil import Calendar
from pbxsim.kit.numbers import is_digits
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.vendors.duocom import wire

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.pbx import Pbx

LOWEST: Final = 10_000_000
HIGHEST: Final = 99_999_999
GAP: Final = 1_000
"""How many are left out behind the last one on record: calls that a crash ended had some, and left no record."""
GAP_PER_SECOND: Final = 900
"""How many are left out for each second of a day in which an earlier run gave some; 25 hours are within the range."""

_ALL: Final = HIGHEST - LOWEST + 1


class References:
    """Gives references. `first` is each day's first; after the highest of eight digits it goes on with the lowest."""

    def __init__(self, zone: ZoneInfo, first: int) -> None:
        self._zone = zone
        self._calendar = Calendar(zone)
        self._first = first
        self._day: date | None = None
        self._given = 0  # so many today, or left out

    def take(self, now: Instant) -> str:
        """Give a reference that nobody had today."""
        today = self._calendar.day(now)
        if today != self._day:
            self._day, self._given = today, 0
        taken = self._given
        self._given += 1
        return str(LOWEST + (self._first - LOWEST + taken) % _ALL)

    def resume(self, pbx: Pbx) -> None:
        """Leave out what an earlier run may have given today: what is on record, and what no record tells of (R18)."""
        self._day = self._calendar.day(pbx.clock.now)
        midnight = wire.midnight(self._day, self._zone)
        newest = takewhile(lambda cdr: cdr.end >= midnight, pbx.cdrs.find(CdrQuery(newest_first=True)))
        told = [self._place(cdr.reference) for cdr in newest if cdr.vendor == wire.NAME and cdr.began >= midnight]
        behind = max(told, default=-GAP - 1) + GAP + 1
        elapsed = (pbx.clock.now - midnight) // SECOND if pbx.is_resumed else 0
        self._given = max(behind, elapsed * GAP_PER_SECOND)

    def _place(self, reference: str) -> int:
        """Tell how many of the day were given before a reference; one that is none of ours says nothing."""
        if not is_digits(reference, 8, 8) or reference < str(LOWEST):
            return -GAP - 1
        return (int(reference) - self._first) % _ALL
