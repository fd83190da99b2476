"""The control API's entrance: strict reading, problem documents, the token, and no foreign web page."""

from __future__ import annotations

import pytest

from pbxsim.hosting.hosted_pbx import Hosts
from pbxsim.web.control.access import Guard, is_loopback
from pbxsim.web.control.dispatch import ControlApi
from tests.web.town import Answered, Town, plan, running


def problem(answered: Answered) -> tuple[int, str]:
    """Give a problem document's status and detail, and see that it is one."""
    assert answered.headers["Content-Type"] == "application/problem+json"
    document = answered.json
    assert document["type"] == "about:blank"
    assert document["status"] == answered.status
    assert document["title"] == answered.reason
    return answered.status, document["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("PUT", "/clock", "{", 400, "body: Input data was truncated"),
        ("PUT", "/clock", "[]", 400, "body: Expected `object`, got `array`"),
        ("PUT", "/clock", None, 400, "body: Object missing required field `rate`"),
        ("PUT", "/clock", {"rate": "fast"}, 400, "body: Expected `float`, got `str` - at `$.rate`"),
        ("PUT", "/clock", {"rate": True}, 400, "body: Expected `float`, got `bool` - at `$.rate`"),
        ("PUT", "/clock", {"rate": -1}, 400, "body: Expected `float` >= 0.0 - at `$.rate`"),
        ("PUT", "/clock", {"rate": 1, "speed": 2}, 400, "body: Object contains unknown field `speed`"),
        ("POST", "/clock/advance", {"seconds": 1e300}, 400, "body: Expected `float` <= 315360000.0 - at `$.seconds`"),
        ("POST", "/clock/next", {"seconds": 1}, 400, "body: Object contains unknown field `seconds`"),
        ("POST", "/clock/advance", '{"seconds": NaN}', 400, "body: JSON is malformed: invalid character (byte 12)"),
        ("POST", "/clock/advance", "[" * 100_000, 400, "body: Expected `object`, got `array`"),
        ("POST", "/reset", {"seed": 1.5}, 400, "body: Expected `int | null`, got `float` - at `$.seed`"),
        ("POST", "/calls", {"to": "100"}, 400, "body: Object missing required field `from`"),
        ("POST", "/calls", {"from": "1"}, 422, "to: whom? A number, or queue, group or context instead"),
        ("POST", "/calls", {"from": "1\n2", "to": "100"}, 400, None),
        ("GET", "/calls?limt=1", None, 400, "query: Object contains unknown field `limt`"),
        ("GET", "/calls?limit=x", None, 400, "query: Expected `int`, got `str` - at `$.limit`"),
        ("GET", "/calls?limit=0", None, 400, "query: Expected `int` >= 1 - at `$.limit`"),
        ("GET", "/calls?state=gone", None, 400, "query: Invalid enum value 'gone' - at `$.state`"),
        ("GET", "/clock?now=1", None, 400, "query: Object contains unknown field `now`"),
        ("GET", "/calls/99", None, 404, "there is no call 99, or it is too long ago"),
        ("GET", "/calls/abc", None, 404, "call 'abc' is no number"),
        ("GET", "/calls/%D9%A1", None, 404, "call '١' is no number"),
        ("GET", "/calls/" + "9" * 5000, None, 404, None),
        ("POST", "/calls/99/hangup", None, 404, "there is no call 99, or it is too long ago"),
        ("POST", "/phones/nobody/answer", None, 404, "there is no telephone 'nobody'"),
        ("GET", "/clock?pbx=nowhere", None, 404, "no PBX is named 'nowhere'; there are: town"),
        (
            "GET",
            "/nothing",
            None,
            404,
            "the control API has no /_pbxsim/nothing; /_pbxsim/openapi.json lists its routes",
        ),
        ("GET", "/calls/", None, 404, "call '' is no number"),
        ("DELETE", "/clock", None, 405, "/_pbxsim/clock answers to GET, PUT, not to DELETE"),
        ("GET", "/reset", None, 405, "/_pbxsim/reset answers to POST, not to GET"),
        ("GET", "/cdrs?since=yesterday", None, 400, None),
        ("GET", "/cdrs?from=777123456", None, 400, None),
    ],
)
async def test_whatever_does_not_fit_is_a_problem_that_says_why(
    town: Town, method: str, path: str, body: object, status: int, detail: str | None
) -> None:
    answered = problem(await town.ask(method, f"/_pbxsim{path}", body))
    assert answered[0] == status
    if detail is not None:
        assert answered[1] == detail


async def test_a_wrong_method_is_told_the_right_ones(town: Town) -> None:
    assert (await town.ask("PATCH", "/_pbxsim/clock")).headers["Allow"] == "GET, PUT"


async def test_head_is_answered_as_get_without_its_body(town: Town) -> None:
    answered = await town.ask("HEAD", "/_pbxsim/clock")
    assert (answered.status, answered.body) == (200, b"")


@pytest.mark.parametrize("path", ["/_pbxsim/faults", "/_pbxsim/events", "/_pbxsim"])
async def test_what_is_to_come_is_not_there_yet(town: Town, path: str) -> None:
    assert (await town.get(path)).status == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_is_taken_as_json_only(town: Town, kind: str) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", {"rate": 5}, Content_Type=kind)
    assert problem(answered)[0] == 415
    assert (await town.get("/_pbxsim/clock")).json["rate"] == 0


async def test_json_with_a_charset_is_json(town: Town) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", {"rate": 0}, Content_Type="Application/JSON; charset=utf-8")
    assert answered.status == 200


async def test_a_body_that_is_too_long_is_413(town: Town) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", " " * 1_048_577)
    assert problem(answered) == (413, "body: the body is longer than 1048576 bytes")


async def test_a_body_that_stops_is_400() -> None:
    async with running(body_seconds=0.01) as town, town.connection() as (reader, writer):
        writer.write(b"PUT /_pbxsim/clock HTTP/1.1\r\nHost: localhost\r\n")
        writer.write(b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        answered = await reader.readuntil(b"}")
        assert b"the client stopped sending before the body's end" in answered


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


async def test_any_host_name_is_served_where_the_server_listens_to_the_world() -> None:
    async with running(host="0.0.0.0") as town:
        assert (await town.ask("GET", "/_pbxsim/clock", Host="pbx.example")).status == 200
        answered = await town.ask("GET", "/_pbxsim/clock", Host="pbx.example", Origin="http://evil.example")
        assert answered.status == 403


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


async def test_the_pbx_is_picked_by_name_the_first_by_default() -> None:
    async with running(plan("north"), plan("south")) as town:
        assert (await town.post("/_pbxsim/reset")).json["pbx"] == "north"
        assert (await town.post("/_pbxsim/reset?pbx=south")).json["pbx"] == "south"


async def test_each_pbx_has_a_clock_of_its_own() -> None:
    async with running(plan("north"), plan("south")) as town:
        await town.post("/_pbxsim/clock/advance?pbx=south", {"seconds": 60})
        assert (await town.get("/_pbxsim/clock?pbx=north")).json["now"] == "2026-01-01T00:00:00.000000Z"
        assert (await town.get("/_pbxsim/clock?pbx=south")).json["now"] == "2026-01-01T00:01:00.000000Z"


async def test_health_tells_which_pbxs_are_served() -> None:
    async with running(plan("north"), plan("south")) as town:
        assert (await town.get("/livez")).json == {"status": "alive"}
        assert (await town.get("/readyz")).json == {"status": "ready", "pbxs": ["north", "south"]}


async def test_nothing_of_the_control_api_is_kept_in_a_cache_or_guessed_at(town: Town) -> None:
    headers = (await town.get("/_pbxsim/clock")).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "application/json"


def test_the_control_api_owns_its_root_and_what_is_below() -> None:
    api = ControlApi(Hosts([]), Guard("127.0.0.1"))
    assert all(
        api.is_control(path) for path in ("/livez", "/readyz", "/metrics", "/_pbxsim", "/_pbxsim/", "/_pbxsim/x/y")
    )
    assert not any(api.is_control(path) for path in ("/", "/_pbxsimx", "/livez/x", "/metrics/x", "/x/_pbxsim/"))
