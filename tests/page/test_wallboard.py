"""The wallboard: a queue fills and drains before one's eyes, agents come and go, and the last hour is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.testing import PbxServer
from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER


async def wait_for_figures(page: Page, **figures: str) -> None:
    """Wait until a queue shows these figures."""
    for name, told in figures.items():
        await page.locator(f".queue .{name} dd").get_by_text(told, exact=True).wait_for()


async def wait_for_agents(page: Page, **counts: int) -> None:
    """Wait until so many agents are in these states."""
    for state, count in counts.items():
        await page.locator(f'.counts [data-state="{state}"] dd').get_by_text(str(count), exact=True).wait_for()


async def test_a_queue_fills_and_drains(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "wallboard")
    await wait_for_figures(page, waiting="0", longest="–", answered="0", abandoned="0")
    await wait_for_agents(page, free=1, talking=0)
    for caller in ("608000001", "608000002", "608000003"):
        pbx.incoming(caller, "222333500")
    await wait_for_figures(page, waiting="3")
    await wait_for_agents(page, ringing=1)
    pbx.advance(5)
    await wait_for_figures(page, waiting="2", longest="0:05")
    await wait_for_agents(page, talking=1, ringing=0)
    pbx.advance(10)
    await wait_for_figures(page, longest="0:15")
    await page.locator('.queue[data-state="bad"]').wait_for()
    for call in pbx.calls:
        if call.src != "608000001" and call.state != "ended":
            pbx.ask("POST", f"/calls/{call.id}/hangup", {})
    await wait_for_figures(page, waiting="0", longest="–", abandoned="2")
    pbx.phones["sip101"].hangup()
    await wait_for_figures(page, answered="1", level="100%")
    await page.locator('.queue[data-state="good"]').wait_for()


MINUTES = ".queue svg.answered path.line"
LIVELY = """(mark) => {
  const points = document.querySelector(mark).getAttribute("d").split("L");
  return points.length === 60 && new Set(points.map((each) => each.trim().split(/\\s+/).pop())).size > 2;
}"""
"""Whether a line has an hour's minutes, which are not all alike: it is flat until the journal has been read."""


async def test_the_last_hour_is_there_at_once_and_goes_on(browser: Browser) -> None:
    with PbxServer("call-centre") as server:
        for _ in range(3):
            server.advance(600)
        async with viewing(browser) as viewer:
            page = await viewer.open(server, "wallboard")
            sales = page.locator(".queue").filter(has=page.get_by_role("heading", name="sales"))
            lines = sales.locator("svg.spark")
            await lines.first.wait_for()
            assert await lines.count() == 3
            answered = sales.locator("svg.answered path.line")
            await page.wait_for_function(LIVELY, arg=MINUTES)
            drawn = await answered.get_attribute("d")
            server.advance(120)
            await page.wait_for_function(
                "([mark, before]) => document.querySelector(mark).getAttribute('d') !== before",
                arg=[MINUTES, drawn],
            )
            told = await lines.first.get_attribute("aria-label")
            assert told is not None
            assert told.startswith("Waiting, last hour; at most ")


async def test_a_reset_begins_the_hour_anew(pbx: PbxServer, viewer: Viewer) -> None:
    pbx.incoming("608000001", "222333500")
    pbx.advance(5)
    page = await viewer.open(pbx, "wallboard")
    await page.get_by_role("img", name="Answered each minute, last hour; at most 1").wait_for()
    pbx.reset()
    await page.get_by_role("img", name="Answered each minute, last hour; at most 0").wait_for()
    await wait_for_figures(page, waiting="0", answered="0")
