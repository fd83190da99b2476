"""The page's head: which PBX, its clock and the buttons that move it, a token that is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pbxsim.testing import PbxServer
from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from pbxsim.testing import Pbx
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER


async def test_a_held_clock_is_moved_by_its_buttons(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx)
    now = page.locator("header .now")
    began = await now.get_attribute("datetime")
    assert began is not None
    at = began[:17]
    await page.get_by_role("button", name="+10 s").click()
    await page.locator(f'header .now[datetime^="{at}10."]').wait_for()
    await page.get_by_role("button", name="+1 min").click()
    await page.locator('header .now[datetime*=":01:10."]').wait_for()
    pbx.incoming("608000111", "222333444")
    await page.locator("header .next", has_text="next at").wait_for()
    await page.get_by_role("button", name="Next event").click()
    await page.locator('li[data-user="sip100"][data-state="INUSE"]').wait_for()
    await page.get_by_role("button", name="Until idle").click()
    await page.get_by_text("Nothing is left to do.").wait_for()
    assert len(pbx.cdrs) == 1
    assert pbx.calls[0].state == "ended"


async def test_the_clock_runs_at_the_rate_that_is_chosen_and_is_held_again(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx)
    await page.get_by_role("button", name="×60").click()
    await page.locator('button[data-rate="60"][aria-pressed="true"]').wait_for()
    before = await page.locator("header .now").inner_text()
    await page.wait_for_function("(before) => document.querySelector('header .now').textContent !== before", arg=before)
    await page.get_by_role("button", name="Pause").click()
    await page.locator('button[data-rate="0"][aria-pressed="true"]').wait_for()
    assert pbx.ask("GET", "/clock")["rate"] == 0


async def test_a_reset_is_asked_about_first(pbx: Pbx, viewer: Viewer) -> None:
    pbx.incoming("608000111", "222333444")
    page = await viewer.open(pbx, "telephones")
    await page.locator('li[data-user="sip100"][data-state="RINGING"]').wait_for()
    await page.get_by_role("button", name="Reset").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert len(pbx.calls) == 1
    await page.get_by_role("button", name="Reset").click()
    await page.get_by_role("dialog").get_by_role("button", name="Reset").click()
    await page.locator('li[data-user="sip100"][data-state="NOT_INUSE"]').wait_for()
    assert len(pbx.calls) == 0


async def test_colours_and_language_are_remembered(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx)
    await page.get_by_label("Colours").select_option("dark")
    await page.get_by_label("Language").select_option("fa")
    await page.locator('html[lang="fa"][dir="rtl"][data-theme="dark"]').wait_for()
    await page.reload()
    await page.locator('html[lang="fa"][dir="rtl"][data-theme="dark"]').wait_for()
    await viewer.is_live()


async def test_another_pbx_of_the_server_is_looked_at_and_is_in_the_address(browser: Browser) -> None:
    with PbxServer("documented", "call-centre", process=True) as pbx:
        async with viewing(browser) as viewer:
            page = await viewer.open(pbx)
            await page.locator('li[data-user="sip100"]').wait_for()
            await page.get_by_label("PBX", exact=True).select_option("call-centre")
            await page.get_by_text("60 of 60").wait_for()
            assert "pbx=call-centre" in page.url
            await page.reload()
            await page.get_by_text("60 of 60").wait_for()
            await page.locator('option[value="call-centre"]:checked').wait_for(state="attached")


@pytest.mark.parametrize("path", ["telephones", "calls/1"])
async def test_a_control_token_is_asked_for_and_forgotten_with_the_tab(browser: Browser, path: str) -> None:
    with PbxServer("documented", process=True, token="t0ken") as pbx:
        async with viewing(browser, expects=("401 (Unauthorized)", "404 (Not Found)")) as viewer:
            page = viewer.page
            await page.goto(f"{pbx.url}/#/{path}")
            for token in ("wrong", "t0ken"):
                await page.locator("input[type=password]").fill(token)
                await page.keyboard.press("Enter")
                if token == "wrong":
                    await page.get_by_text("That was not this server's token.").wait_for()
            await viewer.is_live()
            await page.reload()
            await viewer.is_live()
            assert "t0ken" not in page.url + json.dumps(await page.evaluate("({...localStorage})"))


SEEN = """(isHidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


async def test_a_tab_that_nobody_sees_lets_go_of_its_connection_and_goes_on_when_it_is_seen(
    pbx: Pbx, viewer: Viewer
) -> None:
    await viewer.page.clock.install()
    page = await viewer.open(pbx, "telephones")
    await page.evaluate(SEEN, True)
    await page.clock.fast_forward(21_000)
    await page.locator('header .state[data-state="resting"]').wait_for()
    pbx.incoming("608000111", "222333444")
    await page.evaluate(SEEN, False)
    await viewer.is_live()
    await page.locator('li[data-user="sip100"][data-state="RINGING"]').wait_for()


async def test_what_was_open_of_one_pbx_is_not_looked_for_in_another(browser: Browser) -> None:
    with PbxServer("documented", "call-centre", process=True, clock=0) as pbx:
        pbx.incoming("608000111", "299299000")
        async with viewing(browser) as viewer:
            page = await viewer.open(pbx, "calls/1")
            await page.get_by_role("heading", name="Call 1").wait_for()
            await page.get_by_label("PBX", exact=True).select_option("call-centre")
            await page.get_by_text("No call yet.").wait_for()
            assert page.url.endswith("?pbx=call-centre#/calls")


@pytest.mark.parametrize("locale", ["en", "fa"])
async def test_on_a_small_screen_the_tab_of_the_view_is_in_sight(pbx: Pbx, browser: Browser, locale: str) -> None:
    async with viewing(browser, locale=locale, viewport={"width": 390, "height": 844}) as viewer:
        page = await viewer.open(pbx, "cdrs")
        last = page.locator("nav a[aria-current]")
        await last.wait_for()
        assert await last.evaluate(IN_SIGHT)
        await page.evaluate("location.hash = '#/telephones'")
        first = page.locator('nav a[aria-current][href="#/telephones"]')
        await first.wait_for()
        assert await first.evaluate(IN_SIGHT)
        head = await page.locator("header").bounding_box()
        assert head is not None
        assert head["height"] < 844 * 0.3  # what a view is for begins on the same screen


IN_SIGHT = """(tab) => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const { left, right } = tab.getBoundingClientRect();
  told(left >= -1 && right <= innerWidth + 1);
})))"""
"""Whether a tab is in sight when the frame in which it is scrolled to has been painted."""
