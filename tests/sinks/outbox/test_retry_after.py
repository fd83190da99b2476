"""How long a receiver asks to be left alone."""

from __future__ import annotations

import pytest

from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.sinks.outbox.retry_after import retry_after

NOON = "Sun, 06 Nov 1994 12:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "seconds"), [("0", 0), ("1", 1), ("120", 120), ("007", 7), ("999999999", 999_999_999)]
)
def test_seconds_are_seconds(asked: str, seconds: int) -> None:
    assert retry_after(asked, NOON) == (seconds, 0)


@pytest.mark.parametrize("asked", ["", "soon", "-1", "+1", "1.5", "1e3", "1 2", "1234567890", "٣", "Sun, 06 Nov", "()"])
def test_anything_else_asks_for_nothing(asked: str) -> None:
    assert retry_after(asked, NOON) == (0, 0)


@pytest.mark.parametrize(
    "asked",
    [
        "Sun, 06 Nov 1994 12:02:00 GMT",
        "Sunday, 06-Nov-94 12:02:00 GMT",
        "Sun Nov  6 12:02:00 1994",
        "Sun, 06 Nov 1994 13:02:00 +0100",
    ],
)
def test_a_date_in_any_of_http_s_forms_is_a_moment_and_a_wait(asked: str) -> None:
    assert retry_after(asked, NOON) == (120, parse_iso("1994-11-06T12:02:00Z"))


def test_a_date_that_is_over_is_no_wait() -> None:
    assert retry_after("Sun, 06 Nov 1994 11:00:00 GMT", NOON)[0] == 0


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_where_the_receiver_tells_no_time_the_worlds_counts(date: str) -> None:
    wait, until = retry_after("Fri, 01 Jan 2100 00:00:00 GMT", date)
    assert until == parse_iso("2100-01-01T00:00:00Z")
    assert abs(wait - (until - wall_clock()) / SECOND) < 60
