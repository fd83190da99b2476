"""Webhooks on the page: each try, the next one, and once more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.page.clients import originate
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from pbxsim.testing import Pbx, Receiver
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER


async def test_tries_and_the_next_one_are_seen_while_they_happen(pbx: Pbx, viewer: Viewer, receiver: Receiver) -> None:
    receiver.fail_next(2, status=503)
    page = await viewer.open(pbx, "webhooks")
    await page.get_by_text("No webhook yet.").wait_for()
    originate(pbx)
    pbx.advance(0)
    first = page.locator("tbody tr").filter(has=page.get_by_role("link", name="Open webhook 1", exact=True))
    await first.locator('.badge[data-state="pending"]').wait_for()
    due = pbx.ask("GET", "/webhooks")[0]["due"]
    await first.click()
    tries = page.locator(".tries tbody tr")
    await tries.first.wait_for()
    assert await tries.count() == 1
    assert await tries.first.locator(".badge").text_content() == "503"
    shown = await page.locator(".facts div").filter(has_text="Next try").locator("dd").text_content()
    assert shown is not None
    assert due[14:19] in shown
    pbx.advance(30)
    await page.locator('article .badge[data-state="delivered"]').wait_for()
    assert await tries.locator(".badge").all_text_contents() == ["503", "503", "200"]
    body = receiver.received[0].json
    sent = await page.locator("pre.sent").text_content()
    assert sent is not None
    assert json.loads(sent.split("\n\n", 1)[1]) == body


async def test_a_webhook_is_sent_again(pbx: Pbx, viewer: Viewer, receiver: Receiver) -> None:
    originate(pbx)
    pbx.advance(90)
    came = len(receiver.received)
    page = await viewer.open(pbx, "webhooks/1")
    await page.get_by_role("button", name="Send again").click()
    await page.get_by_text("Webhook 1 is sent again.").wait_for()
    pbx.advance(1)
    await page.locator(".tries tbody tr").nth(1).wait_for()
    assert len(receiver.received) == came + 1
    assert receiver.received[-1].body == receiver.received[0].body
    await page.locator(".facts div").filter(has_text="Sent again").wait_for()


async def test_webhooks_are_found_by_state(pbx: Pbx, viewer: Viewer, receiver: Receiver) -> None:
    originate(pbx)
    pbx.advance(90)
    receiver.fail_next(50)
    originate(pbx)
    pbx.advance(1)
    states = [webhook.state for webhook in pbx.webhooks]
    page = await viewer.open(pbx, "webhooks")
    for state in ("delivered", "pending"):
        await page.get_by_label("Show").select_option(state)
        await page.locator("tbody tr").nth(states.count(state) - 1).wait_for()
        await page.locator("tbody tr").nth(states.count(state)).wait_for(state="detached")
        await page.locator(f'tbody .badge:not([data-state="{state}"])').first.wait_for(state="detached")
