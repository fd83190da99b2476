"""What callers, clients and PBX files say is text on the page: `<script>alert(1)</script>` in every field.

The page's own policy would keep such a script from running; so that nothing leans on that alone, the tests look for
elements that the words would have become.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import Request

import pytest

from pbxsim.testing import PbxServer, Receiver
from tests.page.clients import PASSWORD, charged_call, get, sent
from tests.page.lively import SCRIPT
from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Browser

pytestmark = IN_BROWSER

VIEWS = {
    "telephones": 1,
    "telephones/sip100": 2,
    "telephones/sip102": 1,
    "calls": 0,
    "calls/1": 1,
    "calls/2": 0,
    "calls/3": 2,
    "calls/4": 2,
    "requests": 2,
    "requests/1": 1,
    "requests/2": 4,
    "requests/3": 4,
    "webhooks": 0,
    "webhooks/1": 2,
    "wallboard": 3,
    "try": 1,
    "try/voipsun/originate": 1,
    "cdrs": 2,
    f"calls/{quote(SCRIPT)}": 0,
    quote(SCRIPT): 1,
}
"""Each view with how often the words stand there at least."""

FOREIGN = """
() => [...document.querySelectorAll("script, img, iframe, object, embed, [onload], [onerror], [onclick]")]
  .filter((each) => !(each.localName === "script" && each.getAttribute("src") === "/page/bundle.js"))
  .filter((each) => !(each.id === "words" && each.type === "application/json"))
  .filter((each) => !(each.localName === "img" && each.getAttribute("src").startsWith("data:")))
  .map((each) => each.outerHTML)
"""


@pytest.fixture(scope="module")
def hostile() -> Iterator[PbxServer]:
    """Serve a PBX in which everybody is called so, and has them do things."""
    file = Path(__file__).with_name("hostile.yaml")
    with Receiver() as receiver, PbxServer(file, receiver=receiver, process=True) as pbx:
        receiver.handler = lambda _: (500, SCRIPT)
        charged_call(pbx)
        query = {"username": SCRIPT, "password": PASSWORD, "action": "originate", "srcExtenInternalNum": "100"}
        get(
            pbx,
            "/api/api.php",
            {**query, "dstNum": "777123456", "cdrCustom1": SCRIPT, SCRIPT: SCRIPT, "Pasword": SCRIPT},
        )
        headers = {"User-Agent": SCRIPT, "X-Odd": SCRIPT, "Content-Type": SCRIPT}
        sent(Request(f"{pbx.url}/{SCRIPT}?{quote(SCRIPT)}", SCRIPT.encode(), headers=headers, method="POST"))
        pbx.incoming("608000222", "222333500", name=SCRIPT)
        pbx.advance(1)
        pbx.incoming("608000333", "222333444", name=SCRIPT)
        pbx.advance(45)
        pbx.incoming("608000444", "222333500", name=SCRIPT)
        yield pbx


AS_OFTEN = """(times) => {
  const fields = [...document.querySelectorAll("input, textarea, select")].map((each) => each.value).join(" ");
  return `${document.body.textContent} ${fields}`.split("alert(1)").length > times;
}"""
"""Whether the words stand on the page as text so often, in what is folded away too."""


@pytest.mark.parametrize("view", VIEWS)
async def test_words_are_text_wherever_they_stand(hostile: PbxServer, browser: Browser, view: str) -> None:
    async with viewing(browser, expects=("404",)) as viewer:
        page = await viewer.open(hostile, view)
        await page.locator("main .view > *").first.wait_for(state="attached")
        await page.wait_for_function(AS_OFTEN, arg=VIEWS[view])
        assert await page.evaluate(FOREIGN) == []


async def test_words_are_text_in_dialogs_and_in_what_is_said(hostile: PbxServer, browser: Browser) -> None:
    async with viewing(browser, expects=("422", "404", "409")) as viewer:
        page = await viewer.open(hostile, "telephones/sip100")
        await page.get_by_label("Number", exact=False).first.fill(SCRIPT)
        await page.locator('article.telephone button[data-verb="dial"]').click()
        await page.locator("#said p").wait_for()
        assert await page.evaluate(FOREIGN) == []


async def test_a_saved_ladder_has_the_words_as_text(hostile: PbxServer, browser: Browser) -> None:
    async with viewing(browser) as viewer:
        page = await viewer.open(hostile, "calls/3")
        await page.locator("svg.ladder-rows .tip").first.wait_for()
        async with page.expect_download() as started:
            await page.get_by_role("button", name="Save as SVG").click()
        saved = await asyncio.to_thread((await (await started.value).path()).read_bytes)
        assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in saved
        assert b"<script" not in saved
