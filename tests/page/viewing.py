"""A person at the page: a tab of the browser that notes everything which would be wrong in any test."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, ConsoleMessage, Dialog, Error, Page, Request

    from pbxsim.testing import Pbx

IN_BROWSER: Final = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
"""Marks of a module's tests: a browser takes seconds to start, once in a session, and so lives in its loop."""

PATIENCE: Final = 20_000.0
"""Milliseconds within which the page has to show what a test waits for, on a machine that others use too."""


class Viewer:
    """Notes what a page says on its console, what it throws, and whom it asks. `page` is Playwright's.

    `expects` are texts in messages that a test provokes: of a server that is gone, say.
    """

    def __init__(self, page: Page, *, expects: tuple[str, ...] = ()) -> None:
        self.page = page
        self.expects = expects
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", self._threw)
        page.on("request", self._asks)
        page.on("dialog", self._dialog)

    async def open(self, pbx: Pbx, path: str = "") -> Page:
        """Go to a view (`calls/1`) of the page, and wait until it is live."""
        await self.page.goto(f"{pbx.url}/#/{path}")
        await self.is_live()
        return self.page

    async def is_live(self) -> None:
        """Wait until the page has the PBX's events, and shows its time, which comes a frame later."""
        await self.page.locator('header .state[data-state="live"]').wait_for()
        await self.page.locator("header .now[datetime]").wait_for()

    async def copied(self) -> str:
        """Give what was copied last."""
        text: str = await self.page.evaluate("navigator.clipboard.readText()")
        return text

    def strangers(self) -> list[str]:
        """Give the requests that went to another place than the page's own server."""
        home = urlsplit(self.page.url).netloc
        own = ("data", "blob")
        return [url for url in self.asked if (at := urlsplit(url)).scheme not in own and at.netloc != home]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _threw(self, error: Error) -> None:
        self._complain(f"thrown: {error.message}\n{error.stack}")

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)

    async def _dialog(self, dialog: Dialog) -> None:
        self._complain(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _complain(self, text: str) -> None:
        if not any(expected in text for expected in self.expects):
            self.complaints.append(text)


@asynccontextmanager
async def viewing(browser: Browser, *, expects: tuple[str, ...] = (), **context: object) -> AsyncIterator[Viewer]:
    """Open a tab of a browser that knows nothing yet, and see at its end that nothing was wrong in it.

    `context` is what Playwright's `new_context` takes: locale, color_scheme, viewport.
    """
    made = await browser.new_context(**context)  # type: ignore[arg-type]
    await made.grant_permissions(["clipboard-read", "clipboard-write"])
    made.set_default_timeout(PATIENCE)
    viewer = Viewer(await made.new_page(), expects=expects)
    try:
        yield viewer
        assert viewer.complaints == []
        assert viewer.strangers() == []
    finally:
        await made.close()


def faults_of(found: dict[str, Any]) -> list[str]:
    """Spell what axe-core found, one line for each element."""
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {_why(node)}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(line.strip() for line in str(node.get("failureSummary", "")).splitlines()[1:])
