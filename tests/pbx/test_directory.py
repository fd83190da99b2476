"""Look-ups and their errors, what a telephone looks like from outside, and how much room a line or trunk has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.directory import (
    DeviceState,
    Directory,
    Diversion,
    Extension,
    Line,
    NumberingPlan,
    OutboundRoute,
    Registration,
    Trunk,
)
from pbxsim.pbx.errors import AmbiguousExtension, DialplanNotFound, ExtensionNotFound, OutboundRouteNotFound
from pbxsim.pbx.events import DiversionChanged, DoNotDisturbChanged, LineRegistered, LineUnregistered
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from collections.abc import Callable

UPC = Trunk(id=7, name="upc")
OUT = OutboundRoute(id=3, name="out", patterns=("_X.",), trunks=(UPC,))


@pytest.fixture
def directory() -> Directory:
    return Directory(
        extensions=[
            extension("100", line("100a"), line("100b"), public=["299299100", "299299900"]),
            extension("101", public=["299299101"]),
            extension("101", line("branch101"), dialplan="branch"),
            extension("200", dialplan="branch"),
        ],
        trunks=[UPC],
        routes=[OUT],
        dialplans=[
            NumberingPlan(id=number, name=name) for number, name in enumerate(("main", "branch", "empty"), start=1)
        ],
    )


# -- look-ups ----------------------------------------------------------------------------------------------------------


def test_an_extension_is_found_by_each_of_its_names(directory: Directory) -> None:
    own = directory.extensions[0]
    assert directory.public("299299100") is own
    assert directory.public("299299900") is own
    assert directory.public_or_none("299299100") is own
    assert directory.by_id(100) is own
    assert directory.line("100b").extension is own
    assert directory.internal("100") is own
    assert directory.internal("100", "main") is own
    assert directory.internal_or_none("100", "main") is own


def test_a_line_is_found_by_its_user_and_knows_its_extension(directory: Directory) -> None:
    assert directory.line("100b") is directory.extensions[0].lines[1]
    assert directory.line("100b").extension is directory.extensions[0]
    assert list(directory.lines) == ["100a", "100b", "sip101", "branch101", "sip200"]


@pytest.mark.parametrize(
    "find",
    [
        lambda directory: directory.public("100"),
        lambda directory: directory.public(""),
        lambda directory: directory.by_id(7),
        lambda directory: directory.line("100"),
        lambda directory: directory.line("upc"),
        lambda directory: directory.line("100A"),
        lambda directory: directory.internal("299299100"),
        lambda directory: directory.internal("200", "main"),
        lambda directory: directory.internal("100", "empty"),
        lambda directory: directory.internal(""),
    ],
)
def test_what_is_not_there_is_not_found(directory: Directory, find: Callable[[Directory], object]) -> None:
    with pytest.raises(ExtensionNotFound):
        find(directory)


def test_what_is_not_there_may_also_be_asked_for_without_an_error(directory: Directory) -> None:
    assert directory.public_or_none("100") is None
    assert directory.internal_or_none("200", "main") is None
    assert directory.internal_or_none("200", "no such plan") is None


def test_an_internal_number_of_several_plans_must_be_asked_for_with_its_plan(directory: Directory) -> None:
    with pytest.raises(AmbiguousExtension):
        directory.internal("101")
    assert directory.internal("101", "main") is directory.extensions[1]
    assert directory.internal("101", "branch") is directory.extensions[2]


def test_an_unknown_plan_is_told_apart_from_an_unknown_number(directory: Directory) -> None:
    with pytest.raises(DialplanNotFound):
        directory.internal("100", "no such plan")
    with pytest.raises(DialplanNotFound):
        directory.internal("no such number", "")


def test_a_route_is_found_by_name_and_by_id(directory: Directory) -> None:
    assert directory.route("out") is OUT
    assert directory.route_by_id(3) is OUT
    with pytest.raises(OutboundRouteNotFound):
        directory.route("Out")
    with pytest.raises(OutboundRouteNotFound):
        directory.route_by_id(1)


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


def test_a_trunk_is_what_it_was_made_with() -> None:
    plain = Trunk(id=42, name="upc")
    assert (plain.id, plain.name, plain.capacity, plain.caller_id, plain.order) == (42, "upc", None, "", 0)
    assert (plain.registration, plain.in_use) == (Registration(), 0)
    there = Registration(host="192.0.2.9")
    placed = Trunk(id=1, name="t", capacity=3, caller_id="299", registration=there, order=9)
    assert (placed.capacity, placed.caller_id, placed.registration, placed.order) == (3, "299", there, 9)


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


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_a_trunk_has_room_until_its_capacity_is_used(capacity: int) -> None:
    trunk = Trunk(id=1, name="upc", capacity=capacity)
    office = Office(extension("100", line("sip100", max_calls=9)), trunks=[trunk])
    office.phones["100"].never_answers()
    taken = [office.incoming("605000111", "100") for _ in range(5)]
    assert sum(call is not None for call in taken) == capacity
    assert trunk.in_use == capacity
    assert not trunk.has_room
    office.clock.run_until(office.clock.now + 60 * SECOND)
    assert trunk.in_use == 0
    assert trunk.has_room == (capacity > 0)


def test_a_trunk_without_a_capacity_always_has_room() -> None:
    trunk = Trunk(id=1, name="upc")
    trunk.in_use = 1_000_000
    assert trunk.has_room


# -- what telephones say of themselves ---------------------------------------------------------------------------------

THERE = Registration(
    host="192.0.2.7", port=5062, contact="sip:100@192.0.2.7:5062", user_agent="snom", status="OK (9 ms)"
)


def test_a_telephone_that_registers_is_told_of_with_where_it_is() -> None:
    office = Office(extension("100", line("desk", registered=False)))
    desk = office.directory.line("desk")
    office.directory.register(desk, THERE)
    assert desk.registration == THERE
    assert [event.line for event in office.heard if isinstance(event, LineRegistered)] == [desk]


@pytest.mark.parametrize("moved", [{"host": "192.0.2.8"}, {"port": 5063}])
def test_a_telephone_that_registers_from_elsewhere_is_told_of_again(moved: dict[str, Any]) -> None:
    office = Office(extension("100"))
    (desk,) = office.directory.lines.values()
    office.directory.register(desk, THERE)
    office.directory.register(desk, msgspec.structs.replace(THERE, **moved))
    assert office.kinds_heard() == [LineRegistered, LineRegistered]


def test_a_registration_that_is_only_refreshed_is_noted_and_no_news() -> None:
    office = Office(extension("100"))
    (desk,) = office.directory.lines.values()
    office.directory.register(desk, THERE)
    later = msgspec.structs.replace(THERE, status="OK (70 ms)", user_agent="snom 2")
    office.directory.register(desk, later)
    assert office.kinds_heard() == [LineRegistered]
    assert desk.registration == later


def test_nobody_registers_from_nowhere() -> None:
    office = Office(extension("100"))
    (desk,) = office.directory.lines.values()
    with pytest.raises(ValueError, match="sip100 cannot be registered from nowhere"):
        office.directory.register(desk, Registration(contact="sip:100@192.0.2.7"))
    assert desk.is_registered


def test_a_telephone_that_drops_off_is_told_of_once_and_what_is_known_of_it_stays() -> None:
    office = Office(extension("100"))
    (desk,) = office.directory.lines.values()
    office.directory.register(desk, THERE)
    office.directory.unregister(desk)
    office.directory.unregister(desk)
    assert office.kinds_heard() == [LineRegistered, LineUnregistered]
    assert desk.registration == Registration(contact=THERE.contact, user_agent="snom", status="UNKNOWN")


def test_what_a_telephone_refuses_or_diverts_is_told_only_when_it_changes() -> None:
    office = Office(extension("100"), extension("101"))
    desk, other = office.directory.lines.values()
    for on in (True, True, False, False):
        office.directory.do_not_disturb(desk, on=on)
    for wishes in (Diversion(busy="101"), Diversion(busy="101"), None, None):
        office.directory.divert(desk, wishes)
    assert office.kinds_heard() == [DoNotDisturbChanged] * 2 + [DiversionChanged] * 2
    assert (desk.do_not_disturb, desk.diversion, other.do_not_disturb) == (False, None, False)
