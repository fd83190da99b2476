"""Instants and durations as whole microseconds: exact, ordered, cheap; never floats, never `datetime`.

What lives here: the two types, their spelling as text. What does not: civil time (each vendor's `wire.py`) and "now".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

Instant: TypeAlias = int
"""Microseconds since 1970-01-01T00:00:00Z."""

Duration: TypeAlias = int
"""A length of time in microseconds."""

SECOND: Final[Duration] = 1_000_000
MINUTE: Final[Duration] = 60 * SECOND
HOUR: Final[Duration] = 60 * MINUTE

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN_EPOCH: Final = _EPOCH.replace(tzinfo=None)  # UTC too, but spelt without its `+00:00`

_SPELT: Final = 1024  # so many moments are remembered as they are spelt: who tells of a call tells each several times


class TimeWentBackwards(ValueError):
    """Somebody asked a clock for a moment that has already passed."""

    def __init__(self, now: Instant, asked: Instant) -> None:
        super().__init__(f"the clock stands at {iso(now)}, and cannot go back to {iso(asked)}")
        self.now = now
        self.asked = asked


def seconds(value: float) -> Duration:
    """Turn seconds, whole or not, into a duration, rounded to the microsecond."""
    return round(value * SECOND)


def whole_seconds(duration: Duration) -> int:
    """Give the full seconds in a duration; the rest is dropped, as Asterisk's `ast_tvdiff_sec` does."""
    return duration // SECOND


def to_datetime(instant: Instant) -> datetime:
    """Give the aware UTC datetime of an instant, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=instant)


def from_datetime(moment: datetime) -> Instant:
    """Give the instant of a datetime; one without a zone counts as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


@lru_cache(maxsize=_SPELT)
def iso(instant: Instant) -> str:
    """Spell an instant as ISO 8601 UTC with microseconds: `2026-01-01T00:00:00.000000Z`."""
    return (_PLAIN_EPOCH + timedelta(microseconds=instant)).isoformat(timespec="microseconds") + "Z"


@lru_cache(maxsize=_SPELT)
def iso_seconds(instant: Instant) -> str:
    """Spell an instant as ISO 8601 UTC, cut to whole seconds: `2026-01-01T00:00:00Z`."""
    return (_PLAIN_EPOCH + timedelta(microseconds=instant)).isoformat(timespec="seconds") + "Z"


def parse_iso(text: str) -> Instant:
    """Read an ISO 8601 moment (no zone: UTC); raises ValueError for anything else."""
    return from_datetime(datetime.fromisoformat(text))
