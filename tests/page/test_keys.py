"""The page by keyboard alone: short cuts, the list of them, and the switch that turns them off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.page.clients import originate
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from playwright.async_api import Page

    from pbxsim.testing import Pbx
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER


async def opened(viewer: Viewer, pbx: Pbx, path: str = "") -> Page:
    """Open the page, and wait until it listens to keys."""
    page = await viewer.open(pbx, path)
    await page.locator("button.keys").wait_for()
    return page


async def test_each_view_has_a_number(pbx: Pbx, viewer: Viewer) -> None:
    page = await opened(viewer, pbx)
    views = ("telephones", "calls", "requests", "webhooks", "wallboard", "try", "cdrs")
    for number, view in enumerate(views, start=1):
        await page.keyboard.press(str(number))
        await page.locator(f".view.{view}").wait_for()
        assert page.url.endswith(f"#/{view}")


async def test_rows_are_gone_through_opened_and_closed(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    originate(pbx)
    page = await opened(viewer, pbx, "calls")
    await page.locator("tbody tr").nth(1).wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Call 1").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_role("heading", name="Call 1").wait_for(state="detached")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name=re.compile("Call [12]")).wait_for()


async def test_the_clock_is_moved_and_held(pbx: Pbx, viewer: Viewer) -> None:
    page = await opened(viewer, pbx)
    await page.keyboard.press("+")
    await page.locator('time[datetime*="00:00:10"]').wait_for()
    await page.keyboard.press("m")
    await page.locator('time[datetime*="00:01:10"]').wait_for()
    await page.keyboard.press("p")
    await page.locator('[data-rate="1"][aria-pressed="true"]').wait_for()
    await page.keyboard.press("p")
    await page.locator('[data-rate="0"][aria-pressed="true"]').wait_for()


async def test_what_is_typed_into_a_field_is_no_short_cut(pbx: Pbx, viewer: Viewer) -> None:
    page = await opened(viewer, pbx, "calls")
    await page.keyboard.press("/")
    await page.keyboard.type("1+2 mp?")
    assert await page.locator('input[type="search"]').input_value() == "1+2 mp?"
    assert page.url.endswith("#/calls")
    assert await page.locator("dialog").count() == 0
    await page.keyboard.press("Escape")
    await page.keyboard.press("5")
    await page.locator(".view.wallboard").wait_for()


async def test_short_cuts_are_listed_and_can_be_turned_off(pbx: Pbx, viewer: Viewer) -> None:
    page = await opened(viewer, pbx, "calls")
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    await dialog.get_by_text("Go to: Wallboard").wait_for()
    await dialog.get_by_label("Short cuts are on").uncheck()
    await page.keyboard.press("Escape")
    await dialog.wait_for(state="detached")
    await page.keyboard.press("5")
    await page.reload()
    await viewer.is_live()
    await page.locator("button.keys").click()
    await dialog.get_by_label("Short cuts are on").check()
    await dialog.get_by_role("button", name="Close").click()
    assert page.url.endswith("#/calls")
    await page.keyboard.press("5")
    await page.locator(".view.wallboard").wait_for()
