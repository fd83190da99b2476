"""Calls with the telephone in the browser: it is rung, answers, dials, holds, presses keys; the PBX has it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.phone.desk import telephone
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.page.phone.desk import Office, Telephone

pytestmark = [*IN_BROWSER, pytest.mark.asterisk]


async def test_it_registers_as_its_line_and_is_gone_with_its_tab(office: Office, talking_browser: Browser) -> None:
    async with telephone(talking_browser) as phone:
        await phone.open(office, "sip101")
        registered = await office.phone("sip101")
        assert "transport=ws" in registered["registration"]["contact"].lower()
        assert await phone.page.get_by_label("Line").input_value() == "sip101"
        assert await phone.page.title() == "Telephone · pbxsim"
    await office.phone("sip101", registered=False)


async def test_a_vendors_request_rings_it_and_who_answers_talks_to_the_other_party(
    office: Office, phone: Telephone
) -> None:
    number = "1990101004"
    await office.originate(number, dialerCid="777123456", dialerName="Řehoř Čížek")
    rings = await phone.has("ringing")
    assert await rings.locator(".who").inner_text() == "Řehoř Čížek 777123456"
    assert await phone.page.title() == "Řehoř Čížek 777123456 · pbxsim"
    assert await phone.page.locator('[role="alert"]').text_content() == "Incoming call: Řehoř Čížek 777123456"
    await phone.does("answer")
    await phone.has("up")
    call = await office.call(number)
    assert [leg["line"] for leg in call["legs"]] == ["sip100", None]
    while (sound := await phone.sound())["heard"] < 50:
        assert await phone.call("up").count(), "it is over, and nothing was heard"
    assert sound["sent"] > 25
    assert sound["energy"] > 0, "the other party says hello world"
    ended = await phone.has("ended")
    assert "The call is over." in await ended.inner_text()
    record = await office.record(number)
    assert (record["disposition"], record["cause"], record["channel"][:11]) == ("ANSWERED", 16, "SIP/sip100-")


async def test_what_is_rejected_is_so_in_the_record(office: Office, phone: Telephone) -> None:
    await office.originate("2990101000")
    await phone.has("ringing")
    await phone.does("reject")
    await phone.has("ended")
    call = await office.call("2990101000", "ended")
    assert (call["disposition"], call["cause"]) == ("BUSY", 21)


async def test_a_caller_who_gives_up_rings_no_longer(office: Office, phone: Telephone) -> None:
    await office.originate("100", source="102")
    await phone.has("ringing")
    call = await office.call("102", "ringing")
    await phone.page.request.post(f"{office.url}/_pbxsim/calls/{call['id']}/hangup")
    ended = await phone.has("ended")
    assert "The caller has given up." in await ended.inner_text()
    assert await phone.page.evaluate("document.documentElement.dataset.sound") == ""


async def test_it_dials_a_colleague_and_hangs_up(office: Office, phone: Telephone) -> None:
    await phone.dials("(10) 3")
    alerting = await phone.has("alerting")
    assert await alerting.locator(".who").inner_text() == "103"
    assert await phone.page.evaluate("document.documentElement.dataset.sound") == "alerting"
    await phone.has("up")
    call = await office.call("103")
    assert (call["src"], [leg["line"] for leg in call["legs"]]) == ("100", ["sip100", "sip103"])
    await phone.does("hangup")
    await phone.has("ended")
    record = await office.record("103")
    assert (record["src"], record["disposition"], record["cause"]) == ("100", "ANSWERED", 16)


@pytest.mark.parametrize(
    ("number", "told"), [("990201000", "Busy."), ("990401000", "There is no such number."), ("990601000", "Rejected.")]
)
async def test_why_nobody_was_reached_is_told(phone: Telephone, number: str, told: str) -> None:
    await phone.dials(number)
    ended = await phone.has("ended")
    assert told in await ended.inner_text()


async def test_no_number_is_none_to_dial(phone: Telephone) -> None:
    for typed in ("", "abc", "<b>"):
        await phone.dials(typed)
        await phone.page.get_by_text("Type a number first").wait_for()
        assert await phone.page.evaluate("document.activeElement.id") == "number"
    assert await phone.page.locator(".call").count() == 0


async def test_hold_and_resume_are_seen_at_the_pbx(office: Office, phone: Telephone) -> None:
    await phone.dials("3990100000")
    await phone.has("up")
    await phone.does("hold")
    await phone.has("held")
    await office.phone("sip100", state="ONHOLD")
    await phone.does("resume")
    await phone.has("up")
    await office.phone("sip100", state="INUSE")
    await phone.does("hangup")
    await office.phone("sip100", state="NOT_INUSE")


async def test_keys_are_heard_by_the_pbx(office: Office, phone: Telephone) -> None:
    await phone.dials("4990100000")
    await phone.has("up")
    for key in ("4", "*", "2", "#"):
        await phone.page.get_by_role("button", name=key, exact=True).click()
    assert await phone.page.get_by_label("Number", exact=True).input_value() == "4990100000"
    while sum(event["event"] == "digit-pressed" for event in (await office.call("4990100000"))["timeline"]) < 4:
        await phone.page.evaluate("new Promise(requestAnimationFrame)")
    await phone.does("hangup")
    await phone.has("ended")
    call = await office.call("4990100000", "ended")
    journal = await (await phone.page.request.get(f"{office.url}/_pbxsim/journal?kind=digit-pressed")).json()
    assert [entry["data"]["digit"] for entry in journal if entry["call"] == call["id"]] == ["4", "*", "2", "#"]


async def test_a_second_call_waits_beside_the_first_and_answering_it_holds_that(
    office: Office, phone: Telephone
) -> None:
    await phone.dials("5990100000")
    await phone.has("up")
    await office.originate("100", source="102")
    await phone.has("ringing")
    assert await phone.page.evaluate("document.documentElement.dataset.sound") == "waiting"
    await phone.does("answer")
    held = await phone.has("held")
    assert await held.locator(".who").inner_text() == "5990100000"
    await phone.does("hangup", "up")
    await phone.does("resume")
    await phone.has("up")
    await phone.does("hangup", "up")


async def test_ten_calls_one_after_the_other_are_all_answered_and_all_recorded(
    office: Office, phone: Telephone
) -> None:
    for turn in range(10):
        number = f"6{turn}990100001"
        await office.originate(number)
        await phone.has("ringing")
        await phone.does("answer")
        record = await office.record(number)
        assert (record["disposition"], record["cause"]) == ("ANSWERED", 16)
        await phone.call("up").wait_for(state="detached")
