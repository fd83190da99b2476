"""Instants: whole microseconds, spelt as ISO 8601 and read back without loss."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pbxsim.clock.instant import (
    HOUR,
    MINUTE,
    SECOND,
    TimeWentBackwards,
    from_datetime,
    iso,
    iso_seconds,
    parse_iso,
    seconds,
    to_datetime,
    whole_seconds,
)

FIRST = from_datetime(datetime(1, 1, 1, tzinfo=UTC))
LAST = from_datetime(datetime.max.replace(tzinfo=UTC))
instants = st.integers(FIRST, LAST)


def test_units_are_microseconds() -> None:
    assert (SECOND, MINUTE, HOUR) == (1_000_000, 60_000_000, 3_600_000_000)


@pytest.mark.parametrize(
    ("value", "duration"),
    [(0, 0), (1, 1_000_000), (0.5, 500_000), (2.0000004, 2_000_000), (2.0000006, 2_000_001), (0.1 + 0.2, 300_000)],
)
def test_seconds_are_rounded_to_the_microsecond(value: float, duration: int) -> None:
    assert seconds(value) == duration


@pytest.mark.parametrize(("duration", "whole"), [(0, 0), (999_999, 0), (1_000_000, 1), (59_999_999, 59)])
def test_whole_seconds_drop_the_rest(duration: int, whole: int) -> None:
    assert whole_seconds(duration) == whole


def test_an_instant_is_spelt_in_utc_with_six_digits() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000000Z"
    assert iso(1_700_000_000 * SECOND + 7) == "2023-11-14T22:13:20.000007Z"


def test_an_instant_is_cut_to_seconds_and_not_rounded() -> None:
    assert iso_seconds(1_700_000_000 * SECOND + 999_999) == "2023-11-14T22:13:20Z"


def test_an_instant_before_1970_is_spelt_right() -> None:
    assert iso(-1) == "1969-12-31T23:59:59.999999Z"


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20",
        "2023-11-14T23:13:20+01:00",
        "2023-11-14 22:13:20.000000",
        "20231114T221320Z",
    ],
)
def test_a_moment_without_a_zone_is_utc_and_one_with_a_zone_is_converted(text: str) -> None:
    assert parse_iso(text) == 1_700_000_000 * SECOND


@pytest.mark.parametrize("text", ["", "yesterday", "2023-13-01", "1700000000", "2023-11-14T25:00:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat string|month must be|hour must be"):
        parse_iso(text)


def test_a_datetime_in_any_zone_is_the_same_instant() -> None:
    prague = timezone(timedelta(hours=1))
    assert from_datetime(datetime(2023, 11, 14, 23, 13, 20, tzinfo=prague)) == 1_700_000_000 * SECOND


@given(instants)
@example(FIRST)
@example(LAST)
def test_every_instant_survives_being_spelt_and_read(instant: int) -> None:
    assert parse_iso(iso(instant)) == instant
    assert from_datetime(to_datetime(instant)) == instant


@given(instants, instants)
@example(FIRST, LAST)
def test_spelt_instants_sort_as_the_instants_do(one: int, other: int) -> None:
    assert (iso(one) < iso(other)) == (one < other)


def test_time_that_went_backwards_says_from_where_to_where() -> None:
    error = TimeWentBackwards(SECOND, 0)
    assert (error.now, error.asked) == (SECOND, 0)
    assert str(error) == (
        "the clock stands at 1970-01-01T00:00:01.000000Z, and cannot go back to 1970-01-01T00:00:00.000000Z"
    )
