"""How long somebody waits for the page's first view, nothing cached; beside a page that is next to nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from aiohttp import web

from tests.bench.harness import expect, unpin
from tests.page.chromium import NoBrowser, found, launched
from tests.page.first_view import seen_after
from tests.page.serving import serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.bench.harness import Figures

_LOADS: Final = 9
_HTML: Final = (
    "<!doctype html><link rel=stylesheet href=/style.css><script type=module src=/script.js></script><ul></ul>"
)
_SCRIPT: Final = """\
const told = await (await fetch("/told.json")).json();
const lamp = document.createElement("button");
lamp.className = "lamp";
lamp.append(told.name);
const item = document.createElement("li");
item.dataset.user = told.name;
item.append(lamp);
document.querySelector("ul").append(item);
"""
_BARE: Final = {
    "/": (_HTML, "text/html"),
    "/style.css": (".lamp { color: #000; }", "text/css"),
    "/script.js": (_SCRIPT, "text/javascript"),
    "/told.json": ('{"name": "sip100"}', "application/json"),
}
"""A page with one lamp and as many trips as ours: what it takes is the browser's and the machine's."""


def missing() -> str:
    """Say why there can be no first view on this machine; empty where there can."""
    try:
        found()
    except NoBrowser as error:
        return str(error)
    return ""


def of_pbxsim() -> Figures:
    """Open the page of `documented`."""
    unpin()
    with TemporaryDirectory() as folder, serving(Path(folder), 0, "documented") as (pbx, _):
        return asyncio.run(_figures(f"{pbx.url}/#/"))


def of_bare_page() -> Figures:
    """Open the page that is next to nothing."""
    unpin()
    return asyncio.run(_of_bare_page())


async def _of_bare_page() -> Figures:
    runner = web.ServerRunner(web.Server(_answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        return await _figures(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    finally:
        await runner.cleanup()


async def _answer(request: web.BaseRequest) -> web.Response:
    text, kind = _BARE.get(request.path, ("", "text/plain"))
    return web.Response(text=text, content_type=kind, status=200 if text else 404)


async def _figures(url: str) -> Figures:
    async with launched() as browser:
        await _seen(browser, url)  # what the browser itself does once
        waits = [await _seen(browser, url) for _ in range(_LOADS)]
    return {"ms seen": median(waits), "least ms seen": min(waits)}


async def _seen(browser: Browser, url: str) -> float:
    """Open the page in a browser that knows nothing yet."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        milliseconds = await seen_after(page, url)
        expect("lamps that are seen", await page.locator("li[data-user] .lamp").count() > 0, True)
        return milliseconds
    finally:
        await context.close()
