"""Look-ups and their errors, what a telephone looks like from outside, and how much room a line or trunk has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.pbx.directory import Directory
from pbxsim.pbx.errors import AmbiguousExtension, DialplanNotFound, ExtensionNotFound, OutboundRouteNotFound
from pbxsim.pbx.events import DiversionChanged, DoNotDisturbChanged, LineRegistered, LineUnregistered
from pbxsim.pbx.extension import Diversion, Registration
from pbxsim.pbx.routes import NumberingPlan, OutboundRoute, Trunk
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
