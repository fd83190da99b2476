"""Opening hours: when a named schedule is open, closed or on holiday, and where its calls go.

Asterisk's GotoIfTime is the model (main/pbx_timing.c): a timing says times of day, weekdays, days of the month and
months, each a list of ranges that may go round, both ends included. `08:00-17:00` lasts to the end of the minute 17:00,
as it does there. What the clocks show is local time, so the hours move with summer time.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import to_datetime
from pbxsim.pbx.astdb import key_of
from pbxsim.pbx.events import HoursOverridden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.astdb import AstDb
    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.routes import Step

OVERRIDES: Final = "hours"
"""The family in AstDB of what was switched by hand."""

_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MINUTES: Final = 24 * 60
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DATE: Final = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_ANY_LEAP_YEAR: Final = 2000  # in which each day of a year without a number is looked for


class Period(StrEnum):
    """What a schedule can be."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class BadTiming(ValueError):
    """The text is no timing, or no day; says which part of it is not."""


class Timing(msgspec.Struct, frozen=True):
    """When something holds: minutes of the day, weekdays (0 is Sunday), days of the month and months (1 is the first).

    Each is a set of what fits.
    """

    minutes: frozenset[int]
    weekdays: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Timing:
        """Read `times,weekdays,days,months` as GotoIfTime has it; what is left out is `*`, all. Raises BadTiming."""
        fields = [field.strip() for field in text.split(",")]
        if len(fields) > 4:
            raise BadTiming(text)
        times, weekdays, days, months = (*fields, "", "", "")[:4]
        return cls(
            frozenset(_spans(times, _minute, range(_MINUTES))),
            frozenset(number - 1 for number in _spans(weekdays, _named(_DAYS), range(1, 8))),
            frozenset(_spans(days, _named(()), range(1, 32))),
            frozenset(_spans(months, _named(_MONTHS), range(1, 13))),
        )

    def fits(self, local: datetime) -> bool:
        """Tell whether it holds at that local time."""
        return (
            local.month in self.months
            and local.day in self.days
            and local.isoweekday() % 7 in self.weekdays
            and local.hour * 60 + local.minute in self.minutes
        )


class Days(msgspec.Struct, frozen=True):
    """Days from `first` to `last`, both included: each year's where both have no year (then 0)."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]

    @classmethod
    def parse(cls, text: str) -> Days:
        """Read `2026-12-24`, `12-24`, or two of them of one form with a `/` between them. Raises BadTiming."""
        begin, slash, end = text.partition("/")
        first = _day(begin)
        last = _day(end) if slash else first
        if bool(first[0]) != bool(last[0]) or (first[0] and last < first):
            raise BadTiming(text)
        return cls(first, last)

    def has(self, day: date) -> bool:
        """Tell whether a day is one of these."""
        year = day.year if self.first[0] else 0
        looked_for = (year, day.month, day.day)
        if self.first <= self.last:
            return self.first <= looked_for <= self.last
        return looked_for >= self.first or looked_for <= self.last  # over the turn of the year


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A named schedule: `open_at` says when it is open, unless it is one of the `holidays`.

    `open`, `closed` and `holiday` are where its calls go; without the last, a holiday is closed like any other day.
    """

    name: str
    open: Step
    closed: Step
    holiday: Step | None = None
    open_at: tuple[Timing, ...] = ()
    holidays: tuple[Days, ...] = ()

    def period_at(self, local: datetime) -> Period:
        """Tell what it is at that local time."""
        if any(days.has(local.date()) for days in self.holidays):
            return Period.HOLIDAY
        return Period.OPEN if any(timing.fits(local) for timing in self.open_at) else Period.CLOSED

    def step(self, period: Period) -> Step:
        """Tell where a call goes."""
        if period is Period.HOLIDAY:
            return self.holiday or self.closed
        return self.open if period is Period.OPEN else self.closed


class Switched(msgspec.Struct, frozen=True):
    """What AstDB remembers of a schedule; None: it goes by the clock."""

    name: str
    period: Period | None


class OpeningHours:
    """The schedules of a PBX by name, and what was switched by hand: that holds until it is taken back."""

    def __init__(self, schedules: Iterable[Schedule], zone: tzinfo, clock: Scheduler, database: AstDb) -> None:
        self.schedules = {schedule.name: schedule for schedule in schedules}
        self.zone = zone
        self._clock = clock
        self._database = database
        self._switched: dict[str, Period] = {}
        for _, said in database.family(OVERRIDES, Switched):
            if said.name in self.schedules and said.period is not None:
                self._switched[said.name] = said.period

    def switched(self, name: str) -> Period | None:
        """Tell what a schedule was switched to by hand, None: it goes by the clock."""
        return self._switched.get(name)

    def period(self, name: str) -> Period:
        """Tell what a schedule is now. Raises KeyError."""
        return self._switched.get(name) or self.schedules[name].period_at(self.local(self._clock.now))

    def local(self, instant: Instant) -> datetime:
        """Give what the PBX's clocks show."""
        return to_datetime(instant).astimezone(self.zone)

    def switch(self, bus: EventBus, name: str, period: Period | None) -> None:
        """Have a schedule be that from now on, whatever the clock says; None: go by the clock. Raises KeyError."""
        schedule = self.schedules[name]
        if period is None:
            self._switched.pop(name, None)
        else:
            self._switched[name] = period
        self._database.put(OVERRIDES, key_of(name), Switched(name, period))
        bus.emit(HoursOverridden(schedule.name, period))


def _spans(text: str, read: Callable[[str], int], known: range) -> Iterator[int]:
    """Give all of a list of ranges, as `mon-wed&fri`; they go round, so that `fri-mon` is four days."""
    if text in ("", "*"):
        yield from known
        return
    for part in text.split("&"):
        begin, dash, end = part.partition("-")
        first = read(begin.strip())
        last = read(end.strip()) if dash else first
        if first not in known or last not in known:
            raise BadTiming(part)
        size = len(known)
        yield from (known[(first - known[0] + step) % size] for step in range((last - first) % size + 1))


def _named(names: Sequence[str]) -> Callable[[str], int]:
    """Say how to read one of these names, or a number; the first has 1."""

    def read(text: str) -> int:
        if text.lower() in names:
            return names.index(text.lower()) + 1
        if not (text.isascii() and text.isdecimal() and len(text) <= 2):
            raise BadTiming(text)
        return int(text)

    return read


def _minute(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise BadTiming(text)
    return int(found[1]) * 60 + int(found[2])


def _day(text: str) -> tuple[int, int, int]:
    found = _DATE.fullmatch(text)
    if found is None:
        raise BadTiming(text)
    year, month, day = int(found[1] or 0), int(found[2]), int(found[3])
    try:
        date(year or _ANY_LEAP_YEAR, month, day)
    except ValueError:
        raise BadTiming(text) from None
    return year, month, day
