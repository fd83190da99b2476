"""Civil time: what a wall clock in the PBX's country shows at an instant. How a vendor spells it is in its wire.py."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from pbxsim.clock.instant import MINUTE, to_datetime

if TYPE_CHECKING:
    from datetime import date, datetime

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.pbx import Pbx

_WHILE: Final[Duration] = 15 * MINUTE


@lru_cache(maxsize=64)
def zone_or_none(name: str) -> ZoneInfo | None:
    """Find a time zone by its IANA name, e.g. `Europe/Prague`; None if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no such form of name; a directory of the database
        return None


def zone(name: str) -> ZoneInfo:
    """Find a time zone that is known to exist, because the settings were checked. Raises KeyError."""
    found = zone_or_none(name)
    if found is None:
        raise KeyError(name)
    return found


def local_zone(said: str | None, pbx: Pbx, usual: str) -> ZoneInfo:
    """Find the zone of what a vendor shows: the one that its settings say, else the PBX's, else its usual one."""
    return zone(said or pbx.time_zone or usual)


def utc_offset(instant: Instant, where: ZoneInfo | None) -> int:
    """Tell how many seconds local time is ahead of UTC at an instant: behind it where negative. None: it is UTC."""
    ahead = None if where is None else civil(instant, where).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def civil(instant: Instant, where: ZoneInfo) -> datetime:
    """Give the local date and time of an instant."""
    return to_datetime(instant).astimezone(where)


class Calendar:
    """Tells the civil day of instants of which most come soon after each other: it is looked up once in a while."""

    def __init__(self, where: ZoneInfo) -> None:
        self._where = where
        self._since: Instant = 0
        self._until: Instant = 0
        self._day: date

    def day(self, instant: Instant) -> date:
        """Give the local date of an instant."""
        if not self._since <= instant < self._until:
            begins, ends = civil(instant, self._where), civil(instant + _WHILE, self._where)
            is_one = (begins.date(), begins.utcoffset()) == (ends.date(), ends.utcoffset())
            self._since, self._until = instant, instant + _WHILE if is_one else instant
            self._day = begins.date()
        return self._day
