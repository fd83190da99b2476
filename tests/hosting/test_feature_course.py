"""What opening hours, voice mail, parking and pick-up did with a call, in words."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import parse_iso
from pbxsim.hosting.call_failure import failure
from pbxsim.hosting.feature_course import course, led, message
from pbxsim.pbx.dialplan import ToExtension, ToPlayback
from pbxsim.pbx.hours import Period, Schedule, Timing
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.parking import ParkingLot
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension

OFFICE = Schedule(
    name="office", open=Step(extension="100"), closed=Step(voicemail="100"), open_at=(Timing.parse("08:00-16:59"),)
)


def _office(start: str) -> Office:
    return Office(
        extension("100"),
        extension("101"),
        contexts=[Context(name="in", dialplan="main", entries=(("5", Step(hours="office")),))],
        schedules=[OFFICE],
        mailboxes=[Mailbox(number="100", rules=MailboxRules(greeting=0))],
        lots=[ParkingLot(name="default", extension="700", first=701, last=702)],
        start=parse_iso(start),
    )


def test_a_message_is_what_a_call_came_to() -> None:
    office = _office("2026-06-01T20:00:00Z")
    call = office.calls_in("605000001", "5")
    office.advance(7)
    office.pbx.calls.hang_up(call)
    assert message(call) == "voice mail took the call: 7 s in 100@default"
    assert list(course(call)) == [
        "opening hours office: closed (at 2026-06-01T20:00:00.000000Z)",
        "a message was left: 7 s in 100@default (at 2026-06-01T20:00:07.000000Z)",
    ]


def test_why_nobody_was_had_behind_opening_hours_is_told_of_whom_they_led_to_then() -> None:
    office = _office("2026-06-01T10:00:00Z")
    office.phones["100"].never_answers()
    call = office.calls_in("605000001", "5")
    office.advance(30)
    office.pbx.hours.switch(office.pbx.events, "office", Period.CLOSED)
    assert message(call) == ""
    assert failure(office.pbx, call) == "100 did not answer after ringing for 30 s"


def test_any_other_destination_is_as_it_is() -> None:
    office = _office("2026-06-01T10:00:00Z")
    call = office.calls_in("605000001", "5")
    to = ToPlayback("1", 5)
    assert led(office.pbx, call, to) is to
    assert isinstance(led(office.pbx, call, office.pbx.dialplan.resolve("5", "in")), ToExtension)


@pytest.mark.parametrize(("code", "words"), [("*8", 0), ("**100", 1)])
def test_parking_and_pick_up_are_told(code: str, words: int) -> None:
    office = _office("2026-06-01T10:00:00Z")
    office.phones["100"].never_answers()
    call = office.calls_in("605000001", "100")
    office.handset.dial(office.phones["101"].line, code)
    assert len(list(course(call))) == words
    if words:
        office.handset.transfer(office.phones["101"].line, "700")
        assert [text.partition(" (at")[0] for text in course(call)] == [
            "it was picked up by SIP/sip101-00000003, where SIP/sip100-00000002 rang",
            "the party was parked in default:701",
        ]
