"""originate (calls.py): a line is rung, and then connected to a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import seconds
from pbxsim.pbx.call import RecordingWish
from pbxsim.pbx.cause import Disposition
from pbxsim.vendors.voipsun.settings import Settings
from tests.vendors.voipsun.client import SUCCESS, USER, Client

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call

pytestmark = pytest.mark.engines


def _seen(call: Call) -> str:
    assert call.second is not None
    return call.second.shown_number


@pytest.mark.cites("S2", "R2")
def test_the_reply_comes_at_once_and_the_line_rings_before_the_number_is_dialled(client: Client) -> None:
    client.office.phones["100"].answers(after=3)

    reply = client.ask("originate", srcExtenInternalNum="100", dstNum="990104010")

    assert reply.body == SUCCESS
    call = client.call(reply)
    assert [leg.peer for leg in call.legs] == ["sip100"]
    client.office.advance(3)
    assert [leg.peer for leg in call.legs] == ["sip100", "upc"]
    assert call.legs[1].number == "990104010"
    client.office.advance(4)
    assert call.second is call.legs[1]


@pytest.mark.not_at_asterisk("it takes 17 s of real time")
@pytest.mark.cites("S2")
def test_the_record_names_the_line_and_the_number(client: Client) -> None:
    client.office.phones["100"].answers(after=3)
    client.place(dstNum="990104010")

    record = client.last_cdr()

    assert (record.vendor, record.src, record.dst, record.context) == ("voipsun", "100", "990104010", "firma")
    assert (record.disposition, record.duration, record.billsec) == (Disposition.ANSWERED, 17, 10)


@pytest.mark.cites("S2")
@pytest.mark.parametrize(
    ("number", "disposition"),
    [
        ("990203000", "BUSY"),
        pytest.param(
            "990300000", "NO ANSWER", marks=pytest.mark.not_at_asterisk("it takes half a minute of real time")
        ),
        ("990402000", "FAILED"),
    ],
)
def test_what_the_number_does_is_the_calls_outcome(client: Client, number: str, disposition: str) -> None:
    client.place(dstNum=number)

    assert client.last_cdr().disposition == disposition


@pytest.mark.not_at_asterisk("it takes half a minute of real time")
@pytest.mark.cites("S2")
def test_the_number_is_not_dialled_if_the_line_does_not_answer(client: Client) -> None:
    client.office.phones["100"].never_answers()
    call = client.place()

    record = client.last_cdr()

    assert record.disposition is Disposition.NO_ANSWER
    assert len(call.legs) == 1


@pytest.mark.not_at_asterisk("it takes four hours of real time")
@pytest.mark.cites("S5")
def test_custom_fields_are_kept_unchanged(client: Client) -> None:
    given = {"customCDR1": " 42 ", "customCDR2": "Žluťoučký kůň; '\"", "customCDR4": "customCDR1"}
    client.place(**given)

    assert client.last_cdr().custom == (" 42 ", "Žluťoučký kůň; '\"", "", "customCDR1")


@pytest.mark.cites("S6", "S7")
def test_the_line_sees_000_dialer_or_what_is_asked_for(client: Client) -> None:
    plain, asked = (
        client.place().legs[0],
        client.place(dialerCid="customCDR3", customCDR3="777", dialerName="CRM").legs[0],
    )

    assert (plain.shown_number, plain.shown_name) == ("000", "Dialer")
    assert (asked.shown_number, asked.shown_name) == ("777", "CRM")


@pytest.mark.cites("R12")
def test_an_indirection_that_leads_nowhere_is_hinted_at(client: Client) -> None:
    reply = client.ask("originate", srcExtenId="5", dstNum="800123456", dialerCid="customCDR1")

    assert (reply.body, reply.hints) == (SUCCESS, ("dialerCid takes the value of customCDR1, which is empty",))


@pytest.mark.cites("S9")
def test_the_number_sees_the_overriding_caller_id(client: Client) -> None:
    assert _seen(client.talk(overrideCallerId="299299999")) == "299299999"


@pytest.mark.cites("S9", "R15")
def test_without_it_the_number_sees_the_lines_own(client: Client) -> None:
    assert _seen(client.talk()) == "299299000"
    assert _seen(client.talk(srcExtenInternalNum="103")) == "103"


@pytest.mark.cites("R15")
def test_a_line_inside_sees_the_internal_number(client: Client) -> None:
    assert _seen(client.talk(dstNum="102")) == "100"
    assert _seen(client.talk(dstNum="299299555")) == "100"


@pytest.mark.cites("S8")
def test_where_the_recording_is_to_go_is_passed_on(client: Client) -> None:
    wish = {"monitorPath": "/var/rec", "monitorFilename": "a.wav", "monitorType": "mixmonitor"}
    reply = client.ask("originate", srcExtenInternalNum="102", dstNum="800123456", **wish)

    assert (reply.body, reply.hints) == (SUCCESS, ())
    assert client.call(reply).order.recording == RecordingWish("/var/rec", "a.wav", "mixmonitor", regardless=False)
    assert client.place(srcExtenInternalNum="102").order.recording is None


@pytest.mark.cites("S8")
def test_a_line_whose_recording_is_off_is_hinted_at(client: Client) -> None:
    reply = client.ask("originate", srcExtenInternalNum="100", dstNum="800123456", monitorFilename="a.wav")

    assert (reply.body, reply.hints) == (
        SUCCESS,
        ("recording is off for extension 100: the call is recorded only if the other party's extension records",),
    )


@pytest.mark.cites("S13", "R38")
def test_the_macro_is_noted_on_the_call(client: Client) -> None:
    assert client.place(macro="oznameni").order.macro == "oznameni"


@pytest.mark.not_at_asterisk("it takes a day of real time")
@pytest.mark.cites("S14")
def test_either_party_rings_as_long_as_is_asked(client: Client) -> None:
    client.office.phones["102"].never_answers()
    client.place(srcExtenInternalNum="102", srcRingTimeout="5")
    assert client.last_cdr().duration == 5

    client.place(dstNum="990300000", dstRingTimeout="86400")
    assert client.last_cdr().duration == 86_400


@pytest.mark.not_at_asterisk("it takes 23 s of real time")
@pytest.mark.cites("R23")
def test_else_as_long_as_is_set() -> None:
    client = Client(Settings(users=(USER,), src_ring_timeout=11, dst_ring_timeout=12))
    client.office.phones["102"].never_answers()

    client.place(srcExtenInternalNum="102")
    assert client.last_cdr().duration == 11
    client.place(dstNum="990300000")
    assert client.last_cdr().duration == 12


@pytest.mark.cites("R23")
def test_and_thirty_seconds_if_nothing_is_set(client: Client) -> None:
    order = client.place().order

    assert (order.first_timeout, order.second_timeout) == (seconds(30), seconds(30))


def test_a_line_that_cannot_be_rung_fails_but_the_request_succeeded(client: Client) -> None:
    client.place(srcExtenInternalNum="104")

    assert client.last_cdr().disposition is Disposition.FAILED
