"""Telephones on the page: lamps, small telephones to use, calls handed on by the mouse and from the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

    from pbxsim.testing import Pbx
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER

CALLER, TO = "608000111", "222333444"


def lamp(page: Page, user: str, state: str = "") -> Locator:
    """Find a telephone's lamp, in a state."""
    return page.locator(f'li[data-user="{user}"]' + (f'[data-state="{state}"]' if state else "")).locator(".lamp")


async def in_talk(page: Page, pbx: Pbx) -> None:
    """Have somebody call telephone 100, whose person answers at the page."""
    pbx.incoming(CALLER, TO)
    await page.locator('li[data-user="sip100"] button[data-verb="answer"]').click()
    await lamp(page, "sip100", "INUSE").get_by_text(f"with {CALLER}").wait_for()


async def test_a_lamp_shows_a_call_ring_be_answered_and_end(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones")
    await lamp(page, "sip100", "NOT_INUSE").get_by_text("Ida Žáková").wait_for()
    await in_talk(page, pbx)
    assert pbx.calls[0].state == "up"
    await page.locator('li[data-user="sip100"] button[data-verb="hangup"]').click()
    await lamp(page, "sip100", "NOT_INUSE").wait_for()
    assert pbx.calls[0].state == "ended"


async def test_a_call_is_dragged_from_one_telephone_to_another(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones")
    await in_talk(page, pbx)
    await page.drag_and_drop('li[data-user="sip100"]', 'li[data-user="sip102"]')
    await lamp(page, "sip102", "RINGING").get_by_text(f"with {CALLER}").wait_for()
    await lamp(page, "sip100", "NOT_INUSE").wait_for()
    assert pbx.calls[0].state == "ringing"


async def test_a_call_is_handed_on_from_the_keyboard_alone(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones")
    pbx.incoming(CALLER, TO)
    await lamp(page, "sip100", "RINGING").focus()
    await page.keyboard.press("a")
    await lamp(page, "sip100", "INUSE").wait_for()
    await page.keyboard.press("t")
    await page.get_by_text("100 Ida Žáková: choose the telephone").first.wait_for()
    await page.keyboard.press("Escape")
    await page.locator(".carrying").wait_for(state="hidden")
    await page.keyboard.press("t")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await lamp(page, "sip102", "RINGING").wait_for()
    assert await page.evaluate("document.activeElement.closest('li').dataset.user") == "sip102"
    await page.keyboard.press("r")
    await lamp(page, "sip102", "NOT_INUSE").wait_for()


async def test_from_right_to_left_the_arrows_go_the_way_they_point(pbx: Pbx, browser: Browser) -> None:
    async with viewing(browser, locale="fa-IR") as viewer:
        page = await viewer.open(pbx, "telephones")
        await lamp(page, "sip100").focus()
        await page.keyboard.press("ArrowLeft")
        assert await page.evaluate("document.activeElement.closest('li').dataset.user") == "sip101"
        await page.keyboard.press("ArrowRight")
        assert await page.evaluate("document.activeElement.closest('li').dataset.user") == "sip100"


async def test_a_telephone_at_rest_that_is_dragged_dials(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones")
    await page.drag_and_drop('li[data-user="sip102"]', 'li[data-user="sip101"]')
    await lamp(page, "sip101", "RINGING").get_by_text("with 102 <script>alert(1)</script>").wait_for()
    assert (pbx.calls[0].src, pbx.calls[0].dst) == ("102", "101")


async def test_a_small_telephone_dials_holds_asks_and_connects(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones")
    await lamp(page, "sip100").click()
    phone = page.locator(".telephone")
    for key in "101":
        await phone.get_by_role("button", name=key, exact=True).click()
    await phone.get_by_role("button", name="Dial", exact=True).click()
    await lamp(page, "sip101", "RINGING").wait_for()
    pbx.phones["sip101"].answer()
    await phone.get_by_text("talking · 101 Jan").wait_for()
    await phone.get_by_role("button", name="Hold").click()
    await phone.get_by_text("on hold · 101 Jan").wait_for()
    await phone.get_by_role("button", name="Resume").click()
    await phone.get_by_text("talking · 101 Jan").wait_for()
    await phone.get_by_label("Number").fill("102")
    await phone.get_by_role("button", name="Ask first").click()
    await lamp(page, "sip102", "RINGING").wait_for()
    pbx.phones["sip102"].answer()
    await phone.get_by_role("button", name="Connect the two").click()
    await lamp(page, "sip100", "NOT_INUSE").wait_for()
    await lamp(page, "sip101", "INUSE").get_by_text("with 102").wait_for()


async def test_it_is_set_not_to_be_disturbed_to_divert_and_how_it_meets_calls(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones/sip100")
    phone = page.locator(".telephone")
    await phone.get_by_role("button", name="Do not disturb").click()
    await lamp(page, "sip100").get_by_text("Do not disturb").wait_for()
    await phone.get_by_role("button", name="Do not disturb").click()
    await lamp(page, "sip100").get_by_text("Do not disturb").wait_for(state="detached")
    await phone.locator("summary", has_text="Divert").click()
    await phone.locator(".divert").get_by_label("To").fill("102")
    await phone.locator(".divert").get_by_role("button", name="Divert").click()
    await phone.get_by_text("always: 102").wait_for()
    await lamp(page, "sip100").get_by_text("diverted").wait_for()
    await phone.locator(".divert").get_by_role("button", name="Off").click()
    await phone.get_by_text("Calls are not diverted.").wait_for()
    await phone.locator("summary", has_text="How it meets calls").click()
    await phone.locator(".behaviour select").select_option("busy")
    await phone.get_by_role("button", name="From now on").click()
    await page.get_by_text("100 Ida Žáková: How it meets calls").wait_for()
    pbx.incoming(CALLER, TO)
    pbx.advance(60)
    assert pbx.cdrs[-1].disposition == "BUSY"


async def test_registrations_are_shown_and_ended(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones/sip100")
    phone = page.locator(".telephone")
    await phone.locator("summary", has_text="Registration").click()
    await phone.get_by_text("This telephone is acted by its engine").wait_for()
    await phone.get_by_role("button", name="Unregister").click()
    await lamp(page, "sip100", "UNAVAILABLE").wait_for()
    await page.get_by_label("Which").select_option("unregistered")
    await page.get_by_text("1 of 3").wait_for()
    await phone.get_by_role("button", name="Register", exact=True).click()
    await page.get_by_text("No telephone is like that.").wait_for()


async def test_somebody_calls_and_what_cannot_be_called_is_told_in_the_dialog(pbx: Pbx, browser: Browser) -> None:
    async with viewing(browser, expects=("422 (Unprocessable",)) as viewer:
        page = await viewer.open(pbx, "telephones")
        await page.get_by_role("button", name="Incoming call").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("To").fill("12345")
        await page.keyboard.press("Enter")
        await dialog.get_by_text("to: 12345 is no public number of this PBX").wait_for()
        await dialog.get_by_label("Calls").select_option("queue")
        await dialog.get_by_label("To").fill("sales")
        await dialog.get_by_label("Name shown").fill("<b>Bold</b>")
        await dialog.get_by_role("button", name="Call").click()
        await dialog.wait_for(state="detached")
        await lamp(page, "sip101", "RINGING").get_by_text("with 777123456").wait_for()
        assert pbx.calls[0].dst == "sales"


async def test_telephones_are_found_by_number_name_and_agent(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones")
    for wanted, user in (("žák", "sip100"), ("222333446", "sip102"), ("sip101", "sip101"), ("eva", "sip101")):
        await page.get_by_label("Find a telephone").fill(wanted)
        await page.get_by_text("1 of 3").wait_for()
        await lamp(page, user).wait_for()


async def test_who_answers_from_the_keyboard_hangs_up_from_where_they_are(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "telephones/sip100")
    small = page.locator("article.telephone")
    for buttons in (small, page.locator('li[data-user="sip100"]')):
        pbx.incoming(CALLER, TO)
        await buttons.locator('[data-verb="answer"]:enabled').focus()
        await page.keyboard.press("Enter")
        await lamp(page, "sip100", "INUSE").wait_for()
        await buttons.locator('[data-verb="hangup"]:focus').wait_for()
        await page.keyboard.press("Enter")
        await lamp(page, "sip100", "NOT_INUSE").wait_for()
        await buttons.locator(":focus").wait_for()
