"""A real browser for tests of the page: Debian's Chromium, driven by Playwright; and axe-core, from npm.

What is missing is installed once where this is Debian's root; elsewhere the tests that need it are skipped, with the
reason. Playwright's own download of browsers is not used: the browser is the system's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.debian import NotInstalled, alone, install

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

ROOT: Final = Path(__file__).parents[2]
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_AXE: Final = ROOT / "requirements" / "axe"
_NOWHERE: Final = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""The browser finds no other host than this one, whatever a page or the browser itself asks for."""

_PATIENCE: Final = 300.0  # seconds for npm


class NoBrowser(Exception):
    """A browser, or what tests do with one, cannot be had here; says why."""


@asynccontextmanager
async def launched(*more: str) -> AsyncIterator[Browser]:
    """Start Chromium without a window, with `more` options, and end it. Raises NoBrowser."""
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError as error:
        raise NoBrowser(f"Playwright is not installed: {error}") from None
    program = found()
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=program, args=[_NOWHERE, *more])
        except Error as error:
            raise NoBrowser(f"{program} did not start: {error.message.strip()[-300:]}") from None
        yield browser
        await browser.close()


def found() -> str:
    """Find the browser's program, installing it if need be. Raises NoBrowser."""
    program = _on_path()
    if program is None:
        try:
            install("chromium")
        except NotInstalled as error:
            raise NoBrowser(str(error)) from None
        program = _on_path()
    if program is None:
        raise NoBrowser("the package chromium did not bring the browser's program")
    return program


def axe(folder: Path = ROOT / ".venv-axe") -> str:
    """Give axe-core's program, to be run in a page; npm installs the locked release of it once. Raises NoBrowser."""
    lock = _AXE / "package-lock.json"
    with alone("npm"):
        stamp = folder / ".installed"
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            _npm_installs(folder)
            stamp.write_bytes(lock.read_bytes())
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _on_path() -> str | None:
    return next((program for name in PROGRAMS if (program := shutil.which(name))), None)


def _npm_installs(folder: Path) -> None:
    if shutil.which("npm") is None:
        try:
            install("npm", "ca-certificates")
        except NotInstalled as error:
            raise NoBrowser(f"axe-core: {error}") from None
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_AXE, folder)
    quietly = ["--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        ["npm", "ci", *quietly], cwd=folder, capture_output=True, text=True, check=False, timeout=_PATIENCE, env=_calm()
    )
    if done.returncode:
        raise NoBrowser(
            f"npm cannot install axe-core: {(done.stderr or done.stdout).strip()[-300:] or 'no reason said'}"
        )


def _calm() -> dict[str, str]:
    return os.environ | {"NPM_CONFIG_UPDATE_NOTIFIER": "false"}
