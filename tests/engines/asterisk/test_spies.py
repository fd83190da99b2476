"""When a spy is attached, and to which channel of Asterisk's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.asterisk.legs import Legs
from pbxsim.engines.asterisk.moment import Moment
from pbxsim.engines.asterisk.spies import Spies
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.events import SpyAttached
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel


class Link:
    """A link that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, object]]] = []

    def send(self, action: str, **headers: object) -> None:
        """Keep it."""
        self.sent.append((action, headers))


@pytest.fixture
def office() -> Office:
    office = Office(extension("100"), extension("101"), extension("102"))
    office.phones["101"].answers(after=5)
    return office


def _spies(legs: Legs) -> Spies:
    return Spies(legs, Moment(legs, link=lambda: None, join=lambda *_: None, joined=lambda _: None))


def _listens(office: Office, legs: Legs, spies: Spies) -> tuple[Channel, Channel]:
    """Have 102 be a spy on 100, which calls 101."""
    heard = office.call("100", "101")
    office.advance(0)
    spy = office.call("102", "", kind=CallKind.SPY, spied_channel=heard.legs[0])
    office.advance(0)
    assert spy.first is not None
    assert heard.first is not None
    legs.dialled(spy.first)
    spies.hear(SpyAttached(call=spy, channel=heard.first))
    return spy.first, heard.first


async def test_a_spy_is_attached_once_whom_it_hears_is_connected(office: Office) -> None:
    legs, link = Legs("office"), Link()
    spies = _spies(legs)
    spy, heard = _listens(office, legs, spies)
    spies.attach(link)  # type: ignore[arg-type] # as much of a link as it needs
    assert link.sent == []
    office.advance(5)
    spies.attach(link)  # type: ignore[arg-type]
    leg = legs.of(spy)
    assert leg is not None
    assert link.sent == [
        ("Setvar", {"Channel": leg.id, "Variable": "PBXSIM_SPIED", "Value": heard.name}),
        ("Redirect", {"Channel": leg.id, "Context": "pbxsim-hold", "Exten": "spy", "Priority": 1}),
    ]
    spies.attach(link)  # type: ignore[arg-type]
    assert len(link.sent) == 2, "it hears already"


async def test_a_spy_that_asterisk_has_no_more_is_not_attached(office: Office) -> None:
    legs, link = Legs("office"), Link()
    spies = _spies(legs)
    spy, _ = _listens(office, legs, spies)
    leg = legs.of(spy)
    assert leg is not None
    office.advance(5)
    legs.gone(leg)
    spies.attach(link)  # type: ignore[arg-type]
    assert link.sent == []


def test_a_channel_is_called_by_its_name_by_its_id_before_that_is_told_and_as_the_switch_does_where_there_is_no_leg(
    office: Office,
) -> None:
    legs = Legs("office")
    channel = office.call("100").legs[0]
    assert legs.name_of(channel) == channel.name
    (leg,) = legs.dialled(channel)
    assert legs.name_of(channel) == leg.id
    leg.name = "PJSIP/100-00000001"
    assert legs.name_of(channel) == "PJSIP/100-00000001"
