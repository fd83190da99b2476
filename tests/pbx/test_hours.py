"""Opening hours: timings as Asterisk reads them, days on which nobody works, and where calls go at that moment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.events import HoursDecided, HoursOverridden
from pbxsim.pbx.hours import BadTiming, Days, Period, Schedule, Timing
from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.pbx.routes import Context, Did, Step
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import Office, extension

PRAGUE = ZoneInfo("Europe/Prague")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PRAGUE)


# 2026-06-01 is a Monday
@pytest.mark.parametrize(
    ("timing", "moment", "fits"),
    [
        ("08:00-17:00,mon-fri", "2026-06-01T08:00:00", True),
        ("08:00-17:00,mon-fri", "2026-06-01T07:59:59", False),
        ("08:00-17:00,mon-fri", "2026-06-01T17:00:59", True),  # the end is included, to the minute
        ("08:00-17:00,mon-fri", "2026-06-01T17:01:00", False),
        ("08:00-17:00,mon-fri", "2026-06-06T12:00:00", False),
        ("9:00-12:00,sat", "2026-06-06T09:00:00", True),
        ("22:00-06:00", "2026-06-01T23:30:00", True),  # round midnight
        ("22:00-06:00", "2026-06-01T05:00:00", True),
        ("22:00-06:00", "2026-06-01T07:00:00", False),
        ("*,fri-mon", "2026-06-01T12:00:00", True),  # round the week
        ("*,fri-mon", "2026-06-02T12:00:00", False),
        ("*,sat&sun", "2026-06-07T00:00:00", True),
        ("*,1", "2026-06-07T00:00:00", True),  # weekdays by number: the first is Sunday
        ("*,1", "2026-06-01T00:00:00", False),
        ("*,*,24-2,dec-jan", "2026-12-31T12:00:00", True),
        ("*,*,24-2,dec-jan", "2026-12-20T12:00:00", False),
        ("*,*,*,6", "2026-06-01T12:00:00", True),
        ("*,*,*,7-5", "2026-06-01T12:00:00", False),
        ("08:00-12:00&13:00-17:00", "2026-06-01T12:30:00", False),
        ("08:00-12:00&13:00-17:00", "2026-06-01T13:30:00", True),
        ("12:00", "2026-06-01T12:00:30", True),  # one minute
        ("12:00", "2026-06-01T12:01:00", False),
        ("", "2026-06-01T12:00:00", True),
        ("*,*,*,*", "2026-06-01T12:00:00", True),
        (" 08:00-17:00 , MON-FRI ", "2026-06-01T12:00:00", True),
    ],
)
def test_a_timing_fits_as_gotoiftime_has_it(timing: str, moment: str, fits: bool) -> None:
    assert Timing.parse(timing).fits(_at(moment)) is fits


@pytest.mark.parametrize(
    "timing",
    ["8-17", "24:00-25:00", "08:60", "08:00-", "*,monday", "*,8", "*,0", "*,*,32", "*,*,0", "*,*,*,13", "*,*,*,juni",
     "*,*,*,*,Europe/Prague", "x", "*,mon&&tue", "08:00-17:00;mon", "*,*,¹"],
)  # fmt: skip
def test_what_is_no_timing_is_refused(timing: str) -> None:
    with pytest.raises(BadTiming):
        Timing.parse(timing)


@pytest.mark.parametrize(
    ("days", "day", "has"),
    [
        ("2026-12-24", "2026-12-24", True),
        ("2026-12-24", "2027-12-24", False),
        ("12-24", "2027-12-24", True),
        ("12-24", "2027-12-25", False),
        ("12-24/01-01", "2026-12-31", True),  # over the turn of the year
        ("12-24/01-01", "2027-01-01", True),
        ("12-24/01-01", "2027-01-02", False),
        ("07-06/07-19", "2026-07-19", True),
        ("07-06/07-19", "2026-07-20", False),
        ("2026-12-24/2027-01-01", "2026-12-31", True),
        ("2026-12-24/2027-01-01", "2027-12-31", False),
        ("02-29", "2028-02-29", True),
        ("02-29", "2027-02-28", False),
    ],
)
def test_days_are_each_years_or_those_of_one(days: str, day: str, has: bool) -> None:
    assert Days.parse(days).has(_at(day).date()) is has


@pytest.mark.parametrize(
    "days",
    ["24.12.", "2026-02-29", "02-30", "12-24/2027-01-01", "2027-01-01/2026-12-24", "", "12-24/", "2026-12-24/x", "1-1"],
)
def test_what_are_no_days_is_refused(days: str) -> None:
    with pytest.raises(BadTiming):
        Days.parse(days)


OFFICE = Schedule(
    name="office",
    open=Step(extension="100"),
    closed=Step(extension="101"),
    holiday=Step(play_seconds=4),
    open_at=(Timing.parse("08:00-16:59,mon-fri"),),
    holidays=(Days.parse("12-24"),),
)
_CONTEXTS = [
    Context(name="in", dialplan="main", entries=(("500", Step(hours="office")), ("501", Step(hours="round")))),
    Context(name="main", dialplan="main", entries=(("500", Step(hours="office")),)),
]
_ROUND = Schedule(name="round", open=Step(dial="501"), closed=Step(dial="501"))


def _office(start: str, *, saved: Saved = NOTHING_SAVED, zone: str = "Europe/Prague") -> Office:
    return Office(
        extension("100"),
        extension("101"),
        contexts=_CONTEXTS,
        schedules=[OFFICE, _ROUND],
        groups=[RingGroup(name="team", context="in", rows=(Row(("500",), 10 * SECOND),))],
        dids=[Did(number="222000000", context="in", step=Step(group="team"))],
        start=parse_iso(start),
        time_zone=zone,
        saved=saved,
    )


def _rung(office: Office) -> list[str]:
    return [user for user in ("sip100", "sip101") if office.phones[user].line.channels]


@pytest.mark.parametrize(
    ("moment", "rung"),
    [
        ("2026-06-01T05:59:59Z", ["sip101"]),  # 07:59:59 in Prague, in summer
        ("2026-06-01T06:00:00Z", ["sip100"]),
        ("2026-06-01T14:59:59Z", ["sip100"]),
        ("2026-06-01T15:00:00Z", ["sip101"]),
        ("2026-12-01T06:30:00Z", ["sip101"]),  # 07:30 in winter
        ("2026-12-01T07:00:00Z", ["sip100"]),
        ("2026-03-30T06:00:00Z", ["sip100"]),  # the Monday after the clocks went forward, 08:00
        ("2026-03-27T06:00:00Z", ["sip101"]),  # the Friday before, 07:00
        ("2026-06-06T10:00:00Z", ["sip101"]),
    ],
)
def test_a_call_goes_where_the_hours_lead_at_that_moment_of_local_time(moment: str, rung: list[str]) -> None:
    office = _office(moment)
    office.calls_in("605000001", "500")
    assert _rung(office) == rung


def test_the_same_number_leads_elsewhere_a_second_later() -> None:
    office = _office("2026-06-01T14:59:59Z")
    office.calls_in("605000001", "500")
    office.advance(1)
    office.calls_in("605000002", "500")
    assert _rung(office) == ["sip100", "sip101"]


def test_a_holiday_is_its_own_destination_and_else_as_closed() -> None:
    office = _office("2026-12-24T10:00:00Z")  # a Thursday
    call = office.calls_in("605000001", "500")
    assert (call.state, _rung(office)) == (CallState.TALKING, [])
    (decided,) = [event for event in office.heard if isinstance(event, HoursDecided)]
    assert (decided.call, decided.schedule, decided.period) == (call, "office", Period.HOLIDAY)
    assert _ROUND.step(Period.HOLIDAY) is _ROUND.closed
    office.finish()


def test_hours_hold_for_a_first_party_and_within_a_ring_group_too() -> None:
    office = _office("2026-06-01T10:00:00Z")
    office.call("500", "101", context="main")
    office.advance(0)
    assert _rung(office) == ["sip100", "sip101"]
    office = _office("2026-06-01T10:00:00Z")
    office.calls_in("605000001", "222000000")
    assert _rung(office) == ["sip100"]


def test_hours_that_lead_back_to_themselves_end_the_call() -> None:
    office = _office("2026-06-01T10:00:00Z")
    call = office.calls_in("605000001", "501")
    assert (call.state, call.cause) == (CallState.ENDED, HangupCause.NORMAL_CIRCUIT_CONGESTION)


def test_without_a_zone_hours_are_utc() -> None:
    office = _office("2026-06-01T08:00:00Z", zone="")
    office.calls_in("605000001", "500")
    assert _rung(office) == ["sip100"]


def test_the_night_switch_holds_until_it_is_taken_back_and_is_remembered() -> None:
    office = _office("2026-06-01T10:00:00Z")
    office.pbx.hours.switch(office.pbx.events, "office", Period.CLOSED)
    office.calls_in("605000001", "500")
    assert _rung(office) == ["sip101"]
    after = _office("2026-06-01T10:00:00Z", saved=Saved(database=office.pbx.database.entries()))
    assert after.pbx.hours.period("office") is Period.CLOSED
    after.pbx.hours.switch(after.pbx.events, "office", None)
    assert (after.pbx.hours.period("office"), after.pbx.hours.switched("office")) == (Period.OPEN, None)
    told = [event.period for event in (*office.heard, *after.heard) if isinstance(event, HoursOverridden)]
    assert told == [Period.CLOSED, None]
    again = _office("2026-06-01T10:00:00Z", saved=Saved(database=after.pbx.database.entries()))
    assert again.pbx.hours.period("office") is Period.OPEN
