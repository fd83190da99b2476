"""The Persian (Solar Hijri) calendar, in which the vendor's reports spell their dates.

Its new year is the day of the spring equinox in Tehran. Which years are leap years is computed as K. M. Borkowski did
for the years -61 to 3177 (The Persian Calendar for 3000 Years, Earth, Moon and Planets 74, 1996): cycles of 33 years,
with a break where the sun asks for one. Later years go on in the last cycle.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_BREAKS: Final = (
    *(-61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181),
    *(1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178),
)
_BEGAN: Final = 621  # the Gregorian year before the calendar's first
_LONG_HALF: Final = 6 * 31  # days in the first six months, which have 31 each; the others have 30, the last maybe 29


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
