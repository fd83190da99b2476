"""spying: one line rings, and then listens to another."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.pbx.call import CallKind
from pbxsim.vendors.voipsun.settings import Settings
from tests.vendors.voipsun.client import SUCCESS, USER, Client, office

pytestmark = pytest.mark.engines


@pytest.mark.cites("S22", "S24", "R2")
def test_the_listener_is_rung_with_000_spy_and_then_hears_the_line(client: Client) -> None:
    client.office.phones["100"].answers(after=2)
    other = client.talk(srcExtenInternalNum="102")
    spied = client.talk(srcExtenInternalNum="103")

    reply = client.ask("spying", srcExtenInternalNum="100", dstExtenInternalNum="103")

    assert reply.body == SUCCESS
    spy = client.call(reply)
    assert spy.order.kind is CallKind.SPY
    assert (spy.legs[0].peer, spy.legs[0].shown_number, spy.legs[0].shown_name) == ("sip100", "000", "Spy")
    assert spy.bridged_at == 0
    client.office.advance(2)
    assert spy.bridged_at > 0
    client.office.pbx.calls.hang_up(other)
    assert not spy.is_over
    client.office.pbx.calls.hang_up(spied)
    assert spy.is_over


@pytest.mark.cites("S24")
def test_the_listener_sees_what_spycid_and_spyname_say(client: Client) -> None:
    asked = {"srcExtenInternalNum": "100", "dstExtenInternalNum": "102", "spyCid": "299", "spyName": "Vedouci"}

    leg = client.call(client.ask("spying", **asked)).legs[0]

    assert (leg.shown_number, leg.shown_name) == ("299", "Vedouci")


@pytest.mark.cites("S22", "R19")
@pytest.mark.parametrize("separator", ["/", "\\", "\\\\"])
def test_a_channel_may_be_listened_to(client: Client, separator: str) -> None:
    talk = client.talk(srcExtenInternalNum="102")
    assert talk.second is not None
    channel = talk.second.name.replace("/", separator)

    reply = client.ask("spying", srcExtenInternalNum="100", dstChannelName=channel)

    assert (reply.body, reply.hints) == (SUCCESS, ())
    spy = client.call(reply)
    assert spy.order.spied_channel is talk.second
    client.office.advance(1)
    client.office.pbx.calls.hang_up(talk)
    assert spy.is_over


@pytest.mark.cites("R21")
def test_a_channel_that_is_not_there_leaves_the_listener_with_nothing_to_hear(client: Client) -> None:
    reply = client.replay("14-spying-channel")

    assert reply.body == SUCCESS
    assert reply.hints == ("there is no channel 'SIP/102-00000001': there is nothing to hear",)
    assert [leg.peer for leg in client.call(reply).legs] == ["sip100"]


@pytest.mark.cites("R22")
def test_of_several_accounts_the_one_that_talks_is_heard(client: Client) -> None:
    client.office.phones["sip103a"].never_answers()
    client.place(srcSipUsername="sip103a")
    client.talk(srcSipUsername="sip103b")

    spy = client.call(client.ask("spying", srcExtenInternalNum="100", dstExtenInternalNum="103"))
    only_rings = client.call(client.ask("spying", srcExtenInternalNum="100", dstSipUsername="sip103a"))

    assert spy.order.spied_line is client.line("sip103b")
    assert only_rings.order.spied_line is client.line("sip103a")


@pytest.mark.cites("R22")
def test_of_several_idle_accounts_the_first_is_chosen_and_one_that_rings_before_it(client: Client) -> None:
    idle = client.call(client.ask("spying", srcExtenInternalNum="100", dstExtenInternalNum="103"))
    client.office.phones["sip103b"].never_answers()
    client.place(srcSipUsername="sip103b")
    ringing = client.call(client.ask("spying", srcExtenInternalNum="100", dstExtenInternalNum="103"))

    assert idle.order.spied_line is client.line("sip103a")
    assert ringing.order.spied_line is client.line("sip103b")


@pytest.mark.cites("S22")
def test_the_record_names_the_listener_and_whom_it_listened_to(client: Client) -> None:
    client.ask("spying", srcExtenInternalNum="100", dstExtenPublicNum="299299555")
    client.office.advance(5)
    client.office.phones["100"].hangs_up()

    (record,) = client.office.cdrs()
    assert (record.src, record.dst, record.vendor, record.disposition) == ("100", "102", "voipsun", "ANSWERED")


@pytest.mark.cites("R23")
def test_the_listener_rings_for_the_time_that_is_set() -> None:
    client = Client(Settings(users=(USER,), src_ring_timeout=7), office())
    client.office.phones["100"].never_answers()
    client.ask("spying", srcExtenInternalNum="100", dstExtenInternalNum="102")

    assert client.last_cdr().duration == 7


@pytest.mark.cites("S22", "R42")
def test_a_line_in_no_call_is_waited_for_and_left_after_one(client: Client) -> None:
    spy = client.call(client.ask("spying", srcExtenInternalNum="100", dstExtenInternalNum="102"))
    client.office.advance(1)
    assert spy.spied_on is None

    talk = client.talk(srcExtenInternalNum="102")
    rows = msgspec.json.decode(client.body("listcalls"))["results"]

    assert spy.spied_on is talk.first
    assert [row["channelName"] for row in rows] == [leg.name for leg in (*spy.legs, *talk.legs)]
    client.office.pbx.calls.hang_up(talk)
    assert spy.is_over


@pytest.mark.cites("R42")
def test_a_listener_to_the_party_that_transfers_is_done_and_one_to_the_other_goes_on(client: Client) -> None:
    talk = client.talk(srcExtenInternalNum="102")
    left, stays = talk.legs[:2]
    done = client.call(client.ask("spying", srcExtenInternalNum="100", dstChannelName=left.name))
    goes_on = client.call(client.ask("spying", srcExtenInternalNum="103", dstChannelName=stays.name))
    client.office.advance(1)

    client.office.handset.transfer(client.line("sip102"), "990300000")

    assert (done.is_over, goes_on.is_over) == (True, False)
