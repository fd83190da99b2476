"""A PBX as a test steers it: time, telephones, calls, records; and what is said where something is not there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.hosting.request_log import RequestShown
from pbxsim.sinks.cdr_export import CdrShown
from pbxsim.testing import (
    AsyncPbx,
    Call,
    Cdr,
    ControlRefused,
    Pbx,
    PbxServer,
    SentRequest,
    ServerGone,
    Webhook,
    control,
)
from pbxsim.testing.records import Leg, Message, Moment, PhoneState, Try
from pbxsim.web.control import call_document, phones, voicemail, webhooks
from tests.testing.conftest import originate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pbxsim.testing import Phone


SHOP = """
name: shop
dids: [{number: "299000000", menu: hall}]
contexts: [{name: default, dialplan: default, entries: {"700": {menu: hall}}}]
menus: [{name: hall, digits: {"1": {extension: "100"}, "2": {hangup: 16}}}]
extensions: [{internal: "100"}, {internal: "101"}]
"""


def test_a_call_of_the_client_ends_in_one_record_that_is_found_by_its_fields(one: PbxServer) -> None:
    originate(one, customCDR1="order-1")
    originate(one, customCDR1="order-2")
    assert one.advance(60) == one.now == "2026-01-01T00:01:00.000000Z"
    record = one.cdr(custom1="order-1")
    assert (record.disposition, record.billsec, record.custom1) == ("ANSWERED", 33, "order-1")
    assert record in one.cdrs
    with pytest.raises(AssertionError, match=r"2 records with start='2026-01-01T00:00:00Z'; there are:\n"):
        one.cdr(start=record.start)


def test_time_goes_to_a_moment_to_the_next_event_and_until_nothing_is_left(one: PbxServer) -> None:
    originate(one)
    assert one.run_next()
    assert one.now == "2026-01-01T00:00:03.000000Z"
    assert one.advance_to("2026-01-01T00:00:04") == "2026-01-01T00:00:04.000000Z"
    assert one.run_until_idle()
    assert not one.run_next()
    assert one.advance_to(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000000Z"
    with pytest.raises(ControlRefused, match="cannot go back to 2026-01-01"):
        one.advance_to("2026-01-01")


MEETS: dict[str, tuple[Callable[[Phone], None], str, int]] = {
    "answers": (lambda phone: phone.answers(after=2, talks=4), "ANSWERED", 16),
    "never answers": (lambda phone: phone.never_answers(), "NO ANSWER", 19),
    "is busy": (lambda phone: phone.busy(), "BUSY", 17),
    "rejects": (lambda phone: phone.rejects(after=1), "BUSY", 21),
    "fails": (lambda phone: phone.fails(cause=34), "FAILED", 34),
    "drops": (lambda phone: phone.drops(talks=2), "ANSWERED", 38),
}


@pytest.mark.parametrize("how", MEETS)
def test_a_telephone_meets_calls_as_it_is_told(one: PbxServer, how: str) -> None:
    tell, disposition, cause = MEETS[how]
    tell(one.phones["sip100"])
    one.incoming("777123456", "299299000")
    assert one.run_until_idle()
    assert (one.cdrs[-1].disposition, one.cdrs[-1].cause) == (disposition, cause)
    one.phone("100").behaves_as_configured()
    one.incoming("777123456", "299299000")
    assert one.run_until_idle()
    assert one.cdrs[-1].disposition == "ANSWERED"


def test_a_hand_on_a_telephone_answers_holds_transfers_and_hangs_up(one: PbxServer) -> None:
    phone = one.phone("100")
    phone.never_answers()
    call = one.incoming("777123456", "299299000")
    assert (call.state, phone.state.device_state) == ("ringing", "RINGING")
    phone.answer()
    phone.hold()
    assert phone.state.device_state == "ONHOLD"
    phone.unhold()
    phone.consult("102")
    one.phone("102").answer()
    phone.complete()
    assert one.call(call.id).state == "up"
    one.phone("102").hangup()
    assert one.call(call.id).disposition == "ANSWERED"
    with pytest.raises(ControlRefused) as refused:
        phone.hangup()
    assert (refused.value.status, "sip100" in refused.value.detail) == (409, True)


def test_buttons_and_plugs_of_a_telephone(one: PbxServer) -> None:
    phone = one.phones["sip100"]
    phone.do_not_disturb()
    assert one.phones.states["100"].do_not_disturb
    phone.do_not_disturb(on=False)
    phone.diverts("102")
    phone.diverts(None)
    phone.unregister()
    assert not phone.state.registered
    phone.register()
    phone.dial("102")
    assert [leg.line for leg in one.calls[-1].legs] == ["sip100", "sip102"]
    one.hang_up(one.calls[-1])
    assert one.calls[-1].state == "ended"


def test_callers_and_hands_press_digits_in_a_menu(one: PbxServer) -> None:
    shop = one.host(SHOP)
    try:
        shop.incoming("777123456", "299000000", presses=[{"after": 3, "digits": "1"}])
        shop.phone("101").dial("700")
        shop.phone("101").press("2")
        shop.advance(3)
        assert [[leg.number for leg in call.legs] for call in shop.calls] == [["777123456", "100"], ["101"]]
        told = [(each.event, each.menu, each.digit) for each in shop.calls[0].timeline if each.menu or each.digit]
        assert told == [("menu-entered", "hall", None), ("digit-pressed", None, "1")]
        assert shop.calls[1].state == "ended"
        with pytest.raises(ControlRefused, match="no channel of 101 is up"):
            shop.phone("101").press("1")
    finally:
        shop.remove()


def test_telephones_are_listed_by_sip_user_and_known_by_number(one: PbxServer) -> None:
    assert {"sip100", "sip102"} <= set(one.phones)
    assert len(one.phones) == len(list(one.phones))
    assert "100" in one.phones
    assert "nobody" not in one.phones
    with pytest.raises(ControlRefused, match="no telephone"):
        one.phone("nobody").busy()


def test_requests_tell_what_the_client_sent_and_probably_meant(one: PbxServer) -> None:
    originate(one, CustomCDR1="order-1")
    (request,) = one.requests
    assert (request.params["CustomCDR1"], request.params["password"]) == ("order-1", "***")
    assert "customCDR1" in request.hints[0]


def test_queues_agents_and_the_journal_are_there(one: PbxServer) -> None:
    assert "FrontaIT" in [queue["name"] for queue in one.queues]
    assert one.agents[0]["number"] == "1000"
    originate(one)
    before = one.journal()
    assert b'"kind":"request"' in before
    one.reset()
    originate(one)
    assert one.journal() == before


def test_another_seed_and_another_rate(one: PbxServer) -> None:
    one.reset(seed=5)
    one.set_rate(2)
    assert one.ask("GET", "/clock")["rate"] == 2
    one.set_rate(0)


def test_what_is_expected_is_counted_or_told_with_what_came_nearest(one: PbxServer) -> None:
    with pytest.raises(AssertionError, match="nothing was seen"):
        one.verify(params={"dstNum": "800123456"})
    originate(one, customCDR1="order-1")
    assert one.verify(params={"dstNum": "800123456"}) == 1
    assert one.verify(vendor="vum", never=True) == 0
    assert one.wait_for("calls", state="ringing", timeout=60) == 1
    one.advance(60)
    assert one.wait_for("cdrs", custom1="order-1", exactly=1) == 1
    assert one.wait_for("requests", in_order=[{"vendor": "voipsun"}], while_held=True) == 1
    with pytest.raises(AssertionError) as missed:
        one.verify(params={"dstNum": "800123457"}, at_least=2)
    told = str(missed.value)
    assert told.startswith('expected requests with params {"dstNum":"800123457"}: at least 2; none did fit')
    assert "  params.dstNum: '800123456', not '800123457'" in told


async def test_coroutines_do_the_same(one: PbxServer) -> None:
    pbx = AsyncPbx(one)
    call = await pbx.incoming("777123456", "299299000")
    assert await pbx.run_next()
    await pbx.advance(1)
    assert (await pbx.call(call.id)).state == "up"
    await pbx.hang_up(call)
    assert await pbx.run_until_idle()
    assert [each.state for each in await pbx.calls()] == ["ended"]
    assert (await pbx.cdr(src="777123456")) in await pbx.cdrs()
    assert (await pbx.webhooks(), await pbx.requests()) == ([], [])
    assert await pbx.advance_to("2026-01-03") == await pbx.now()
    assert await pbx.wait_for("cdrs", src="777123456") == 1
    assert await pbx.verify(never=True) == 0
    await pbx.set_rate(0)
    pbx.phone("100").busy()
    pbx.phones["100"].behaves_as_configured()
    assert (await pbx.ask("GET", "/clock"))["rate"] == 0
    await pbx.reset()
    assert await pbx.calls() == []


def test_a_long_list_comes_whole(one: PbxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(one.phones)
    monkeypatch.setattr(control, "_PAGE", 3)
    assert len(whole) > 3
    assert list(one.phones) == whole


def test_nobody_there_and_no_such_pbx_are_told() -> None:
    with pytest.raises(ServerGone, match="9/_pbxsim/reset"):
        Pbx("http://127.0.0.1:9").reset()


def test_a_pbx_that_is_not_there_is_told_with_those_that_are(one: PbxServer) -> None:
    with pytest.raises(ControlRefused, match="there are: documented"):
        one.pbx("shop").reset()
    assert one.pbx("documented").now == one.now


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Call, call_document.CallShown),
        (Leg, call_document.LegShown),
        (Moment, call_document.Moment),
        (Cdr, CdrShown),
        (Webhook, webhooks.WebhookShown),
        (Try, webhooks.TryShown),
        (Message, voicemail.MessageShown),
        (SentRequest, RequestShown),
        (PhoneState, phones.PhoneShown),
    ],
)
def test_what_a_test_sees_is_what_the_control_api_tells(
    ours: type[msgspec.Struct], theirs: type[msgspec.Struct]
) -> None:
    told = {field.encode_name for field in msgspec.structs.fields(theirs)}
    assert {field.encode_name for field in msgspec.structs.fields(ours)} <= told


def test_a_client_gets_the_vendors_errors_as_often_as_it_is_told(one: PbxServer) -> None:
    one.force_reply(220, action="originate", times=2)
    replies = [originate(one) for _ in range(3)]
    error = b'{"success":"false","errno":"220","reason":"SIP channel is unreacheable"}'
    assert replies == [error, error, b'{"success":"true"}']
    assert [request.injected for request in one.requests] == ["forced reply 1: 220"] * 2 + [None]
    one.force_reply("credit", vendor="vum", times=None)
    one.release_replies()
    with pytest.raises(ControlRefused, match="say which, for there is an error 'credit' of"):
        one.force_reply("credit")


async def test_coroutines_force_replies_too() -> None:
    async with PbxServer() as pbx:
        await pbx.force_reply(100, params={"dstNum": "800123456"})
        assert b'"errno":"100"' in await asyncio.to_thread(originate, pbx.pbx)
        await pbx.force_reply(100, times=None)
        await pbx.release_replies()
        assert await asyncio.to_thread(originate, pbx.pbx) == b'{"success":"true"}'


NIGHT = """\
name: office
mailboxes: [{number: "100", greeting: 2}]
hours: [{name: office, times: ["*"], open: {play: 5}, closed: {voicemail: "100"}}]
dids: [{number: "222000000", hours: office}]
"""


def test_hours_are_switched_and_a_message_is_left_and_heard(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").write_text(NIGHT, encoding="utf-8")
    with PbxServer(tmp_path / "office.yaml") as pbx:
        pbx.switch_hours("office", "closed")
        call = pbx.incoming("605000001", "222000000")
        pbx.advance(12)
        pbx.hang_up(call)
        (message,) = pbx.messages
        assert (message.mailbox, message.caller, message.seconds, message.heard) == ("100", "605000001", 10, False)
        assert pbx.message(message) == pbx.message(1)
        assert len(pbx.message(1)) == 44 + 10 * 16_000
        assert [moment.detail for moment in pbx.call(call.id).timeline if moment.detail] == [
            "office: closed",
            "10 s in 100@default",
        ]
