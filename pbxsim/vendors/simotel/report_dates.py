"""How reports spell moments and lengths of time, and how they read the dates of a request."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, from_datetime
from pbxsim.kit.civil import civil, zone
from pbxsim.vendors.simotel.persian_calendar import persian_date
from pbxsim.vendors.simotel.report_settings import Calendar

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.vendors.simotel.report_settings import ReportSettings

_ASKED: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2})(:[0-9]{2})?", re.ASCII)
_MINUTE: Final = 60 * SECOND


class ReportDates:
    """Spells and reads dates as a PBX's settings say."""

    __slots__ = ("_persian", "_zone")

    def __init__(self, settings: ReportSettings) -> None:
        self._zone = zone(settings.time_zone)
        self._persian = settings.calendar is Calendar.PERSIAN

    def local(self, instant: Instant) -> str:
        """Spell a moment in local time, in the calendar of the reports: `1401-09-11 09:57:53`."""
        if not self._persian:
            return self.gregorian(instant)
        there = civil(instant, self._zone)
        year, month, day = persian_date(there.date())
        return f"{year:04d}-{month:02d}-{day:02d} {there:%H:%M:%S}"

    def gregorian(self, instant: Instant) -> str:
        """Spell a moment in local time, in the Gregorian calendar, as `answer` always is: `2022-12-02 09:57:53`."""
        return civil(instant, self._zone).isoformat(" ", "seconds")[:19]

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


def raw(instant: Instant) -> dict[str, object]:
    """Spell a moment as the vendor's database does where a report forgets to: BSON's extended JSON, milliseconds."""
    return {"$date": {"$numberLong": str(instant // 1000)}}


def hhmmss(seconds: int) -> str:
    """Spell whole seconds as `HH:MM:SS`."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
