"""Opening hours in a PBX file: what they become, and what cannot be one."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import parse_iso
from pbxsim.config.hours import DAYS, ELSEWHERE, TIMING
from pbxsim.pbx.hours import Period
from pbxsim.pbx.routes import Step
from tests.config.paper import built, pbx_file, told

PLAIN = "hours: [{name: a, open: {play: 1}, closed: {hangup: 21}"


def test_an_entry_becomes_a_schedule_with_its_steps() -> None:
    file = pbx_file(f'{PLAIN}, times: ["08:00-17:00,mon-fri"], holidays: ["12-24"], holiday: {{play: 2}}}}]')
    schedule = file.hours[0].schedule()
    assert (schedule.open, schedule.closed, schedule.holiday) == (
        Step(play_seconds=1),
        Step(hangup=21),
        Step(play_seconds=2),
    )
    assert (len(schedule.open_at), len(schedule.holidays)) == (1, 1)


@pytest.mark.parametrize(("zone", "period"), [("time_zone: Europe/Prague\n", Period.OPEN), ("", Period.CLOSED)])
def test_they_hold_in_the_pbxs_zone(zone: str, period: Period) -> None:
    pbx = built(f'{zone}{PLAIN}, times: ["08:00-09:00"]}}]').pbx
    pbx.clock.run_until(parse_iso("2026-06-01T06:30:00Z"))
    assert pbx.hours.period("a") is period


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        (f'{PLAIN}, times: ["25:00-26:00"]}}]', "hours[0].times[0]", "25:00-26:00", TIMING),
        (f'{PLAIN}, times: ["08:00-17:00", "mon-fri"]}}]', "hours[0].times[1]", "mon-fri", TIMING),
        (f'{PLAIN}, holidays: ["24.12."]}}]', "hours[0].holidays[0]", "24.12.", DAYS),
        (f'{PLAIN}, holidays: ["2026-02-30"]}}]', "hours[0].holidays[0]", "2026-02-30", DAYS),
        (f"{PLAIN}}}, {PLAIN.removeprefix('hours: [')}}}]", "hours[1].name", "a",
         "a value of its own: hours[0].name has this one already"),
        ('dids: [{number: "1", hours: b}]', "dids[0].hours", "b", "opening hours of this file"),
        ('hours: [{name: a, open: {voicemail: "9"}, closed: {play: 1}}]', "hours[0].open.voicemail", "9",
         "the number of a mailbox of this file"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_place(text: str, path: str, value: object, expected: str) -> None:
    assert [fault[1:] for fault in told(text)] == [(path, value, expected)]


def test_a_destination_says_exactly_one_thing() -> None:
    (fault,) = told("hours: [{name: a, open: {}, closed: {play: 1}}]")
    assert fault[1] == "hours[0].open"
    assert fault[3].startswith("exactly one of extension, dial,")


@pytest.mark.parametrize("period", ["open", "closed", "holiday"])
def test_hours_that_lead_to_themselves_are_told(period: str) -> None:
    ways = {"open": "{play: 1}", "closed": "{play: 1}", "holiday": "{play: 1}", period: "{hours: a}"}
    text = ", ".join(f"{name}: {way}" for name, way in ways.items())
    (fault,) = told(f"hours: [{{name: a, {text}}}]")
    assert fault[1:] == (f"hours[0].{period}.hours", "a", ELSEWHERE)
