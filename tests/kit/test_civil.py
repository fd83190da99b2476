"""Civil time at an instant, and time zones by name."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import HOUR, MINUTE, parse_iso
from pbxsim.kit.civil import Calendar, civil, utc_offset, zone, zone_or_none


@pytest.mark.parametrize(
    ("moment", "name", "shown"),
    [
        ("2026-01-31T23:30:00Z", "Europe/Prague", "2026-02-01T00:30:00"),
        ("2026-07-31T22:30:00Z", "Europe/Madrid", "2026-08-01T00:30:00"),
        ("2026-03-29T00:59:59Z", "Europe/Prague", "2026-03-29T01:59:59"),
        ("2026-03-29T01:00:00Z", "Europe/Prague", "2026-03-29T03:00:00"),
    ],
)
def test_a_wall_clock_follows_its_country_and_its_summer_time(moment: str, name: str, shown: str) -> None:
    assert civil(parse_iso(moment), zone(name)).replace(tzinfo=None).isoformat() == shown


@pytest.mark.parametrize("name", ["Europe/Praha", "", "../zone", "/etc/localtime", "Europe", "a\x00b"])
def test_a_name_that_is_no_time_zone_is_known_as_such(name: str) -> None:
    assert zone_or_none(name) is None
    with pytest.raises(KeyError):
        zone(name)


@pytest.mark.parametrize(
    ("moment", "name", "hours"),
    [
        ("2026-03-29T00:59:59Z", "Europe/Prague", 1),
        ("2026-03-29T01:00:00Z", "Europe/Prague", 2),
        ("2026-10-25T00:59:59Z", "Europe/Prague", 2),
        ("2026-10-25T01:00:00Z", "Europe/Prague", 1),
        ("2026-07-01T06:00:00Z", "Asia/Tehran", 3.5),
        ("2026-01-01T06:00:00Z", "America/New_York", -5),
        ("2026-07-01T06:00:00Z", "America/New_York", -4),
        ("2026-01-01T06:00:00Z", "Australia/Lord_Howe", 11),
        ("2026-07-01T06:00:00Z", "Australia/Lord_Howe", 10.5),
    ],
)
def test_local_time_is_so_far_ahead_of_utc(moment: str, name: str, hours: float) -> None:
    assert utc_offset(parse_iso(moment), zone(name)) == hours * 3600
    assert utc_offset(parse_iso(moment), None) == 0


@pytest.mark.parametrize("name", ["Europe/Prague", "America/St_Johns", "America/Santiago", "Africa/Monrovia"])
def test_a_calendar_gives_each_instant_the_day_that_a_clock_shows(name: str) -> None:
    where = zone(name)
    for around in ("2010-11-07T02:31:00Z", "2026-03-29T00:00:00Z", "2026-09-06T04:00:00Z", "1972-01-07T00:44:30Z"):
        calendar, first = Calendar(where), parse_iso(around) - 26 * HOUR
        for instant in [first + step * 7 * MINUTE + step for step in range(450)]:
            assert calendar.day(instant) == civil(instant, where).date()


def test_a_calendar_takes_instants_in_any_order() -> None:
    where = zone("Europe/Prague")
    calendar, midnight = Calendar(where), parse_iso("2026-01-31T23:00:00Z")

    for instant in (midnight, midnight - 1, midnight, midnight + 14 * MINUTE, midnight - 14 * MINUTE, midnight - 1):
        assert calendar.day(instant) == civil(instant, where).date()
