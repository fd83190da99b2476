"""Who may use the control API: the token, no foreign web page, and bodies in JSON only."""

from __future__ import annotations

import pytest

from pbxsim.web.control.access import is_loopback
from tests.web.control.problems import problem
from tests.web.town import Town, running


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_is_taken_as_json_only(town: Town, kind: str) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", {"rate": 5}, Content_Type=kind)
    assert problem(answered)[0] == 415
    assert (await town.get("/_pbxsim/clock")).json["rate"] == 0


async def test_json_with_a_charset_is_json(town: Town) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", {"rate": 0}, Content_Type="Application/JSON; charset=utf-8")
    assert answered.status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"])
async def test_a_page_of_another_origin_is_refused(town: Town, origin: str) -> None:
    answered = await town.ask("POST", "/_pbxsim/reset", Origin=origin)
    assert problem(answered) == (403, "the control API is closed to pages of other origins")


async def test_bytes_that_are_no_text_in_a_header_can_be_quoted(town: Town) -> None:
    head = b"PUT /_pbxsim/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n"
    answered = await town.raw(head + b"Content-Type: \xff\r\n\r\n{}")
    assert answered.startswith(b"HTTP/1.1 415 Unsupported Media Type")
    assert answered.endswith(b'"detail":"a body must be of Content-Type application/json, not ?"}')


async def test_a_page_of_our_own_is_served(town: Town) -> None:
    assert (await town.ask("POST", "/_pbxsim/reset", Origin=town.url)).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"]
)
async def test_a_name_that_was_made_to_lead_here_is_refused_on_the_loopback(town: Town, host: str) -> None:
    answered = await town.ask("GET", "/_pbxsim/clock", Host=host)
    assert problem(answered)[0] == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:9", "[::1]", "[::1]:8080"])
async def test_loopback_names_are_served(town: Town, host: str) -> None:
    assert (await town.ask("GET", "/_pbxsim/clock", Host=host)).status == 200


async def test_a_vendors_path_takes_any_host_name(town: Town) -> None:
    assert (await town.ask("GET", "/acme/api?do=echo", Host="pbx.example")).status == 200


async def test_any_host_name_is_served_beyond_the_loopback_with_a_token() -> None:
    async with running(host="0.0.0.0", token="t0ken") as town:
        knows = {"Host": "pbx.example", "Authorization": "Bearer t0ken"}
        assert (await town.ask("GET", "/_pbxsim/clock", **knows)).status == 200
        assert (await town.ask("GET", "/_pbxsim/clock", **knows, Origin="http://evil.example")).status == 403


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8080", "10.0.0.1.evil.example", "0x7f.1", "1.2.3"])
async def test_a_name_that_a_stranger_can_own_is_refused_beyond_the_loopback_without_a_token(name: str) -> None:
    async with running(host="0.0.0.0") as town:
        answered = await town.ask("POST", "/_pbxsim/reset", Host=name, Origin=f"http://{name}")
    assert problem(answered)[0] == 403


@pytest.mark.parametrize(
    "name", ["192.0.2.1", "192.0.2.1:8080", "[2001:db8::1]:80", "localhost", "pbxsim:8080", "Here.example"]
)
async def test_addresses_its_own_name_and_names_of_the_network_are_served_there(name: str) -> None:
    async with running(host="here.example") as town:
        assert (await town.ask("GET", "/_pbxsim/clock", Host=name)).status == 200


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 200), ("same-origin", 200), ("none", 200)]
)
async def test_an_image_on_a_page_of_another_site_is_refused(town: Town, site: str, status: int) -> None:
    assert (await town.ask("GET", "/_pbxsim/requests?limit=10000", Sec_Fetch_Site=site)).status == status
    assert (await town.ask("GET", "/metrics", Sec_Fetch_Site=site)).status == status


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"http://evil.example/_pbxsim/clock", b"403"),
        (b"http://localhost@evil.example/_pbxsim/clock", b"403"),
        (b"http://localhost/_pbxsim/clock", b"200"),
        (b"http://127.0.0.1:8080/_pbxsim/clock?pbx=town", b"200"),
    ],
)
async def test_of_a_target_in_absolute_form_the_authority_counts(town: Town, target: bytes, status: bytes) -> None:
    assert (await town.raw_get(target)).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("pbx", False),
    ],
)
def test_a_loopback_address_is_known_as_one(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic t0ken", "t0ken", "bearer t0ken2", "Bearer t0kén"]
)
async def test_with_a_token_the_control_api_is_closed_without_it(given: str) -> None:
    async with running(token="t0ken") as town:
        headers = {"Authorization": given} if given else {}
        answered = await town.ask("GET", "/_pbxsim/clock", **headers)
        assert problem(answered)[0] == 401
        assert answered.headers["WWW-Authenticate"] == "Bearer"
        assert (await town.ask("GET", "/_pbxsim/nothing", **headers)).status == 401


async def test_with_a_token_the_control_api_is_open_with_it() -> None:
    async with running(token="t0ken") as town:
        assert (await town.ask("GET", "/_pbxsim/clock", Authorization="Bearer t0ken")).status == 200
        assert (await town.ask("GET", "/_pbxsim/clock", Authorization="bearer  t0ken")).status == 200


async def test_with_a_token_health_and_vendors_stay_open() -> None:
    async with running(token="t0ken") as town:
        for path in ("/livez", "/readyz", "/acme/api?do=echo"):
            assert (await town.get(path)).status == 200
