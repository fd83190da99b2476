"""A call from beginning to end by the page alone, as somebody shows it to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from playwright.async_api import Page

    from pbxsim.testing import Pbx, Receiver
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER


async def go(page: Page, tab: str) -> None:
    await page.get_by_role("navigation").get_by_role("link", name=tab, exact=True).click()


async def test_a_call_is_placed_answered_heard_of_hung_up_and_recorded(
    pbx: Pbx, viewer: Viewer, receiver: Receiver
) -> None:
    for user in ("sip100", "sip101"):
        pbx.phones[user].never_answers()  # a hand at the page does
    page = await viewer.open(pbx, "try/voipsun/originate")
    await page.get_by_label("dstNum").fill("101")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_text('{"success":"true"}').first.wait_for()

    await go(page, "Telephones")
    for user in ("sip100", "sip101"):
        ringing = page.locator(f'li[data-user="{user}"][data-state="RINGING"]')
        await ringing.locator('button[data-verb="answer"]').click()
        await page.locator(f'li[data-user="{user}"][data-state="INUSE"]').wait_for()

    await go(page, "Calls")
    await page.get_by_role("link", name="Open call 1").click()
    ladder = page.locator("svg.ladder-rows")
    await ladder.get_by_text("GET /api/api.php").wait_for()
    await ladder.get_by_text("connected", exact=True).wait_for()
    await page.locator(".why .answer").get_by_text("the parties talk").wait_for()
    await page.get_by_role("button", name="+10 s").click()
    await page.locator('header .now[datetime*=":10."]').wait_for()

    await go(page, "Telephones")
    await page.locator('li[data-user="sip101"] button[data-verb="hangup"]').click()
    await page.locator('li[data-user="sip100"][data-state="NOT_INUSE"]').wait_for()

    await go(page, "Calls")
    await page.get_by_role("link", name="Open call 1").click()
    await ladder.get_by_text("CDR 1: ANSWERED, 10 s").wait_for()
    await page.get_by_text("both parties were connected, and talked for 10 s").wait_for()
    await page.get_by_role("button", name="+10 s").click()
    await ladder.get_by_text("Cdr: 200").wait_for()

    await go(page, "Webhooks")
    row = page.locator("tbody tr").filter(has_text="Cdr")
    await row.locator('.badge[data-state="delivered"]').wait_for()
    assert receiver.received[-1].json["event_name"] == "Cdr"

    (cdr,) = pbx.cdrs
    assert (cdr.src, cdr.dst, cdr.disposition, cdr.billsec) == ("000", "101", "ANSWERED", 10)
    views = await page.get_by_role("navigation").get_by_role("link").all()
    await views[-1].click()
    await page.locator("main tbody tr").filter(has_text="ANSWERED").wait_for()
