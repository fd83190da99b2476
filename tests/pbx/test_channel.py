"""A leg: the table of its states, walked in full as engines report it, and how it is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import CHANNEL_TRANSITIONS, Channel, ChannelState, Report, serial_of
from pbxsim.pbx.events import LegAnswered, LegEnded, LegHeld, LegRinging, LegUnheld, ReportIgnored
from pbxsim.pbx.extension import DeviceState
from pbxsim.testing.office import START, Office, extension
from tests.pbx.played import played, small_office

DIALING, RING, RINGING, UP, DOWN = (
    ChannelState.DIALING,
    ChannelState.RING,
    ChannelState.RINGING,
    ChannelState.UP,
    ChannelState.DOWN,
)
DOCUMENTED = {
    DIALING: {
        Report.RINGING: RINGING,
        Report.ANSWERED: UP,
        Report.FAILED: DOWN,
        Report.HUNG_UP: DOWN,
    },
    RINGING: {Report.ANSWERED: UP, Report.FAILED: DOWN, Report.HUNG_UP: DOWN},
    RING: {Report.HUNG_UP: DOWN},
    UP: {Report.HUNG_UP: DOWN, Report.FAILED: DOWN, Report.HELD: UP, Report.UNHELD: UP},
    DOWN: {},
}
TOLD = {
    Report.RINGING: LegRinging,
    Report.ANSWERED: LegAnswered,
    Report.FAILED: LegEnded,
    Report.HUNG_UP: LegEnded,
    Report.HELD: LegHeld,
    Report.UNHELD: LegUnheld,
}


def _leg_in(office: Office, state: ChannelState) -> Channel:
    """Bring a leg into that state by reports alone."""
    if state is RING:
        call = office.dials("sip100", "800123456")
        assert call is not None
        return call.legs[0]
    leg = office.call("100", "800123456").legs[0]
    way = {DIALING: None, RINGING: Report.RINGING, UP: Report.ANSWERED, DOWN: Report.FAILED}[state]
    if way is not None:
        office.pbx.calls.on_leg(leg, way)
    assert leg.state is state
    return leg


@pytest.mark.parametrize("report", list(Report), ids=str)
@pytest.mark.parametrize("state", list(DOCUMENTED), ids=str)
def test_each_report_in_each_state_does_what_the_table_says_and_nothing_else(
    state: ChannelState, report: Report
) -> None:
    office = small_office()
    played(office)
    leg = _leg_in(office, state)
    office.heard.clear()
    office.pbx.calls.on_leg(leg, report, HangupCause.NETWORK_OUT_OF_ORDER)
    after = DOCUMENTED[state].get(report)
    assert leg.state is (state if after is None else after)
    told = [event for event in office.heard if getattr(event, "channel", None) is leg]
    assert type(told[0]) is (ReportIgnored if after is None else TOLD[report])
    assert len(told) == 1
    if after is None:
        assert len(office.heard) == 1
    if after is DOWN:
        assert leg.cause is HangupCause.NETWORK_OUT_OF_ORDER


def test_the_table_has_no_transition_that_is_not_walked_here() -> None:
    assert {(state, report): after for state, ways in DOCUMENTED.items() for report, after in ways.items()} == (
        CHANNEL_TRANSITIONS
    )


def test_the_states_are_asterisks_numbers_and_words() -> None:
    assert [(state.value, state.label) for state in ChannelState] == [
        (0, "Down"),
        (1, "Rsrvd"),
        (2, "OffHook"),
        (3, "Dialing"),
        (4, "Ring"),
        (5, "Ringing"),
        (6, "Up"),
        (7, "Busy"),
    ]


def test_a_leg_notes_when_each_thing_happened_to_it() -> None:
    office = small_office()
    engine, _ = played(office)
    leg = office.call("100", "800123456").legs[0]
    assert (leg.created_at, leg.ringing_at, leg.answered_at, leg.ended_at) == (START, 0, 0, 0)
    for report in (Report.RINGING, Report.ANSWERED, Report.HUNG_UP):
        office.advance(1)
        engine.say(0, report)
    assert [instant - START for instant in (leg.ringing_at, leg.answered_at, leg.ended_at)] == [
        SECOND,
        2 * SECOND,
        3 * SECOND,
    ]
    assert not leg.is_live


def test_a_held_leg_is_held_until_it_is_taken_back_or_ends() -> None:
    office = small_office()
    engine, _ = played(office)
    leg = office.call("100", "800123456").legs[0]
    engine.say(0, Report.ANSWERED)
    held = []
    for report in (Report.HELD, Report.HELD, Report.UNHELD, Report.UNHELD, Report.HELD, Report.HUNG_UP):
        engine.say(0, report)
        held.append(leg.is_held)
    assert held == [True, True, False, False, True, False]


def test_names_count_up_in_eight_hex_digits_over_all_calls() -> None:
    office = small_office()
    played(office)
    names = [leg.name for _ in range(2) for leg in office.call("101", "800123456").legs]
    assert names == [
        "SIP/desk-00000001",
        "SIP/mobile-00000002",
        "SIP/home-00000003",
        "SIP/desk-00000004",
        "SIP/mobile-00000005",
        "SIP/home-00000006",
    ]
    office.pbx.calls.channels_made = 0xABCDE
    trunk_leg = office.call("800123456", "100").legs[0]
    assert trunk_leg.name == "SIP/upc-000abcdf"
    assert trunk_leg.unique_id == f"1700000000.{0xABCDF}"


@pytest.mark.parametrize("name", ["", "SIP/desk", "SIP/desk-", "SIP/desk-xyz", "SIP/desk_00000001"])
def test_a_name_that_no_channel_has_ends_with_no_serial(name: str) -> None:
    assert serial_of(name) == 0


def test_of_a_name_without_end_no_number_without_end_is_made() -> None:
    assert serial_of("-" + "1" * 5000) < 16**17


@given(st.text(), st.integers(1, 2**40))
def test_the_name_of_a_channel_ends_with_its_serial_whatever_its_peer_is_called(peer: str, serial: int) -> None:
    assert serial_of(f"SIP/{peer}-{serial:08x}") == serial


def test_a_telephone_is_ringing_and_its_channel_down_until_it_says_that_it_rings() -> None:
    office = Office(extension("100"))
    office.phones["100"].is_busy(after=5)
    call = office.call("100", "")
    line = office.phones["100"].line
    assert (call.legs[0].state, call.legs[0].shown_state) == (ChannelState.DIALING, ChannelState.DOWN)
    assert (line.channel_state, line.device_state) == (ChannelState.DOWN, DeviceState.RINGING)


def test_whoever_holds_somebody_is_on_hold_even_where_another_call_rings() -> None:
    office = Office(extension("100"), extension("101"), extension("102"))
    office.phones["100"].meets_calls_with(Behaviour(ring=fixed(0), talk=None), Behaviour(outcome=Outcome.NO_ANSWER))
    office.call("100", "101")
    office.advance(1)
    office.handset.hold(office.phones["100"].line)
    office.call("100", "102")
    assert office.phones["100"].line.device_state is DeviceState.ON_HOLD


def test_a_ring_timeout_is_16_on_the_wire_and_19_inside() -> None:
    office = Office(extension("100"), extension("101"))
    office.phones["101"].never_answers()
    call = office.call("100", "101", second_timeout=5 * SECOND)
    office.finish()
    assert [(leg.cause, leg.wire_cause) for leg in call.legs] == [(19, 16), (19, 16)]
    assert office.cdr(call).cause == 19


def test_a_telephone_that_says_nobody_answers_is_19_on_the_wire() -> None:
    office = Office(extension("100"), extension("101"))
    office.phones["101"].fails(HangupCause.NO_ANSWER, after=2)
    call = office.call("100", "101")
    office.finish()
    assert call.legs[1].wire_cause == 19


def test_a_caller_who_gives_up_leaves_no_cause_and_one_who_talked_16() -> None:
    office = Office(extension("101"))
    office.phones["101"].answers(after=3)
    for seconds, caller_has in ((2, 0), (6, 16)):
        call = office.incoming("605000111", "101")
        assert call is not None
        assert call.legs[0].wire_cause is None
        office.advance(seconds)
        office.pbx.calls.hang_up_channel(call.legs[0])
        assert [leg.wire_cause for leg in call.legs] == [caller_has, 16]
