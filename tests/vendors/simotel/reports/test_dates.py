"""Moments and lengths of time in reports, and the dates that a request bounds them by."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.vendors.simotel.reports.dates import ReportDates, hhmmss, raw
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
    assert raw(SAMPLE) == {"$date": {"$numberLong": "1669962473534"}}


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
