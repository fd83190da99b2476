"""Records on the page with what belongs to them: filter and CSV, credit and ledger, faults, forced replies, export."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.page.clients import charged_call, get, originate
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from playwright.async_api import Download, Page

    from pbxsim.testing import Pbx
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER


async def saved(download: Download) -> str:
    """Give what was saved."""
    return (await asyncio.to_thread((await download.path()).read_bytes)).decode()


async def save(page: Page, button: str) -> str:
    """Press a button that saves a file, and give what is in it."""
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name=button).click()
    return await saved(await waiting.value)


async def test_records_come_as_calls_end_and_a_filter_and_its_csv_are_of_the_same(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "cdrs")
    await page.get_by_text("No record.").wait_for()
    originate(pbx, customCDR1="order-1")
    originate(pbx, "990203020", customCDR1="order-2")
    pbx.advance(120)
    await page.get_by_text("Records: 2").wait_for()
    await page.get_by_label("Outcome").select_option("BUSY")
    await page.get_by_text("Records: 1").wait_for()
    await page.locator(".records tbody").get_by_text("order-2").wait_for()
    originate(pbx, "990203020", customCDR1="order-3")
    pbx.advance(120)
    await page.get_by_text("Records: 2").wait_for()
    await page.locator(".records tbody").get_by_text("order-3").wait_for()
    csv = await save(page, "Save as CSV")
    assert len(csv.splitlines()) == 3
    assert "order-2" in csv
    await page.get_by_label("Outcome").select_option("")
    await page.get_by_label("From number").fill("nobody")
    await page.get_by_text("No record.").wait_for()
    await page.get_by_label("From number").fill("")
    await page.locator(".records tbody").locator("tr").filter(has_text="order-1").get_by_role("link").click()
    await page.get_by_role("heading", name="Call 1").wait_for()


async def test_credit_is_charged_paid_in_and_told_in_the_ledger(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "cdrs")
    account = page.get_by_role("row", name="shop")
    await account.get_by_text("100.00 CZK").wait_for()
    charged_call(pbx)
    pbx.advance(120)
    await account.get_by_text("99.").wait_for()
    await account.get_by_role("button", name="Ledger").click()
    ledger = page.locator(".ledger tbody")
    await ledger.get_by_text("charge").first.wait_for()
    await account.get_by_role("button", name="Pay in").click()
    await page.get_by_label("Amount; a negative one takes away").fill("25.50")
    await page.get_by_role("dialog").get_by_role("button", name="Pay in").click()
    await ledger.get_by_text("top_up").wait_for()
    await ledger.get_by_text("25.50").wait_for()


async def test_a_fault_is_set_strikes_and_is_taken_away(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "cdrs")
    await page.get_by_role("combobox", name="Fault").select_option("status")
    await page.get_by_label("HTTP status").fill("502")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_text("struck 0 of 0").wait_for()
    originate(pbx)
    await page.get_by_text("struck 1 of 1").wait_for()
    assert [fault["status"] for fault in pbx.ask("GET", "/faults")] == [502]
    await page.get_by_role("combobox", name="Fault").select_option("reset")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_role("button", name="Remove status").click()
    await page.get_by_role("button", name="Remove reset").and_(page.locator(":focus")).wait_for()
    assert [fault["fault"] for fault in pbx.ask("GET", "/faults")] == ["reset"]
    await page.get_by_role("button", name="Remove all").first.click()
    await page.get_by_text("struck 0 of 0").wait_for(state="detached")
    assert pbx.ask("GET", "/faults") == []


async def test_a_forced_reply_is_given_once_and_a_wrong_one_is_said_to_be(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "cdrs")
    viewer.expects = ("422",)
    await page.get_by_label("Error (code or name)").fill("no such error")
    await page.get_by_role("button", name="Force", exact=True).click()
    await page.locator("#said .problem").wait_for()
    await page.get_by_label("Error (code or name)").fill("220")
    await page.get_by_role("button", name="Force", exact=True).click()
    await page.get_by_text("voipsun 220").wait_for()
    assert '"errno":"220"' in originate(pbx)
    assert "errno" not in originate(pbx)


async def test_the_session_is_had_as_a_test_and_as_command_lines(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "cdrs")
    originate(pbx)
    get(pbx, "/api/api.php", {"action": "listcalls"})
    assert "def test_" in await save(page, "As a test (pytest)")
    assert "curl" in await save(page, "As command lines (curl)")


async def test_a_ledger_that_is_long_shows_its_newest_entries(pbx: Pbx, viewer: Viewer) -> None:
    for number in range(1, 1002):
        pbx.ask("POST", "/accounts/shop/credit", {"amount": f"0.{number:06}"})
    page = await viewer.open(pbx, "cdrs")
    await page.get_by_role("row", name="shop").get_by_role("button", name="Ledger").click()
    newest = page.locator(".ledger tbody tr").first
    assert "0.001001" in str(await newest.text_content())


async def test_lists_say_where_they_are_only_the_newest(pbx: Pbx, viewer: Viewer) -> None:
    told = "Only the newest 200 are shown and searched."
    for _ in range(200):
        pbx.incoming("608000111", "222333444")
        pbx.advance(120)
    page = await viewer.open(pbx, "calls")
    await page.locator("tbody tr").nth(99).wait_for()
    assert not await page.get_by_text(told).is_visible()
    pbx.incoming("608000111", "222333444")
    pbx.advance(120)
    await page.reload()
    await page.get_by_text(told).wait_for()
    await page.evaluate("location.hash = '#/cdrs'")
    await page.get_by_text(told).wait_for()
    await page.get_by_label("From number").fill("608000111")
    await page.get_by_text("Records: 201").wait_for()
