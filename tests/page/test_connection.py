"""A page that is read again, a server that is gone and comes back, several who look at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.testing import PbxServer
from tests.page.clients import originate
from tests.page.conftest import SHOP
from tests.page.serving import serving
from tests.page.viewing import IN_BROWSER, viewing
from tests.ports import own_port

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Locator, Page

    from pbxsim.testing import Pbx
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER

GONE = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
"""What a browser says on its console of a server that is not there."""


def row(page: Page, number: str, state: str) -> Locator:
    return page.locator("tbody tr").filter(has_text=number).locator(f'.badge[data-state="{state}"]')


async def test_a_page_that_is_read_again_in_the_middle_shows_the_same(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    pbx.advance(7)
    page = await viewer.open(pbx, "calls/1")
    ladder = page.locator("svg.ladder-rows")
    why = page.locator(".why .answer")
    for part in (ladder.get_by_text("connected", exact=True), why):
        await part.wait_for()
    before = await page.locator("main").inner_text()
    await page.reload()
    await viewer.is_live()
    for part in (ladder.get_by_text("connected", exact=True), why):
        await part.wait_for()
    assert await page.locator("main").inner_text() == before
    pbx.advance(60)
    await row(page, "777123456", "ended").wait_for()


async def test_a_server_that_is_killed_and_started_again_is_found_again(browser: Browser, tmp_path: Path) -> None:
    port, shop = own_port(), tmp_path / "shop.yaml"
    shop.write_text(SHOP.read_text("utf-8").replace("${RECEIVER}", "http://127.0.0.1:9"), encoding="utf-8")
    async with viewing(browser, expects=(*GONE, "404")) as viewer:
        with serving(tmp_path, port, shop) as (pbx, _):
            originate(pbx, "777000111")
            pbx.advance(90)
            page = await viewer.open(pbx, "calls/1")
            originate(pbx, "777000222")
            await row(page, "777000111", "ended").wait_for()
            await row(page, "777000222", "ringing").wait_for()
        await page.locator('header .state[data-state="lost"]').wait_for()
        await page.get_by_role("button", name="+10 s").click()
        await page.locator("#said").get_by_text("The server cannot be reached.").wait_for()
        with serving(tmp_path, port, shop) as (pbx, _):
            await viewer.is_live()
            await page.get_by_text("No call yet.").wait_for()  # calls die with a server, as with a real PBX
            originate(pbx, "777000333")
            await row(page, "777000333", "ringing").wait_for()
            await page.goto(f"{pbx.url}/#/cdrs")
            await page.locator("main tbody tr").filter(has_text="777000111").wait_for()  # records do not


async def test_two_who_look_see_the_same_and_what_the_other_does(pbx: Pbx, viewer: Viewer, browser: Browser) -> None:
    async with viewing(browser, color_scheme="dark") as other:
        here, there = await viewer.open(pbx, "calls"), await other.open(pbx, "telephones")
        pbx.incoming("608000111", "222333444")
        await row(here, "608000111", "ringing").wait_for()
        await there.locator('li[data-user="sip100"] button[data-verb="answer"]').click()
        await row(here, "608000111", "up").wait_for()
        await here.get_by_role("link", name="Open call 1").click()
        await here.get_by_role("button", name="Hang up").click()
        await there.locator('li[data-user="sip100"][data-state="NOT_INUSE"]').wait_for()
        before = await there.locator("header .now").get_attribute("datetime")
        await there.get_by_role("button", name="+10 s").click()
        await there.locator(f'header .now:not([datetime="{before}"])').wait_for()
        now = await there.locator("header .now").get_attribute("datetime")
        await here.locator(f'header .now[datetime="{now}"]').wait_for()


async def test_somebody_who_was_away_sees_what_came_meanwhile(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "calls")
    viewer.expects = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")
    originate(pbx, "777000111")
    await row(page, "777000111", "ringing").wait_for()
    await page.goto("about:blank")
    pbx.advance(60)
    originate(pbx, "777000222")
    await page.go_back()
    await viewer.is_live()
    await row(page, "777000111", "ended").wait_for()
    await row(page, "777000222", "ringing").wait_for()


async def test_with_a_token_nothing_is_shown_without_it(browser: Browser) -> None:
    async with viewing(browser, expects=("401",)) as viewer:
        with PbxServer(SHOP, receiver="http://127.0.0.1:9", token="to-ken", process=True) as pbx:
            originate(pbx)
            await viewer.page.goto(f"{pbx.url}/#/calls/1")
            dialog = viewer.page.get_by_role("dialog")
            await dialog.wait_for()
            assert "777123456" not in await viewer.page.content()
            await dialog.get_by_label("Control token").fill("to-ken")
            await viewer.page.keyboard.press("Enter")
            await viewer.page.locator("svg.ladder-rows").get_by_text("rings", exact=True).wait_for()
            await viewer.page.get_by_role("button", name="+1 min").click()
            await viewer.page.get_by_role("button", name="Play").click()
            await viewer.page.locator("audio").wait_for()
