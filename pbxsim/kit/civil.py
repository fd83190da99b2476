"""Civil time: what a wall clock in the PBX's country shows at an instant. How a vendor spells it is in its wire.py."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pbxsim.clock.instant import to_datetime

if TYPE_CHECKING:
    from datetime import datetime

    from pbxsim.clock.instant import Instant


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


def civil(instant: Instant, where: ZoneInfo) -> datetime:
    """Give the local date and time of an instant."""
    return to_datetime(instant).astimezone(where)
