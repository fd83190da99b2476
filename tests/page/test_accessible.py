"""Nobody is kept out: axe-core finds no violation on any view, in both themes, from left to right and right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.page.lively import enliven
from tests.page.viewing import IN_BROWSER, Viewer, faults_of, viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from pbxsim.testing import PbxServer, Receiver

pytestmark = IN_BROWSER

VIEWS = {
    "telephones": "text=Ida Žáková",
    "telephones/sip100": "article.telephone",
    "calls": "tbody tr >> nth=3",
    "calls/1": "svg.ladder-rows .tip >> nth=5",
    "calls/3": "svg.ladder-rows .tip >> nth=5",
    "requests": "tbody tr >> nth=3",
    "requests/4": ".hints mark >> nth=0",
    "webhooks": "tbody tr >> nth=3",
    "webhooks/1": ".tries tbody tr >> nth=0",
    "wallboard": "main >> text=sales >> nth=0",
    "try": "main form >> nth=0",
    "cdrs": "main tbody tr >> nth=1",
}
"""Each view with what must be there before it is looked at."""

NAMES = ("telephones.", "calls.", "requests.", "webhooks.", "wallboard.", "try.", "cdrs.", "listing.", "head.", "page.")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}}
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
QUIET = "async (rules) => { document.getAnimations().forEach((each) => each.finish()); return axe.run(rules); }"


@pytest.fixture(scope="module")
def lively(served: PbxServer, hooks: Receiver) -> PbxServer:
    """Give the PBX with something of everything; these tests only look."""
    hooks.reset()
    served.set_rate(0)
    served.reset()
    enliven(served, hooks)
    return served


async def look(viewer: Viewer, pbx: PbxServer, view: str) -> Page:
    page = await viewer.open(pbx, view)
    await page.locator(VIEWS[view]).wait_for()
    return page


async def faults(page: Page) -> list[str]:
    found: dict[str, Any] = await page.evaluate(QUIET, RULES)
    assert len(found["passes"]) > 15
    return faults_of(found)


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("view", VIEWS)
async def test_no_view_keeps_anybody_out_in_either_theme(
    lively: PbxServer, browser: Browser, axe_core: str, view: str, language: str
) -> None:
    async with viewing(browser, locale=language, color_scheme="light") as viewer:
        page = await look(viewer, lively, view)
        assert await page.locator("html").get_attribute("lang") == language
        assert await page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
        await page.evaluate(axe_core)
        assert await faults(page) == []
        light = await page.evaluate(GROUND)
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate(GROUND) != light
        assert await faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_switch_of_colours_is_stronger_than_the_systems(
    lively: PbxServer, browser: Browser, axe_core: str, theme: str
) -> None:
    async with viewing(browser, color_scheme="dark" if theme == "light" else "light") as viewer:
        page = await look(viewer, lively, "telephones")
        before = await page.evaluate(GROUND)
        await page.get_by_label("Colours").select_option(theme)
        chosen = await page.evaluate(GROUND)
        assert chosen != before
        await page.evaluate(axe_core)
        assert await faults(page) == []
        await page.reload()
        await viewer.is_live()
        assert await page.evaluate(GROUND) == chosen


@pytest.mark.parametrize("view", VIEWS)
async def test_no_view_keeps_anybody_out_on_the_screen_of_a_telephone(
    lively: PbxServer, browser: Browser, axe_core: str, view: str
) -> None:
    async with viewing(browser, viewport={"width": 360, "height": 740}, has_touch=True) as viewer:
        page = await look(viewer, lively, view)
        await page.evaluate(axe_core)
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("language", ["en", "cs", "es", "fa"])
async def test_no_text_is_missing_in_any_language(lively: PbxServer, browser: Browser, language: str) -> None:
    async with viewing(browser, locale=language) as viewer:
        for view in VIEWS:
            page = await look(viewer, lively, view)
            words = await page.locator("body").inner_text()
            missing = [word for word in words.split() if word.startswith(NAMES)]
            assert missing == [], view
