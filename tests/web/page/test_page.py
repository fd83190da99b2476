"""What a browser is sent: the page and its parts, to nobody that the control API would not answer either."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import pbxsim.web.page
from pbxsim.web.page.page import open_to
from pbxsim.web.page.parts import POLICY
from tests.web.control.problems import problem
from tests.web.town import Town, running

STATIC = Path(pbxsim.web.page.__file__).parent / "static"
PARTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.*") if path.suffix != ".html")
MODULES = [part for part in PARTS if part.endswith(".js")]


async def test_the_page_is_html_with_every_header_that_guards_it(town: Town) -> None:
    answered = await town.get("/")
    assert (answered.status, answered.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answered.headers["Content-Security-Policy"] == POLICY
    assert answered.headers["X-Content-Type-Options"] == "nosniff"
    assert answered.headers["Referrer-Policy"] == "no-referrer"
    assert answered.headers["Cache-Control"] == "no-cache"
    assert answered.body.startswith(b"<!doctype html>\n")


def test_the_policy_allows_neither_inline_scripts_nor_other_origins_nor_frames() -> None:
    assert "default-src 'self'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_the_html_has_no_script_and_no_style_of_its_own() -> None:
    html = (STATIC / "index.html").read_text()
    scripts = re.findall(r"<script([^>]*)>([^<]*)", html)
    assert [text for attributes, text in scripts if 'type="application/json"' not in attributes] == [""]
    assert "<style" not in html
    assert not re.findall(r"\s(?:on\w+|style)=", html)


def test_no_module_makes_elements_of_markup() -> None:
    for module in MODULES:
        text = (STATIC / module).read_text()
        assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), module


@pytest.mark.parametrize("part", PARTS)
async def test_each_part_is_served_and_names_no_other_host(town: Town, part: str) -> None:
    answered = await town.get(f"/page/{part}")
    assert (answered.status, answered.body) == (200, (STATIC / part).read_bytes())
    assert answered.headers["X-Content-Type-Options"] == "nosniff"
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", answered.body.decode()))
    assert addresses <= {"http://www.w3.org/2000/svg"}, part


def test_every_module_that_is_imported_is_there() -> None:
    for module in MODULES:
        named = re.findall(r"""(?:from|import\()\s*"(\.[^"]+)\"""", (STATIC / module).read_text())
        folder = (STATIC / module).parent
        assert [name for name in named if not (folder / name).is_file()] == [], module


async def test_the_html_names_only_parts_that_are_there(town: Town) -> None:
    named = re.findall(r'"(/page/[^"]+)"', (STATIC / "index.html").read_text())
    assert [(await town.get(path)).status for path in named] == [200] * 3


async def test_the_modules_are_served_as_one_script_with_its_map(town: Town) -> None:
    script = await town.get("/page/bundle.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    lines = script.body.decode().split("\n")
    assert set((STATIC / "app.js").read_text().split("\nclass Page")[1].split("\n")[2:5]) < set(lines)
    assert lines[-2] == "//# sourceMappingURL=bundle.js.map"
    mapped = (await town.get("/page/bundle.js.map")).json
    assert {source for section in mapped["sections"] for source in section["map"]["sources"]} == {
        module for module in MODULES if not module.startswith("phone/")
    }


def test_no_module_hears_what_another_window_says() -> None:
    for module in MODULES:  # so a page that opened this one, and holds its window, can make it do nothing
        assert not re.findall(
            r"""(?<!_others\.)addEventListener\(["']message|(?<!port1)\.onmessage|\bopener\b""",  # those of our origin
            (STATIC / module).read_text(),
        )


async def test_a_part_that_the_browser_has_is_not_sent_again(town: Town) -> None:
    first = await town.get("/page/dom.js")
    again = await town.ask("GET", "/page/dom.js", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = await town.ask("GET", "/page/dom.js", If_None_Match='"another"')
    assert other.status == 200


@pytest.mark.parametrize(
    "path",
    ["/page/", "/page/page.py", "/page/none.js", "/page/../page.py", "/page/views/../../page.js", "/page/%2e%2e"],
)
async def test_nothing_else_is_served_below_it(town: Town, path: str) -> None:
    answered = await town.raw_get(path.encode())
    assert answered.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"application/problem+json" in answered


async def test_what_is_looked_at_is_in_no_list_of_requests_and_no_journal(town: Town) -> None:
    before = (await town.get("/_pbxsim/journal?format=jsonl")).body
    for path in ("/", "/?pbx=town", "/page/app.js", "/page/none.js"):
        await town.get(path)
    assert (await town.get("/_pbxsim/requests")).json == []
    assert (await town.get("/_pbxsim/journal?format=jsonl")).body == before


@pytest.mark.parametrize(("method", "path"), [("GET", "/?secret=x&from=1"), ("POST", "/"), ("PUT", "/page/app.js")])
async def test_a_clients_request_that_lacks_its_path_is_told_so_as_ever(town: Town, method: str, path: str) -> None:
    answered = await town.ask(method, path)
    assert answered.status == 404
    assert b"Here are:\n" in answered.body
    assert len((await town.get("/_pbxsim/requests?vendor=none")).json) == 1


async def test_it_needs_no_token_for_it_tells_nothing() -> None:
    async with running(token="t0ken") as town:
        assert (await town.get("/")).status == 200
        assert (await town.get("/page/app.js")).status == 200


@pytest.mark.parametrize("path", ["/", "/page/app.js"])
async def test_a_name_that_was_made_to_lead_here_gets_no_page(town: Town, path: str) -> None:
    assert problem(await town.ask("GET", path, Host="evil.example"))[0] == 403


async def test_a_link_of_another_site_leads_to_the_page_but_nothing_of_it_can_be_put_into_theirs(town: Town) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert (await town.ask("GET", "/", **link)).status == 200
    assert problem(await town.ask("GET", "/", **(link | {"Sec-Fetch-Dest": "iframe"})))[0] == 403
    assert problem(await town.ask("GET", "/page/app.js", **link))[0] == 403
    assert problem(await town.ask("GET", "/_pbxsim/clock", **link))[0] == 403


@pytest.mark.parametrize(
    ("host", "token", "told"),
    [("127.0.0.1", "", ""), ("localhost", "t", ""), ("0.0.0.0", "", "open"), ("10.0.0.7", "t", "token")],
)
async def test_the_page_says_what_is_open_beyond_the_loopback(host: str, token: str, told: str) -> None:
    assert open_to(host, needs_token=bool(token)) == told
    async with running(host=host, token=token) as town:
        assert f'data-open="{told}"'.encode() in (await town.get("/")).body


async def test_a_head_request_has_no_body(town: Town) -> None:
    answered = await town.raw(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answered.endswith(b"\r\n\r\n")
    assert b"\r\nContent-Security-Policy: " in answered


async def test_a_part_is_packed_for_those_who_take_it(town: Town) -> None:
    plain = await town.ask("GET", "/page/dom.js", Accept_Encoding="identity")
    assert "Content-Encoding" not in plain.headers
    for accepted in ("gzip", "br, GZIP", "deflate, gzip;q=1"):
        request = (
            f"GET /page/dom.js HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
        )
        head, _, body = (await town.raw(request.encode())).partition(b"\r\n\r\n")
        assert b"\r\nContent-Encoding: gzip\r\n" in head + b"\r\n"
        assert b"\r\nVary: Accept-Encoding\r\n" in head + b"\r\n"
        assert gzip.decompress(body) == plain.body
        assert len(body) < len(plain.body) / 2
        assert plain.headers["ETag"].encode() not in head


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "*;q=0"])
async def test_a_part_is_plain_for_those_who_do_not(town: Town, accepted: str) -> None:
    answered = await town.ask("GET", "/page/dom.js", Accept_Encoding=accepted)
    assert "Content-Encoding" not in answered.headers
    assert answered.body.startswith(b"/**")
