"""The page at `/phone`: who is sent it, whom it may connect to, and what it says where something is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pbxsim.web.page import parts, telephone
from tests.web.control.problems import problem
from tests.web.page.test_languages import ENGLISH
from tests.web.town import Town, running

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.hosting.hosted_pbx import HostedPbx

SOCKET = "ws://127.0.0.1:8088/ws"


def with_sockets(monkeypatch: pytest.MonkeyPatch, websockets: Iterable[str] = (SOCKET,)) -> None:
    """Have the PBXs' engine have telephones, as far as the page asks."""

    def given(_host: HostedPbx) -> set[str]:
        return set(websockets)

    monkeypatch.setattr(telephone, "websockets", given)


@pytest.mark.parametrize("query", ["", "?line=sip100", "?pbx=town&line=sip100"])
async def test_an_engine_without_telephones_is_told_with_the_one_that_is_needed(town: Town, query: str) -> None:
    answered = await town.get(f"/phone{query}")
    assert (answered.status, answered.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    html = answered.body.decode()
    assert 'data-needs="engine"' in html
    assert f'<main id="main" tabindex="-1"><p>{ENGLISH["phone.needs.engine"]}</p></main>' in html
    assert answered.headers["Content-Security-Policy"].rpartition("; ")[2] == "connect-src 'self'"


async def test_without_jssip_it_says_in_a_sentence_how_to_have_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with_sockets(monkeypatch)
    monkeypatch.setattr(telephone, "library", lambda: None)
    html = (await town.get("/phone")).body.decode()
    assert 'data-needs="library"' in html
    assert "make phone fetches it" in html
    assert problem(await town.get("/page/jssip.js"))[0] == 404


async def test_with_both_it_may_connect_to_its_own_exchange_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with_sockets(monkeypatch, (SOCKET, "ws://127.0.0.1:8089/ws"))
    monkeypatch.setattr(telephone, "library", lambda: b"export default {};")
    answered = await town.get("/phone")
    policy = answered.headers["Content-Security-Policy"]
    assert policy == f"{parts.POLICY}; connect-src 'self' ws://127.0.0.1:8088 ws://127.0.0.1:8089"
    assert 'data-needs=""' in answered.body.decode()
    assert (await town.get("/page/jssip.js")).body == b"export default {};"


async def test_the_html_has_no_script_no_style_and_no_secret_of_its_own(town: Town) -> None:
    html, words = (await town.get("/phone")).body.decode().split('<script type="application/json"')
    assert words.count("<") == 3  # the ends of the script, of the body and of the page
    assert re.findall(r"<script[^>]*>([^<]*)", html) == [""]
    assert not re.findall(r"<style|\s(?:on\w+|style)=", html)
    assert "{" not in html


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_nothing_can_be_sent_to_it(town: Town, method: str) -> None:
    assert (await town.ask(method, "/phone")).status == 404


async def test_it_is_closed_to_names_that_were_made_to_lead_here_and_to_frames_of_others(town: Town) -> None:
    assert problem(await town.ask("GET", "/phone", Host="evil.example"))[0] == 403
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert (await town.ask("GET", "/phone", **link)).status == 200
    assert problem(await town.ask("GET", "/phone", **(link | {"Sec-Fetch-Dest": "iframe"})))[0] == 403


async def test_it_needs_no_token_for_what_registers_it_is_asked_of_the_control_api() -> None:
    async with running(token="t0ken") as town:
        assert (await town.get("/phone")).status == 200
        assert problem(await town.get("/_pbxsim/phones"))[0] == 401


async def test_a_secret_that_cannot_be_had_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_host: HostedPbx) -> set[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(telephone, "websockets", failing)
    status, told = problem(await town.get("/phone"))[:2]
    assert status == 500
    assert "Permission denied" in told
