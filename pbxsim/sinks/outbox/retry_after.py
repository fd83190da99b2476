"""Retry-After: how long a receiver asks to be left alone (RFC 9110, 10.2.3), in seconds or until a date."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import SECOND, from_datetime

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant

_SECONDS: Final = re.compile(r"[0-9]{1,9}")


def retry_after(asked: str, date: str) -> tuple[float, Instant]:
    """Give the seconds that a reply's Retry-After `asked` for, and the moment that it named, 0 for none of either.

    A date is read by the receiver's clock, as the reply's header `date` shows it, else by the world's. A receiver whose
    clock is the PBX's means that moment there. What is neither seconds nor a date asks for nothing.
    """
    if _SECONDS.fullmatch(asked):
        return float(asked), 0
    until = _moment(asked)
    if until is None:
        return 0, 0
    there = _moment(date)
    wait = until - (wall_clock() if there is None else there)
    return max(0, wait) / SECOND, until


def _moment(text: str) -> Instant | None:
    """Read an HTTP date; None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return from_datetime(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
