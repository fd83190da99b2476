"""checkExten, checkIpHost, checkIpContact: whether a line may be called at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.pbx.channel import ChannelState
from pbxsim.vendors.voipsun.settings import Quirks, Settings
from tests.vendors.voipsun.client import SUCCESS, USER, Client, documented_error

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply


def _check(client: Client, *, source: str = "100", **checks: str) -> Reply:
    return client.ask("originate", dstNum="800123456", srcExtenInternalNum=source, **checks)


def _host_error(user: str, registered: str, asked: str) -> bytes:
    filled = {"SIP/XYZ": f"SIP/{user}", "XXX.YYY.ZZZ.AAA": registered, "AAA.ZZZ.YYY.XXX": asked}
    return documented_error(210, **filled)


def _contact_error(user: str, contact: str, asked: str) -> bytes:
    filled = {"SIP/XYZ": f"SIP/{user}", "XXX.YYY.ZZZ.AAA": contact, "AAA.ZZZ.YYY.XXX": asked}
    return documented_error(211, **filled)


@pytest.mark.cites("S11", "S38")
def test_a_line_registered_from_elsewhere_is_not_called(client: Client) -> None:
    assert _check(client, checkIpHost="192.0.2.10").body == SUCCESS
    assert _check(client, checkIpHost="10.0.0.10").body == _host_error("sip100", "192.0.2.10", "10.0.0.10")
    assert client.office.pbx.calls.calls_started == 1


@pytest.mark.cites("S12", "S38")
def test_a_line_whose_contact_is_elsewhere_is_not_called(client: Client) -> None:
    assert _check(client, checkIpContact="10.0.0.10").body == SUCCESS
    assert _check(client, checkIpContact="192.0.2.10").body == _contact_error("sip100", "10.0.0.10", "192.0.2.10")
    assert client.office.pbx.calls.calls_started == 1


@pytest.mark.cites("R13")
def test_one_account_of_several_with_the_address_is_enough(client: Client) -> None:
    assert _check(client, source="103", checkIpHost="192.0.2.14").body == SUCCESS
    assert _check(client, source="103", checkIpHost="192.0.2.15").body == _host_error(
        "sip103a", "192.0.2.13", "192.0.2.15"
    )


@pytest.mark.cites("R8")
def test_a_named_account_is_checked_alone(client: Client) -> None:
    asked = {"srcSipUsername": "sip103b", "dstNum": "800123456", "checkIpHost": "192.0.2.13"}

    assert client.body("originate", **asked) == _host_error("sip103b", "192.0.2.14", "192.0.2.13")


@pytest.mark.cites("R13")
def test_a_line_that_is_not_registered_has_no_address(client: Client) -> None:
    assert _check(client, source="104", checkIpHost="10.0.0.1").body == _host_error(
        "sip104", "(Unspecified)", "10.0.0.1"
    )
    assert _check(client, source="104", checkIpContact="10.0.0.1").body == _contact_error(
        "sip104", "(Unspecified)", "10.0.0.1"
    )


@pytest.mark.cites("R3")
def test_the_host_is_looked_at_before_the_contact_and_both_before_the_state(client: Client) -> None:
    client.rest("sip100", ChannelState.BUSY)

    reply = _check(client, checkExten="1", checkIpHost="10.9.9.9", checkIpContact="10.9.9.9")
    assert reply.code == "210"
    assert _check(client, checkExten="1", checkIpContact="10.9.9.9").code == "211"
    assert _check(client, checkExten="1").code == "227"


def test_what_is_no_address_is_compared_letter_for_letter(client: Client) -> None:
    line = client.line("sip100")
    line.registration = msgspec.structs.replace(line.registration, host="phone.example")

    assert _check(client, checkIpHost="phone.example").body == SUCCESS
    assert _check(client, checkIpHost="phone").code == "210"


def test_one_address_may_be_written_in_two_ways(client: Client) -> None:
    line = client.line("sip100")
    line.registration = msgspec.structs.replace(
        line.registration, host="2001:db8::1", contact="sip:a@[2001:db8::2]:5060"
    )

    assert _check(client, checkIpHost="2001:0DB8:0:0::1", checkIpContact="2001:db8:0::2").body == SUCCESS


@pytest.mark.cites("S10", "R14")
@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ChannelState.RESERVED, 221),
        (ChannelState.OFF_HOOK, 222),
        (ChannelState.DIALING, 223),
        (ChannelState.RING, 224),
        (ChannelState.RINGING, 225),
        (ChannelState.UP, 226),
        (ChannelState.BUSY, 227),
    ],
)
def test_a_line_in_any_state_but_down_is_not_called(client: Client, state: ChannelState, code: int) -> None:
    client.rest("sip100", state)

    assert _check(client, checkExten="ano").body == documented_error(code)
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("S10", "S38", "R14")
def test_a_line_that_is_not_registered_is_unreachable(client: Client) -> None:
    assert _check(client, source="104", checkExten="1").body == documented_error(220)


@pytest.mark.cites("R13")
def test_a_line_that_does_not_answer_qualify_requests_is_unreachable(client: Client) -> None:
    line = client.line("sip100")
    line.registration = msgspec.structs.replace(line.registration, status="UNREACHABLE")

    assert _check(client, checkExten="1").body == documented_error(220)


@pytest.mark.cites("S10")
@pytest.mark.parametrize("value", ["1", "0", "false", " "])
def test_any_value_asks_for_the_check_and_a_free_line_is_called(client: Client, value: str) -> None:
    assert _check(client, checkExten=value).body == SUCCESS

    client.rest("sip102", ChannelState.OFF_HOOK)
    assert _check(client, source="102", checkExten=value).body == documented_error(222)


@pytest.mark.cites("S10")
def test_without_a_value_nothing_is_checked(client: Client) -> None:
    client.rest("sip100", ChannelState.BUSY)

    assert _check(client, checkExten="").body == SUCCESS


@pytest.mark.cites("R14")
def test_a_free_line_is_refused_only_where_the_quirk_asks_for_it() -> None:
    client = Client(Settings(users=(USER,), quirks=Quirks(check_exten_free="errno")))

    assert _check(client, checkExten="1").body == documented_error(228)
    assert _check(client).body == SUCCESS


@pytest.mark.cites("R14")
def test_one_account_in_a_call_makes_the_whole_line_busy(client: Client) -> None:
    client.rest("sip103b", ChannelState.UP)

    assert _check(client, source="103", checkExten="1").body == documented_error(226)
    client.line("sip103b").registration = client.line("sip104").registration
    assert _check(client, source="103", checkExten="1").body == SUCCESS


@pytest.mark.cites("S10")
def test_a_call_that_rings_and_then_talks_is_seen_by_the_check(client: Client) -> None:
    client.office.phones["100"].answers(after=3, talks=30)
    assert _check(client, checkExten="1").body == SUCCESS
    client.office.advance(1)
    assert _check(client, checkExten="1").body == documented_error(225)
    client.office.advance(4)
    assert _check(client, checkExten="1").body == documented_error(226)
    client.office.finish()
    assert _check(client, checkExten="1").body == SUCCESS


@pytest.mark.cites("S38")
def test_a_line_that_places_a_call_itself_is_ringing_somebody(client: Client) -> None:
    client.office.phones["102"].never_answers()
    client.office.dials("sip100", "102", context="firma")

    assert _check(client, checkExten="1").body == documented_error(224)


@pytest.mark.cites("R14", "S10")
def test_a_line_that_was_dialled_and_does_not_ring_yet_is_down_and_never_dialing(client: Client) -> None:
    client.office.phones["sip100"].is_busy(after=5)
    client.ask("originate", dstNum="800123456", srcExtenInternalNum="100")
    (row,) = json.loads(client.body("listcalls"))["results"]
    assert row["status"] == "Down"
    assert _check(client, checkExten="1").body == SUCCESS
