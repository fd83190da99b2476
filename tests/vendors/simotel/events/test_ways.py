"""IncomingCall, OutgoingCall, Transfer."""

from __future__ import annotations

import pytest

from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.pbx.routes import OutboundRoute, Trunk
from pbxsim.testing.office import Office, number
from tests.vendors.simotel.event_client import TRUNK, Town, Web


@pytest.mark.cites("S106")
def test_the_sample_of_an_incoming_call() -> None:
    office = Town(at="2027-06-04T14:21:15Z", call=213)
    web = Web(office.pbx, chosen=["IncomingCall", "OutgoingCall"])
    office.calls_in("09331112233", "991")
    assert web.bodies() == [
        b'{"event_name":"IncomingCall","number":"09331112233","unique_id":"1812118875.213","cuid":"1812118875.213",'
        b'"entry_point":"to_simo_51_20"}'
    ]


@pytest.mark.cites("S107")
def test_the_sample_of_an_outgoing_call() -> None:
    office = Town(at="2021-01-16T07:17:05Z", call=388)
    web = Web(office.pbx, chosen=["IncomingCall", "OutgoingCall"])
    office.dials("sip991", "999")
    assert web.bodies() == [
        b'{"event_name":"OutgoingCall","number":"999","unique_id":"1610781425.388","cuid":"1610781425.388",'
        b'"outgoing_point":"to_simo_51_20"}'
    ]


@pytest.mark.cites("S107", "R106")
def test_it_is_told_when_the_leg_is_dialled_not_when_the_call_begins() -> None:
    office = Town()
    office.will("991", ring=2)
    web = Web(office.pbx, chosen=["OutgoingCall"])
    office.call("991", number(Outcome.ANSWER))
    office.advance(1)
    assert web.notices == []
    office.advance(1)
    assert web.names() == ["OutgoingCall"]


@pytest.mark.cites("R109")
def test_each_leg_by_a_trunk_is_told_with_the_number_that_the_trunk_is_given() -> None:
    trunk = Trunk(id=1, name=TRUNK)
    route = OutboundRoute(id=1, name="out", patterns=("_9X.",), trunks=(trunk,), strip=1, prepend="0")
    office = Office(trunks=(trunk,), routes=(route,))
    web = Web(office.pbx, chosen=["OutgoingCall"])
    office.call("9331112233", "9331112244")
    office.advance(5)
    assert [one["number"] for one in web.told("OutgoingCall")] == ["0331112233", "0331112244"]
    assert len({one["unique_id"] for one in web.told("OutgoingCall")}) == 1


@pytest.mark.cites("S108", "R110")
def test_the_sample_of_a_transfer() -> None:
    office = Town(at="2021-02-21T11:19:36Z", call=30)
    web = Web(office.pbx, chosen=["Transfer"])
    office.dials("sip991", "993")
    office.advance(1)
    office.handset.transfer(office.phones["993"].line, "993")
    assert web.bodies() == [
        b'{"event_name":"Transfer","unique_id":"1613906376.30","cuid":"1613906376.30","transferer":"993",'
        b'"transferred_from":"991","transferred_to":"993"}'
    ]


@pytest.mark.cites("S108", "R110")
def test_a_user_transfers_the_other_party_to_a_number_blind_or_attended() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["Transfer"])
    office.calls_in("09331112233", "991")
    office.advance(1)
    office.handset.transfer(office.phones["991"].line, "992")
    office.advance(1)
    office.handset.consult(office.phones["992"].line, "993")
    office.advance(1)
    office.handset.complete(office.phones["992"].line)
    told = [(one["transferer"], one["transferred_from"], one["transferred_to"]) for one in web.told("Transfer")]
    assert told == [("991", "09331112233", "992"), ("992", "09331112233", "993")]
    assert [one["unique_id"] for one in web.told("Transfer")] == ["1610778618.1"] * 2


@pytest.mark.cites("R109")
def test_calls_inside_come_neither_in_nor_out() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["IncomingCall", "OutgoingCall", "Transfer"])
    office.dials("sip991", "992")
    office.advance(1)
    office.phones["992"].hangs_up()
    assert web.notices == []
