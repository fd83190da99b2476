"""An extension and its lines: registration, device state, how many calls a line takes."""

from __future__ import annotations

import pytest

from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import DeviceState, Extension, Line, Registration
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line


def test_an_extension_shows_its_caller_id_else_its_first_public_number_else_the_internal_one() -> None:
    shown = Extension(id=1, internal="1", dialplan="main", lines=[], public=("20", "30"), caller_id="40")
    assert shown.outside_number == "40"
    assert extension("1", public=["20", "30"]).outside_number == "20"
    assert extension("1").outside_number == "1"


# -- registration ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "host"),
    [
        ("", ""),
        ("sip:100@192.0.2.7", "192.0.2.7"),
        ("sip:100@192.0.2.7:5060", "192.0.2.7"),
        ("sips:100@192.0.2.7:5061;transport=tls", "192.0.2.7"),
        ("sip:101a@192.0.2.7:5096;line=c5979f655562d46", "192.0.2.7"),
        ("sip:192.0.2.7:5060", "192.0.2.7"),
        ("sip:192.0.2.7;ob", "192.0.2.7"),
        ("sip:100:secret@phone.example:5060", "phone.example"),
        ("sip:100;phone-context=x@192.0.2.7", "192.0.2.7"),
        ("sip:100@[2001:db8::7]:5060;transport=udp", "2001:db8::7"),
        ("sip:[2001:db8::7]", "2001:db8::7"),
    ],
)
def test_the_contact_host_is_what_stands_behind_the_user(contact: str, host: str) -> None:
    assert Registration(contact=contact).contact_host == host


def test_a_line_is_registered_while_its_host_is_known() -> None:
    assert line("a").is_registered
    assert not line("a", registered=False).is_registered
    remembered = Line(id=1, user="a", registration=Registration(contact="sip:a@192.0.2.7", user_agent="snom"))
    assert not remembered.is_registered


# -- what a telephone looks like ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resting", "channel_state", "device_state"),
    [
        (ChannelState.DOWN, ChannelState.DOWN, DeviceState.NOT_IN_USE),
        (ChannelState.RESERVED, ChannelState.RESERVED, DeviceState.INVALID),
        (ChannelState.OFF_HOOK, ChannelState.OFF_HOOK, DeviceState.IN_USE),
        (ChannelState.DIALING, ChannelState.DIALING, DeviceState.IN_USE),
        (ChannelState.RING, ChannelState.RING, DeviceState.IN_USE),
        (ChannelState.RINGING, ChannelState.RINGING, DeviceState.RINGING),
        (ChannelState.UP, ChannelState.UP, DeviceState.IN_USE),
        (ChannelState.BUSY, ChannelState.BUSY, DeviceState.BUSY),
    ],
)
def test_a_telephone_at_rest_shows_its_resting_state(
    resting: ChannelState, channel_state: ChannelState, device_state: DeviceState
) -> None:
    telephone = Line(id=1, user="a", registration=Registration(host="192.0.2.1"), resting_state=resting)
    assert telephone.channel_state is channel_state
    assert telephone.device_state is device_state
    assert telephone.is_full == (resting is not ChannelState.DOWN)


def test_device_states_are_asterisks_numbers() -> None:
    assert [(state.value, state.name) for state in DeviceState] == [
        (1, "NOT_IN_USE"),
        (2, "IN_USE"),
        (3, "BUSY"),
        (4, "INVALID"),
        (5, "UNAVAILABLE"),
        (6, "RINGING"),
        (7, "RING_IN_USE"),
        (8, "ON_HOLD"),
    ]


def test_a_line_is_what_it_was_made_with() -> None:
    plain = Line(id=42, user="a")
    assert (plain.id, plain.user, plain.max_calls, plain.resting_state, plain.order) == (
        42,
        "a",
        2,
        ChannelState.DOWN,
        0,
    )
    assert (plain.registration, plain.channels) == (Registration(), [])
    placed = Line(id=1, user="b", max_calls=1, order=9)
    assert (placed.max_calls, placed.order) == (1, 9)


def test_a_telephone_that_is_not_registered_is_unavailable_whatever_else() -> None:
    telephone = Line(id=1, user="a", resting_state=ChannelState.UP)
    assert telephone.device_state is DeviceState.UNAVAILABLE


def test_a_telephone_with_two_calls_goes_through_every_device_state() -> None:
    office = Office(extension("100"), extension("101"))
    office.phones["100"].never_answers()
    telephone = office.phones["100"].line
    seen = [telephone.device_state]

    first = office.incoming("605000111", "100")
    seen.append(telephone.device_state)
    office.phones["100"].picks_up()
    seen.append(telephone.device_state)
    office.incoming("605000222", "100")
    seen.append(telephone.device_state)
    assert telephone.channel_state is ChannelState.UP, "the state of its oldest channel"
    office.phones["100"].picks_up()
    seen.append(telephone.device_state)
    office.handset.unhold(telephone)
    seen.append(telephone.device_state)
    office.handset.hold(telephone)
    seen.append(telephone.device_state)
    assert first is not None
    office.pbx.calls.hang_up(first)
    seen.append(telephone.device_state)
    office.phones["100"].hangs_up()
    seen.append(telephone.device_state)
    assert seen == [
        DeviceState.NOT_IN_USE,
        DeviceState.RINGING,
        DeviceState.IN_USE,
        DeviceState.RING_IN_USE,
        DeviceState.ON_HOLD,
        DeviceState.BUSY,
        DeviceState.ON_HOLD,
        DeviceState.IN_USE,
        DeviceState.NOT_IN_USE,
    ]


def test_a_call_that_is_being_set_up_counts_as_use() -> None:
    office = Office(extension("100"), trunks=[Trunk(id=1, name="upc")])
    call = office.dials("sip100", "990300000")
    assert call is not None
    telephone = office.phones["100"].line
    assert telephone.channel_state is ChannelState.RING
    before = telephone.device_state
    office.advance(30)
    assert (before, telephone.device_state) == (DeviceState.IN_USE, DeviceState.NOT_IN_USE)


# -- room --------------------------------------------------------------------------------------------------------------


def test_a_line_is_full_with_as_many_calls_as_it_takes() -> None:
    telephone = line("a", max_calls=1)
    office = Office(extension("100", telephone))
    before = telephone.is_full
    office.incoming("605000111", "100")
    assert (before, telephone.is_full) == (False, True)
