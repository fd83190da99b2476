"""Requests on the page: what was sent, what was meant, and the same again in another language."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import Request

import pytest

from tests.debian import NotInstalled, install
from tests.page.clients import PASSWORD, get, originate, sent
from tests.page.conftest import SHOP
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pbxsim.testing import Pbx
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER

ODD = 'it\'s "odd" & $HOME `id` \\ %41 + {0} Žluťoučký فارسی'
KEY = "change-me-too"


def odd_query(pbx: Pbx) -> None:
    originate(pbx, cdrCustom1=ODD)


def form(pbx: Pbx) -> None:
    fields = {"username": "crm", "password": PASSWORD, "action": "originate", "srcExtenInternalNum": "100"}
    body = urlencode({**fields, "cdrCustom1": ODD}).encode()
    sent(Request(f"{pbx.url}/api/api.php?dstNum=777123456", body, method="POST"))


def document(pbx: Pbx) -> None:
    asked = {
        "caller": "100",
        "callee": "777123456",
        "context": "main",
        "caller_id": ODD,
        "trunk_name": "",
        "timeout": 30,
    }
    more = {"nothing": None, "list": [1, True, False], "password": "change-me"}
    headers = {"X-APIKEY": KEY, "Content-Type": "application/json"}
    body = json.dumps(asked | more).encode()
    sent(Request(f"{pbx.url}/api/v4/call/originate/act", body, headers=headers, method="PUT"))


def refused(pbx: Pbx) -> None:
    headers = {"X-APIKEY": "wrong-key", "Content-Type": "application/json"}
    sent(Request(f"{pbx.url}/api/v4/call/originate/act?x=1", b"{}", headers=headers, method="PUT"))


RUNS = {"curl": ["sh"], "Python": [sys.executable], "PHP": ["php"], "JavaScript": ["node"]}
SUFFIX = {"curl": "sh", "Python": "py", "PHP": "php", "JavaScript": "mjs"}
NEEDS = {"curl": ("curl", "curl"), "PHP": ("php", "php-cli"), "JavaScript": ("node", "nodejs")}
"""What must be on PATH, and Debian's package of it."""


def program(language: str, text: str, folder: Path) -> list[str]:
    """Write a copy into a file, and give the command that runs it."""
    file = folder / f"copy.{SUFFIX[language]}"
    file.write_text(text, encoding="utf-8")
    return [*RUNS[language], str(file)]


def needs(language: str) -> None:
    """Have what runs a language. Skips where it cannot be had."""
    name, package = NEEDS.get(language, ("", ""))
    if package and shutil.which(name) is None:
        try:
            install(package)
        except NotInstalled as error:
            pytest.skip(f"{language}: {error}")


def run(command: list[str], folder: Path, **more: str) -> str:
    environment = {
        **os.environ,
        "PBX_PASSWORD": PASSWORD,
        "PBX_X_APIKEY": KEY,
        "PYTHONPATH": str(SHOP.parents[2]),
        **more,
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def told(pbx: Pbx) -> dict[str, Any]:
    """Give the newest request, without what another client or another moment make different."""
    (newest,) = pbx.ask("GET", "/requests", order="newest", limit=1)
    own = ("x-apikey", "content-type")
    headers = {name.lower(): value for name, value in newest.pop("headers").items() if name.lower() in own}
    for name in ("seq", "at", "call"):
        del newest[name]
    return {**newest, "headers": headers}


@pytest.mark.parametrize("asks", [odd_query, form, document, refused])
@pytest.mark.parametrize("language", ["curl", "Python", "PHP", "JavaScript"])
async def test_a_copy_sends_the_same_request(
    pbx: Pbx, viewer: Viewer, tmp_path: Path, language: str, asks: Callable[[Pbx], None]
) -> None:
    needs(language)
    asks(pbx)
    wanted = told(pbx)
    page = await viewer.open(pbx, "requests/1")
    await page.get_by_role("button", name=language, exact=True).click()
    await page.get_by_text(f"Copied as {language}.").wait_for()
    copied = await viewer.copied()
    assert PASSWORD not in copied
    assert KEY not in copied
    key = {} if asks is not refused else {"PBX_X_APIKEY": "wrong-key"}
    reply = run(program(language, copied, tmp_path), tmp_path, **key)
    again = told(pbx)
    for each in (wanted, again):
        for volatile in ("reply", "reply_size"):
            each.pop(volatile)
    assert again == wanted
    assert len(pbx.requests) == 2
    assert reply


@pytest.mark.parametrize("asks", [odd_query, form, document, refused])
async def test_a_copy_for_pytest_is_a_test_that_passes(
    pbx: Pbx, viewer: Viewer, tmp_path: Path, asks: Callable[[Pbx], None]
) -> None:
    asks(pbx)
    page = await viewer.open(pbx, "requests/1")
    await page.get_by_role("button", name="pytest").click()
    await page.get_by_text("Copied as pytest.").wait_for()
    (tmp_path / "test_copied.py").write_text(await viewer.copied(), encoding="utf-8")
    shop = SHOP.read_text(encoding="utf-8").replace("${RECEIVER}", "http://127.0.0.1:9")
    (tmp_path / "shop.yaml").write_text(shop, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\npbxsim_file = shop.yaml\n", encoding="utf-8")
    key = {} if asks is not refused else {"PBX_X_APIKEY": "wrong-key"}
    assert "1 passed" in run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)], tmp_path, **key
    )


async def test_what_is_read_again_without_news_is_not_made_anew_under_a_hand_that_presses(
    pbx: Pbx, viewer: Viewer
) -> None:
    originate(pbx)
    page = await viewer.open(pbx, "requests/1")
    button = await page.get_by_role("button", name="curl").element_handle()
    async with page.expect_response("**/explain/request-1"):
        await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert await button.evaluate("(each) => each.isConnected")


async def test_what_was_probably_meant_is_coloured(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "requests")
    await page.get_by_text("No request yet.").wait_for()
    query = {"username": "crm", "Password": PASSWORD, "action": "originate", "srcExtnInternalNum": "100", "dstNum": "1"}
    get(pbx, "/api/api.php", query)
    row = page.locator("tbody tr")
    await row.locator('.badge[data-state="bad"]').wait_for()
    assert await row.get_attribute("data-mark") == "warn"
    await row.click()
    assert await page.locator(".hints mark.bad").all_text_contents() == ["'Password'", "'srcExtnInternalNum'"]
    assert await page.locator(".hints mark.good").all_text_contents() == ["'password'", "'srcExtenInternalNum'"]
    named = await page.locator("tr.near th").all_text_contents()
    assert named == ["Password", "srcExtnInternalNum"]
    assert await page.locator("pre.reply").text_content() == pbx.requests[0].reply


async def test_a_request_leads_to_its_call_and_back(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    page = await viewer.open(pbx, "requests/1")
    await page.get_by_role("link", name="Call 1", exact=True).click()
    await page.get_by_role("heading", name="Call 1").wait_for()
    await page.get_by_role("link", name="voipsun, request 1").click()
    await page.get_by_role("heading", name="Request 1").wait_for()


async def test_requests_are_filtered(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    get(pbx, "/nowhere", {"x": "1"})
    get(pbx, "/api/api.php", {"username": "crm", "password": "wrong-password", "action": "originate"})
    page = await viewer.open(pbx, "requests")
    for which, first in {"calls": "1", "nobody": "2", "refused": "3", "hints": "3"}.items():
        await page.get_by_label("Show").select_option(which)
        await page.locator(f"tbody tr:first-child td:first-child:has-text('{first}')").wait_for()


async def test_a_reply_s_status_stands_with_the_vendor_s_code_and_once_where_both_are_one(
    pbx: Pbx, viewer: Viewer
) -> None:
    get(pbx, "/api/api.ph", {"action": "originate"})
    get(pbx, "/api/api.php", {"username": "crm", "password": PASSWORD, "action": "orignate"})
    page = await viewer.open(pbx, "requests")
    await page.locator("tbody tr").nth(1).wait_for()
    assert await page.locator("tbody .badge").all_text_contents() == ["200 110", "404"]
