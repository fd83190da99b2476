"""How reports spell moments and lengths of time, and how they read the dates of a request.

Dates are spelt in the Persian (Solar Hijri) calendar. Its new year is the day of the spring equinox in Tehran. Which
years are leap years is computed as K. M. Borkowski did for the years -61 to 3177 (The Persian Calendar for 3000 Years,
Earth, Moon and Planets 74, 1996): cycles of 33 years, with a break where the sun asks for one. Later years go on in the
last cycle.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, from_datetime
from pbxsim.kit.civil import civil, zone
from pbxsim.vendors.simotel.event_settings import TIME_ZONE
from pbxsim.vendors.simotel.settings import Calendar

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.vendors.simotel.settings import ReportSettings

_ASKED: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2})(:[0-9]{2})?", re.ASCII)
_MINUTE: Final = 60 * SECOND
_BREAKS: Final = (
    *(-61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181),
    *(1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178),
)
_BEGAN: Final = 621  # the Gregorian year before the calendar's first
_LONG_HALF: Final = 6 * 31  # days in the first six months, which have 31 each; the others have 30, the last maybe 29


class ReportDates:
    """Spells and reads dates as a PBX's settings say; made for one report, whose rows tell the same seconds often."""

    __slots__ = ("_gregorian", "_persian", "_spelt", "_zone")

    def __init__(self, settings: ReportSettings) -> None:
        self._zone = zone(settings.time_zone or TIME_ZONE)
        self._persian = settings.calendar is Calendar.PERSIAN
        self._spelt: dict[int, str] = {}
        self._gregorian: dict[int, str] = {}

    def local(self, instant: Instant) -> str:
        """Spell a moment in local time, in the calendar of the reports: `1401-09-11 09:57:53`."""
        second = instant // SECOND
        spelt = self._spelt.get(second)
        if spelt is None:
            spelt = self._spelt[second] = self._persianly(instant) if self._persian else self.gregorian(instant)
        return spelt

    def _persianly(self, instant: Instant) -> str:
        there = civil(instant, self._zone)
        year, month, day = persian_date(there.date())
        return f"{year:04d}-{month:02d}-{day:02d} {there.isoformat(' ', 'seconds')[11:19]}"

    def gregorian(self, instant: Instant) -> str:
        """Spell a moment in local time, in the Gregorian calendar, as `answer` always is: `2022-12-02 09:57:53`."""
        second = instant // SECOND
        spelt = self._gregorian.get(second)
        if spelt is None:
            spelt = self._gregorian[second] = civil(instant, self._zone).isoformat(" ", "seconds")[:19]
        return spelt

    def earliest(self, text: str) -> Instant:
        """Read where a date range begins, `YYYY-MM-DD HH:MM` in the Gregorian calendar. Raises ValueError."""
        return self._read(text, fold=0)[0]

    def latest(self, text: str) -> Instant:
        """Read where it ends: the last microsecond of that minute, or of its second. Raises ValueError."""
        first, unit = self._read(text, fold=1)
        return first + unit - 1

    def _read(self, text: str, *, fold: int) -> tuple[Instant, Duration]:
        found = _ASKED.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=self._zone, fold=fold)
        return from_datetime(moment), SECOND if found[3] else _MINUTE


class _Milliseconds(msgspec.Struct, frozen=True, gc=False):
    number_long: str = msgspec.field(name="$numberLong")


class RawDate(msgspec.Struct, frozen=True, gc=False):
    """A moment as the vendor's database has it."""

    date: _Milliseconds = msgspec.field(name="$date")


def raw(instant: Instant) -> RawDate:
    """Spell a moment as the vendor's database does where a report forgets to: BSON's extended JSON, milliseconds."""
    return RawDate(_Milliseconds(str(instant // 1000)))


@lru_cache(maxsize=1024)
def hhmmss(seconds: int) -> str:
    """Spell whole seconds as `HH:MM:SS`."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@lru_cache(maxsize=1024)
def persian_date(day: date) -> tuple[int, int, int]:
    """Give year, month and day of a Gregorian date; for days from the first year on."""
    year = day.year - _BEGAN
    if day < _new_year(year):
        year -= 1
    passed = (day - _new_year(year)).days
    if passed < _LONG_HALF:
        return year, 1 + passed // 31, 1 + passed % 31
    return year, 7 + (passed - _LONG_HALF) // 30, 1 + (passed - _LONG_HALF) % 30


def _new_year(year: int) -> date:
    """Give the Gregorian date of 1 Farvardin."""
    gregorian = year + _BEGAN
    leaps_there = gregorian // 4 - (gregorian // 100 + 1) * 3 // 4 - 150
    return date(gregorian, 3, 20) + timedelta(days=_leaps_before(year) - leaps_there)


def _leaps_before(year: int) -> int:
    leaps, first, cycle = -14, _BREAKS[0], 0
    for last in _BREAKS[1:]:
        cycle = last - first
        if year < last:
            break
        leaps += cycle // 33 * 8 + cycle % 33 // 4
        first = last
    into = year - first
    leaps += into // 33 * 8 + (into % 33 + 3) // 4
    return leaps + (cycle % 33 == 4 and cycle - into == 4)
