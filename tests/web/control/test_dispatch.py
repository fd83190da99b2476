"""The control API's entrance: strict reading, problem documents, methods, and which PBX is meant."""

from __future__ import annotations

import pytest

from pbxsim.hosting.hosts import Hosts
from pbxsim.web.connection_limits import ConnectionLimits
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from tests.web.control.problems import problem
from tests.web.town import Town, plan, running


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("PUT", "/clock", "{", 400, "body: Input data was truncated"),
        ("PUT", "/clock", "[]", 400, "body: Expected `object`, got `array`"),
        ("PUT", "/clock", None, 400, "body: Object missing required field `rate`"),
        ("PUT", "/clock", {"rate": "fast"}, 400, "body: Expected `float`, got `str` - at `$.rate`"),
        ("PUT", "/clock", {"rate": True}, 400, "body: Expected `float`, got `bool` - at `$.rate`"),
        ("PUT", "/clock", {"rate": -1}, 400, "body: Expected `float` >= 0.0 - at `$.rate`"),
        ("PUT", "/clock", {"rate": 1, "speed": 2}, 400, "body: Object contains unknown field `speed`; there are: rate"),
        ("POST", "/clock/advance", {"seconds": 1e300}, 400, "body: Expected `float` <= 315360000.0 - at `$.seconds`"),
        ("POST", "/clock/next", {"seconds": 1}, 400, "body: Object contains unknown field `seconds`; there is none"),
        ("POST", "/clock/advance", '{"seconds": NaN}', 400, "body: JSON is malformed: invalid character (byte 12)"),
        ("POST", "/clock/advance", "[" * 100_000, 400, "body: Expected `object`, got `array`"),
        ("POST", "/reset", {"seed": 1.5}, 400, "body: Expected `int | null`, got `float` - at `$.seed`"),
        ("POST", "/calls", {"to": "100"}, 400, "body: Object missing required field `from`"),
        ("POST", "/calls", {"from": "1"}, 422, "to: whom? A number, or queue, group, menu or context instead"),
        ("POST", "/calls", {"from": "1\n2", "to": "100"}, 400, None),
        ("GET", "/calls?limt=1", None, 400, "query: Object contains unknown field `limt`: did you mean `limit`?"),
        ("GET", "/calls?limit=x", None, 400, "query: Expected `int`, got `str` - at `$.limit`"),
        ("GET", "/calls?limit=0", None, 400, "query: Expected `int` >= 1 - at `$.limit`"),
        (
            "GET",
            "/calls?state=gone",
            None,
            400,
            "query: Invalid enum value 'gone' - at `$.state`; one of dialing, ringing, up, ended",
        ),
        (
            "GET",
            "/cdrs?disposition=busy",
            None,
            400,
            "query: Invalid enum value 'busy' - at `$.disposition`: did you mean 'BUSY'?;"
            " one of ANSWERED, NO ANSWER, BUSY, FAILED",
        ),
        (
            "GET",
            "/cdr",
            None,
            404,
            "the control API has no /_pbxsim/cdr: did you mean /_pbxsim/cdrs?; /_pbxsim/openapi.json lists its routes",
        ),
        (
            "POST",
            "/clock/advance",
            {"second": 60},
            400,
            "body: Object contains unknown field `second`: did you mean `seconds`?",
        ),
        ("POST", "/phones/sip10/answer", None, 404, "there is no telephone 'sip10': did you mean sip102 or sip100?"),
        ("POST", "/phones/299299000/answer", None, 404, "'299299000' is the telephone sip100"),
        ("GET", "/clock?now=1", None, 400, "query: Object contains unknown field `now`; there is none"),
        ("GET", "/calls/99", None, 404, "there is no call 99, or it is too long ago"),
        ("GET", "/calls/abc", None, 404, "call 'abc' is no number"),
        ("GET", "/calls/%D9%A1", None, 404, "call '١' is no number"),
        ("GET", "/calls/" + "9" * 5000, None, 404, None),
        ("POST", "/calls/99/hangup", None, 404, "there is no call 99, or it is too long ago"),
        ("POST", "/phones/nobody/answer", None, 404, "there is no telephone 'nobody'; there are: sip100, sip102"),
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


@pytest.mark.parametrize("path", ["/_pbxsim/snapshots", "/_pbxsim/ladder", "/_pbxsim"])
async def test_what_is_to_come_is_not_there_yet(town: Town, path: str) -> None:
    assert (await town.get(path)).status == 404


async def test_a_body_that_is_too_long_is_413(town: Town) -> None:
    answered = await town.ask("PUT", "/_pbxsim/clock", " " * 1_048_577)
    assert problem(answered) == (413, "body: the body is longer than 1048576 bytes")


async def test_a_body_that_stops_is_400() -> None:
    async with running(limits=ConnectionLimits(body=0.01)) as town, town.connection() as (reader, writer):
        writer.write(b"PUT /_pbxsim/clock HTTP/1.1\r\nHost: localhost\r\n")
        writer.write(b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        answered = await reader.readuntil(b"}")
        assert b"the client stopped sending before the body's end" in answered


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
