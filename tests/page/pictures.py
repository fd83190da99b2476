"""`python -m tests.page.pictures` (`make pictures`): the README's pictures, taken of the real page in a real browser.

The clocks are held and everything else follows from the PBX files, so a picture shows the same whenever it is taken.
"""

from __future__ import annotations

import asyncio
import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from pbxsim.testing import PbxServer
from tests.page.chromium import NoBrowser, launched
from tests.page.clients import get
from tests.page.viewing import viewing

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Browser, Page

    from pbxsim.testing import Pbx

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES: Final = 150_000
"""What all of them may take together."""

_HEIGHT: Final = 800
_QUALITY: Final = 62
_QUIET: Final = "document.getAnimations().forEach((each) => each.finish())"


class Scene(msgspec.Struct, frozen=True):
    """A picture: what happens before, where one looks, in which colours, and what must be seen there.

    `width` in pixels: below 1280 a call takes all of it. `begins`: what the picture begins with, if not the head.
    """

    name: str
    pbx: str
    happens: Callable[[Pbx], None]
    path: str
    theme: str
    shows: str
    width: int = 1280
    begins: str = ""


def _transferred(pbx: Pbx) -> None:
    """Have a customer called, put on hold, and handed on to a colleague."""
    query = {"username": "voipsun", "password": "secretpwd", "action": "originate"}
    get(pbx, "/api/api.php", query | {"srcExtenInternalNum": "100", "dstNum": "800123456", "customCDR1": "order-4711"})
    pbx.advance(8)
    pbx.phones["sip100"].hold()
    pbx.advance(4)
    pbx.phones["sip100"].unhold()
    pbx.advance(2)
    pbx.ask("POST", "/phones/sip100/transfer", {"to": "102"})
    pbx.advance(12)
    pbx.phones["sip102"].hangup()


def _busy(pbx: Pbx) -> None:
    """Have a call centre work for an hour of its morning."""
    for _ in range(6):
        pbx.advance(605)


SCENES: Final = (
    Scene("telephones", "call-centre", _busy, "telephones", "light", ".phone"),
    Scene("ladder", "documented", _transferred, "calls/1", "light", "svg.ladder-rows", 1200, ".ladder"),
    Scene("wallboard", "call-centre", _busy, "wallboard", "dark", ".queue svg.spark"),
)


async def take(scene: Scene, browser: Browser) -> bytes:
    """Take a picture, as WebP."""
    with PbxServer(scene.pbx) as pbx:
        scene.happens(pbx)
        async with viewing(
            browser, viewport={"width": scene.width, "height": _HEIGHT}, locale="en-GB", color_scheme=scene.theme
        ) as viewer:
            page = viewer.page
            await page.goto(f"{pbx.url}/?pbx={quote(scene.pbx)}#/{scene.path}")
            await viewer.is_live()
            await page.locator(scene.shows).first.wait_for()
            await page.evaluate(_QUIET)
            if scene.begins:
                await page.locator(scene.begins).evaluate("(part) => part.scrollIntoView({ block: 'start' })")
            return await _webp(page)


async def _webp(page: Page) -> bytes:
    """Have the browser itself spell the picture; Playwright knows PNG and JPEG only, which are larger."""
    session = await page.context.new_cdp_session(page)
    taken = await session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
    return base64.b64decode(taken["data"])


async def _take_all() -> dict[str, bytes]:
    async with launched() as browser:
        return {scene.name: await take(scene, browser) for scene in SCENES}


def _write(pictures: dict[str, bytes], folder: Path) -> int:
    total = sum(map(len, pictures.values()))
    if total > MOST_BYTES:
        print(f"{total:,} bytes are more than {MOST_BYTES:,}: nothing was written", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (folder / f"{name}.webp").write_bytes(picture)
        print(f"{folder / name}.webp: {len(picture):,} bytes")
    return 0


def main(arguments: list[str]) -> int:
    """Take all, into a folder that may be another. 1: there is no browser, or they are too large."""
    try:
        return _write(asyncio.run(_take_all()), Path(arguments[0]) if arguments else FOLDER)
    except NoBrowser as error:
        print(f"SKIPPED pictures: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
