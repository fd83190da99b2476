"""dial, hangupcall, listcalls: calls that are sent into a context, ended and listed."""

from __future__ import annotations

import json

import pytest

from pbxsim.pbx.call import CallKind, RecordingWish
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.dialplan import ToHunt
from pbxsim.pbx.events import ContextEntered
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.routes import Step
from tests.vendors.voipsun.client import FIXTURES, SUCCESS, Client, documented_error

pytestmark = pytest.mark.engines

DIAL = {"dstNum": "800123456", "outrouteName": "odchozi", "context": "pospojeni"}


def _rows(client: Client) -> list[dict[str, str]]:
    listed = json.loads(client.body("listcalls"))
    assert listed["total"] == str(len(listed["results"]))
    rows: list[dict[str, str]] = listed["results"]
    return rows


# -- dial -------------------------------------------------------------------------------------------------------------


@pytest.mark.not_at_asterisk("it takes 20 s of real time")
@pytest.mark.cites("S16", "R2")
@pytest.mark.parametrize("route", [{"outrouteName": "odchozi"}, {"outrouteId": "3"}])
def test_the_number_is_called_by_the_route_and_goes_to_the_context_when_it_answers(
    client: Client, route: dict[str, str]
) -> None:
    reply = client.ask("dial", dstNum="990104000", context="pospojeni", **route)

    assert (reply.body, reply.hints) == (SUCCESS, ())
    call = client.call(reply)
    assert (call.order.kind, [leg.peer for leg in call.legs]) == (CallKind.DIAL, ["upc"])
    client.office.advance(4)
    assert [event.context for event in client.office.heard if isinstance(event, ContextEntered)] == ["pospojeni"]
    assert client.last_cdr().billsec == 20


@pytest.mark.cites("S17", "R18")
def test_into_a_context_that_does_not_exist_nothing_is_dialled(client: Client) -> None:
    reply = client.ask("dial", **DIAL | {"context": "Pospojeni"})

    assert (reply.body, reply.call) == (SUCCESS, None)
    assert reply.hints == ("there is no context 'Pospojeni': no call was placed",)
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("S18")
@pytest.mark.parametrize(
    "number",
    [
        "990200000",
        pytest.param("990300000", marks=pytest.mark.not_at_asterisk("it takes half a minute of real time")),
        "990400000",
    ],
)
def test_a_call_that_fails_goes_to_the_hangup_context(client: Client, number: str) -> None:
    client.ask("dial", **DIAL | {"dstNum": number, "hangupContext": "nevyzvednuto"})
    client.office.finish()

    assert [event.context for event in client.office.heard if isinstance(event, ContextEntered)] == ["nevyzvednuto"]


@pytest.mark.cites("R18")
def test_a_hangup_context_that_does_not_exist_is_never_entered(client: Client) -> None:
    reply = client.ask("dial", **DIAL | {"dstNum": "990200000", "hangupContext": "nikde"})
    client.office.finish()

    assert (reply.body, reply.hints) == (SUCCESS, ("there is no context 'nikde' for hangupContext",))
    assert not [event for event in client.office.heard if isinstance(event, ContextEntered)]


@pytest.mark.cites("S19", "S39", "R11", "R17")
@pytest.mark.parametrize(
    "route",
    [
        {"outrouteName": "Odchozi"},
        {"outrouteId": "4"},
        {"outrouteId": "odchozi"},
        {"outrouteName": "odchozi", "outrouteId": "3"},
    ],
)
def test_a_route_that_is_not_there_or_two_at_once_are_not_found(client: Client, route: dict[str, str]) -> None:
    assert client.body("dial", dstNum="1", context="nikde", **route) == documented_error(250)
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.not_at_asterisk("it takes four hours of real time")
@pytest.mark.cites("R16")
@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({}, ("000", "Dialer")),
        ({"dialerCid": "299299000"}, ("299299000", "299299000")),
        ({"dialerCid": "customCDR1", "customCDR1": "555"}, ("555", "555")),
        ({"dialerCid": "299299000", "overrideCallerId": "111"}, ("111", "111")),
    ],
)
def test_the_number_sees_the_override_else_the_dialers_number(
    client: Client, params: dict[str, str], shown: tuple[str, str]
) -> None:
    leg = client.call(client.ask("dial", **DIAL, **params)).legs[0]

    assert (leg.shown_number, leg.shown_name) == shown
    assert client.last_cdr().src == shown[0]


@pytest.mark.cites("S5", "S8", "S13", "S14")
def test_dial_takes_custom_fields_a_recording_a_macro_and_a_ring_time(client: Client) -> None:
    further = {
        "customCDR2": "x",
        "monitorFilename": "b.wav",
        "monitorType": "monitor",
        "macro": "m",
        "dstRingTimeout": "9",
    }
    call = client.call(client.ask("dial", **DIAL | {"dstNum": "990300000"}, **further))

    assert call.order.recording == RecordingWish("", "b.wav", "monitor")
    assert call.order.macro == "m"
    record = client.last_cdr()
    assert (record.custom, record.duration) == (("", "x", "", ""), 9)


# -- hangupcall -------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S20", "R2", "R19")
@pytest.mark.parametrize("separator", ["/", "\\", "\\\\"])
@pytest.mark.parametrize("leg", [0, 1])
def test_either_channel_ends_the_call(client: Client, separator: str, leg: int) -> None:
    call = client.talk()
    name = call.legs[leg].name.replace("/", separator)

    reply = client.ask("hangupcall", channelName=name)

    assert (reply.body, reply.hints) == (SUCCESS, ())
    assert call.is_over
    assert _rows(client) == []


@pytest.mark.cites("S20")
def test_a_call_that_still_rings_is_ended_too(client: Client) -> None:
    client.office.phones["100"].never_answers()
    call = client.place()

    client.ask("hangupcall", channelName=call.legs[0].name)

    assert client.office.cdr(call).disposition is Disposition.NO_ANSWER


@pytest.mark.cites("R19")
def test_a_channel_that_is_not_there_is_a_success_with_a_hint(client: Client) -> None:
    reply = client.replay("07-hangupcall")

    assert reply.body == SUCCESS
    assert reply.hints == ("there is no channel 'SIP/5555-0000b704': nothing was hung up",)


@pytest.mark.cites("S41")
def test_without_a_channel_the_name_is_missing(client: Client) -> None:
    assert client.body("hangupcall") == documented_error(400)
    assert client.body("hangupcall", channelName="") == documented_error(400)


# -- listcalls --------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S21")
def test_an_idle_pbx_has_an_empty_list(client: Client) -> None:
    assert client.body("listcalls") == b'{"success":"true","total":"0","results":[]}'


@pytest.mark.not_at_asterisk("it looks a tenth of a second before something happens")
@pytest.mark.cites("S21", "R4", "R20")
def test_a_call_is_listed_while_it_rings_and_while_it_talks(client: Client) -> None:
    client.office.phones["100"].answers(after=3)
    client.place(dstNum="990104000")
    client.office.advance(2)

    assert client.body("listcalls") == (
        b'{"success":"true","total":"1","results":[{"channelName":"SIP/sip100-00000001","context":"firma","src":"100",'
        b'"dst":"990104000","duration":"2","status":"Ringing","accountCode":"SIP_5","sourceType":"extension",'
        b'"idChannel":"5"}]}'
    )
    client.office.advance(7.9)
    assert client.body("listcalls") == (
        b'{"success":"true","total":"2","results":[{"channelName":"SIP/sip100-00000001","context":"firma","src":"100",'
        b'"dst":"990104000","duration":"9","status":"Up","accountCode":"SIP_5","sourceType":"extension",'
        b'"idChannel":"5"},{"channelName":"SIP/upc-00000002","context":"firma","src":"100","dst":"990104000",'
        b'"duration":"6","status":"Up","accountCode":"SIPTR_1","sourceType":"trunk","idChannel":"1"}]}'
    )


@pytest.mark.cites("S21")
def test_keys_and_types_are_those_of_the_manuals_sample(client: Client) -> None:
    sample = json.loads((FIXTURES / "08-listcalls.reply").read_bytes())
    client.talk()
    ours = json.loads(client.body("listcalls"))

    assert [(key, type(value)) for key, value in ours.items()] == [(key, type(value)) for key, value in sample.items()]
    shapes = {row["sourceType"]: [(key, type(value)) for key, value in row.items()] for row in sample["results"]}
    for row in ours["results"]:
        assert [(key, type(value)) for key, value in row.items()] == shapes[row["sourceType"]]


@pytest.mark.cites("R20")
def test_an_incoming_call_shows_its_caller_the_number_dialled_and_who_was_reached(client: Client) -> None:
    client.office.incoming("777123456", "299299555", context="firma")

    assert [(row["sourceType"], row["src"], row["dst"]) for row in _rows(client)] == [
        ("trunk", "777123456", "299299555"),
        ("extension", "777123456", "102"),
    ]


@pytest.mark.cites("R20")
def test_channels_come_in_the_order_in_which_they_were_made(client: Client) -> None:
    client.office.phones["100"].answers(after=3)
    client.place()
    client.place(srcExtenInternalNum="102")
    client.office.advance(4)

    assert [row["channelName"][-1] for row in _rows(client)] == ["1", "2", "3", "4"]
    assert [row["sourceType"] for row in _rows(client)] == ["extension", "extension", "trunk", "trunk"]


@pytest.mark.cites("S21")
def test_the_status_is_asterisks_word_for_the_channels_state(client: Client) -> None:
    client.office.phones["102"].never_answers()
    client.office.dials("sip100", "102", context="firma")
    client.office.advance(1)

    assert [row["status"] for row in _rows(client)] == ["Ring", "Ringing"]


@pytest.mark.not_at_asterisk("acted telephones have no fingers there")
@pytest.mark.cites("S21", "R20")
def test_a_caller_in_a_menu_is_up_and_whoever_that_leads_to_is_listed_beside(client: Client) -> None:
    office = client.office
    caller, called, *_ = office.directory.extensions
    choices = {"1": Step(extension=called.internal)}
    hall = MenuHunt(office.pbx.calls, office.directory, Menu(name="hall", context=called.dialplan, digits=choices))
    office.pbx.calls.hunts = {**office.pbx.calls.hunts, hall.name: hall}
    office.dials(caller.lines[0].user, "700", second_to=ToHunt("700", hall.name))
    assert [(row["status"], row["dst"]) for row in _rows(client)] == [("Up", "700")]
    office.handset.press(caller.lines[0], "1")
    rows = [(row["status"], row["dst"]) for row in _rows(client)]
    assert rows == [("Up", "700"), *(("Ringing", called.internal) for _ in called.lines)]
