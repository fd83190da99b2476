"""The browser that the other tests look through: that it is one, and that it and axe-core would notice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.page import chromium
from tests.page.viewing import IN_BROWSER, faults_of, viewing

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

pytestmark = IN_BROWSER


async def test_the_browser_finds_no_other_host_than_this_one(browser: Browser) -> None:
    from playwright.async_api import Error

    async with viewing(browser) as viewer:
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            await viewer.page.goto("http://somewhere.invalid/")
        viewer.asked.clear()


async def test_what_a_page_says_throws_and_asks_elsewhere_is_noted(browser: Browser) -> None:
    said = "<script>console.error('said'); setTimeout(() => { throw new Error('thrown'); }); alert('shown')</script>"
    async with viewing(browser) as viewer:
        async with viewer.page.expect_event("pageerror"):
            await viewer.page.set_content(f"<title>x</title><img src='http://somewhere.invalid/x'>{said}")
        noted, strangers = "\n".join(viewer.complaints), viewer.strangers()
        viewer.complaints.clear()
        viewer.asked.clear()
    assert all(word in noted for word in ("error: said", "thrown: thrown", "dialog: shown"))
    assert strangers == ["http://somewhere.invalid/x"]


async def test_a_test_in_which_a_page_complained_fails(browser: Browser) -> None:
    with pytest.raises(AssertionError):
        await _complaining(browser)


async def _complaining(browser: Browser) -> None:
    async with viewing(browser) as viewer:
        await viewer.page.evaluate("console.error('said')")


async def test_axe_core_tells_what_keeps_people_out(browser: Browser, axe_core: str) -> None:
    async with viewing(browser) as viewer:
        await viewer.page.set_content("<!doctype html><html lang=en><title>x</title><main><h1>x</h1><button></button>")
        await viewer.page.evaluate(axe_core)
        found = faults_of(await viewer.page.evaluate("axe.run()"))
    assert len(found) == 1
    assert found[0].startswith("button-name: button: ")


async def test_a_browser_that_is_not_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(chromium.NoBrowser, match="install chromium"):
        chromium.found()


async def test_npm_that_is_not_here_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(chromium.NoBrowser, match=r"axe-core: .*install npm"):
        chromium.axe(tmp_path / "axe")


async def test_a_driver_that_is_not_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(chromium.NoBrowser, match="Playwright is not installed"):
        await chromium.launched().__aenter__()
