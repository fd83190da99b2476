"""The page's first view: opened with nothing cached, until telephones have been painted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.page.viewing import viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from pbxsim.testing import Pbx

_SEEN: Final = """
window.seenAfter = new Promise((resolve) => new MutationObserver((_, observer) => {
  if (!document.querySelector("li[data-user] .lamp")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
}).observe(document, { childList: true, subtree: true }));
"""
"""When the first telephone has been painted, in milliseconds since somebody went to the page."""


class First(NamedTuple):
    """A first view: milliseconds of processor, bytes that came, and paths that were asked for, in their order."""

    work: float
    size: int
    asked: list[str]


class _Came:
    """Counts what came by the network, as it came: packed, heads and all; of what goes on coming what has come."""

    def __init__(self) -> None:
        self._bytes: dict[str, float] = {}

    def some(self, event: dict[str, Any]) -> None:
        size = event["encodedDataLength"] or event["dataLength"]
        self._bytes[event["requestId"]] = self._bytes.get(event["requestId"], 0) + size

    def whole(self, event: dict[str, Any]) -> None:
        self._bytes[event["requestId"]] = event["encodedDataLength"]

    @property
    def total(self) -> int:
        return round(sum(self._bytes.values()))


async def seen_after(page: Page, url: str) -> float:
    """Go to a page, and give the milliseconds until a telephone was painted there."""
    await page.add_init_script(_SEEN)
    await page.goto(url, wait_until="commit")
    milliseconds: float = await page.evaluate("window.seenAfter")
    return milliseconds


async def first_view(browser: Browser, pbx: Pbx, server: int, language: str) -> First:
    """Open the page of a PBX, whose process is `server`, in a browser that knows nothing yet."""
    async with viewing(browser, locale=language) as viewer:
        page, came = viewer.page, _Came()
        session = await page.context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Performance.enable", {"timeDomain": "threadTicks"})
        session.on("Network.dataReceived", came.some)
        session.on("Network.loadingFinished", came.whole)
        before = _processor_time(server)
        await seen_after(page, f"{pbx.url}/#/")
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        ours = next(each["value"] for each in metrics if each["name"] == "TaskDuration") * 1000
        work = ours + _processor_time(server) - before
        return First(work, came.total, [url.removeprefix(pbx.url).partition("#")[0] for url in viewer.asked])


def _processor_time(process: int) -> float:
    """Give the milliseconds of processor that a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
