"""Moments and lengths of time in reports, and the dates that a request bounds them by.

The Persian calendar: days that are known, every day of two centuries by another rule, and back again.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.vendors.simotel.reports.dates import ReportDates, hhmmss, persian_date, raw
from pbxsim.vendors.simotel.settings import Calendar, ReportSettings

USUAL = ReportDates(ReportSettings())
SAMPLE = parse_iso("2022-12-02T06:27:53.534Z")


@pytest.mark.cites("S305")
def test_a_moment_is_a_persian_date_in_tehran_and_an_answer_a_gregorian_one() -> None:
    assert USUAL.local(SAMPLE) == "1401-09-11 09:57:53"
    assert USUAL.gregorian(SAMPLE) == "2022-12-02 09:57:53"


@pytest.mark.cites("R308")
def test_the_pbx_file_may_say_another_calendar_and_time_zone() -> None:
    dates = ReportDates(ReportSettings(time_zone="UTC", calendar=Calendar.GREGORIAN))
    assert dates.local(SAMPLE) == dates.gregorian(SAMPLE) == "2022-12-02 06:27:53"
    assert ReportDates(ReportSettings(time_zone="UTC")).local(SAMPLE) == "1401-09-11 06:27:53"


@pytest.mark.cites("S305")
def test_a_raw_moment_has_milliseconds_as_text() -> None:
    assert msgspec.json.encode(raw(SAMPLE)) == b'{"$date":{"$numberLong":"1669962473534"}}'


@pytest.mark.parametrize(
    ("seconds", "spelt"), [(0, "00:00:00"), (112, "00:01:52"), (3600, "01:00:00"), (360_061, "100:01:01")]
)
def test_seconds_are_spelt_as_hours_minutes_and_seconds(seconds: int, spelt: str) -> None:
    assert hhmmss(seconds) == spelt


@pytest.mark.cites("S300", "R300")
def test_a_range_of_dates_is_gregorian_local_time_and_its_last_minute_counts_whole() -> None:
    assert USUAL.earliest("2022-12-02 09:57") == parse_iso("2022-12-02T06:27:00Z")
    assert USUAL.latest("2022-12-02 09:57") == parse_iso("2022-12-02T06:28:00Z") - 1
    assert USUAL.latest("2022-12-02 09:57:53") == parse_iso("2022-12-02T06:27:54Z") - 1


@pytest.mark.cites("R300")
def test_of_an_hour_that_comes_twice_the_range_holds_both() -> None:
    dates = ReportDates(ReportSettings(time_zone="Europe/Prague"))
    assert dates.latest("2023-10-29 02:30") - dates.earliest("2023-10-29 02:30") == 3660 * SECOND - 1


@pytest.mark.cites("R300")
@pytest.mark.parametrize(
    "text",
    [
        "2022-12-02",
        "1401/09/11 09:57",
        "2022-13-02 09:57",
        "2022-12-02T09:57",
        "2022-12-02 24:00",
        "۲۰۲۲-12-02 09:57",
        "0000-01-01 00:00",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        USUAL.earliest(text)


_LEAP_IN_33 = {1, 5, 9, 13, 17, 22, 26, 30}  # the 33-year rule, which holds from 1178 to 1634


def _length(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or year % 33 in _LEAP_IN_33 else 29


@pytest.mark.cites("S305")
@pytest.mark.parametrize(
    ("day", "persian"),
    [
        (date(1979, 2, 11), (1357, 11, 22)),  # the revolution's day
        (date(1970, 1, 1), (1348, 10, 11)),
        (date(2021, 3, 20), (1399, 12, 30)),  # a leap year's last day
        (date(2021, 3, 21), (1400, 1, 1)),
        (date(2024, 3, 20), (1403, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2021, 6, 22), (1400, 4, 1)),  # these are the vendor's samples
        (date(2022, 9, 11), (1401, 6, 20)),
        (date(2022, 12, 2), (1401, 9, 11)),
        (date(2023, 7, 18), (1402, 4, 27)),
        (date(622, 3, 22), (1, 1, 1)),
    ],
)
def test_days_that_are_known(day: date, persian: tuple[int, int, int]) -> None:
    assert persian_date(day) == persian


@pytest.mark.slow
def test_every_day_of_two_centuries_follows_the_one_before_by_the_rule_of_33_years() -> None:
    day, (year, month, here) = date(1921, 3, 21), (1300, 1, 1)
    while day < date(2121, 3, 21):
        assert persian_date(day) == (year, month, here)
        day += timedelta(days=1)
        here += 1
        if here > _length(year, month):
            here, month = 1, month + 1
        if month > 12:
            month, year = 1, year + 1


@given(st.dates(min_value=date(622, 3, 22), max_value=date(9999, 12, 30)))
def test_the_next_day_is_the_next_date(day: date) -> None:
    year, month, here = persian_date(day)
    successors = (
        {(year, month, here + 1), (year, month + 1, 1)} if month < 12 else {(year, 12, here + 1), (year + 1, 1, 1)}
    )
    assert persian_date(day + timedelta(days=1)) in successors
    assert 1 <= month <= 12
    assert 1 <= here <= 31


@pytest.mark.slow
@given(st.dates(min_value=date(1800, 1, 1), max_value=date(2250, 12, 31)))
def test_a_date_leads_back_to_its_day(day: date) -> None:
    year, month, here = persian_date(day)
    into = here - 1 + sum(_length(year, before) for before in range(1, month))
    new_year = next(first for days in range(366) if persian_date(first := day - timedelta(days=days)) == (year, 1, 1))
    assert new_year + timedelta(days=into) == day
