"""The edge on a real socket: vendors' paths, whatever comes in, whatever breaks."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import TYPE_CHECKING

import aiohttp
import pytest

from pbxsim.web.connection_limits import ConnectionLimits
from tests.web.town import Town, plan, running

if TYPE_CHECKING:
    from pbxsim.kit.request import Request

CALL = "/acme/api?secret=s3cret!&from=100&to=102"
KEPT = b" HTTP/1.1\r\nHost: localhost\r\n"
HOST_IS_NEEDED = pytest.mark.skipif(
    tuple(map(int, aiohttp.__version__.split(".")[:2])) < (3, 14),
    reason="aiohttp before 3.14 serves a request without Host",
)


def reset_when_closed(writer: asyncio.StreamWriter) -> None:
    """Have closing this connection reset it, as a client's crash would."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def test_a_vendors_reply_goes_out_byte_for_byte(town: Town) -> None:
    answered = await town.raw_get(CALL.encode())
    head, _, body = answered.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert b"Content-Type: text/plain; charset=utf-8" in lines
    assert b"Content-Length: 6" in lines
    assert body == b"CALL 1"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_every_method_reaches_the_vendor(town: Town, method: str) -> None:
    answered = await town.ask(method, "/acme/api?do=echo")
    assert answered.status == 200
    if method != "HEAD":
        assert answered.json["method"] == method


async def test_a_path_below_a_vendors_prefix_reaches_it(town: Town) -> None:
    assert (await town.get("/acme/v4/call/originate?do=echo")).json["path"] == "/acme/v4/call/originate"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"//acme//api?do=echo", "/acme/api"),
        (b"/%61cme/api?do=echo", "/acme/api"),
        (b"http://elsewhere:99/acme/api?do=echo", "/acme/api"),
    ],
)
async def test_a_path_is_read_as_web_servers_read_it(town: Town, target: bytes, path: str) -> None:
    answered = await town.raw_get(target)
    assert f'"path":"{path}"'.encode() in answered


async def test_a_path_that_had_to_be_read_that_way_is_told_in_the_request_journal(town: Town) -> None:
    await town.raw_get(b"//acme/api?do=echo")
    (request,) = (await town.get("/_pbxsim/requests")).json
    assert request["hints"] == ["path '//acme/api' was read as '/acme/api'"]


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (b"x=SIP\\5555-0000b704", "SIP\\5555-0000b704"),
        (b'x="quoted"', '"quoted"'),
        ("x=Žluťoučký".encode(), "Žluťoučký"),
        ("x=سلام".encode(), "سلام"),
        (b"x=%C5%BDlu%C5%A5", "Žluť"),
        (b"x=a+b%20c", "a b c"),
        (b"x=%zz%", "%zz%"),
        (b"x=1&x=2", "2"),
        (b"x=\xff", "%FF\x00"),
        (b"x=<>^`|{}", "<>^`|{}"),
    ],
)
async def test_values_arrive_as_php_would_read_them(town: Town, query: bytes, value: str) -> None:
    answered = await town.raw_get(b"/acme/api?do=echo&" + query)
    assert answered.startswith(b"HTTP/1.1 200 OK")
    assert (await town.get("/_pbxsim/requests")).json[0]["params"] == {"do": "echo", "x": value}


@pytest.mark.parametrize(
    "target", [b"/no", b"/\\acme\\api", b"/acme/api/%00", b"//[", b"/%zz%", "/č/ř".encode(), b"/acme/API", b"/a" * 3000]
)
async def test_a_path_of_nobodys_is_404_and_names_those_there_are(town: Town, target: bytes) -> None:
    answered = await town.raw_get(target)
    assert answered.startswith(b"HTTP/1.1 404 Not Found")
    assert b"  /acme/api  (acme)\n  /acme/v4/*  (acme)\n" in answered


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        (b"/Acme/api", "path '/Acme/api' is written '/acme/api': case counts"),
        (b"/acme\\api", "path '/acme\\\\api' is written with '/', not '\\'"),
        (b"/acme/apii", "path '/acme/apii' is not documented: did you mean '/acme/api'?"),
        (b"/acme/api/", "path '/acme/api/' has a slash at its end: /acme/api is documented without"),
        (
            b"/acme/call/originate",
            "path '/acme/call/originate' lacks 'v4': /acme/v4/call/originate is documented; "
            "does the client's base URL lack its trailing slash?",
        ),
        (
            b"/acme/v4call/originate",
            "path '/acme/v4call/originate' lacks a slash: /acme/v4/call/originate is documented; "
            "does the client's base URL lack its trailing slash?",
        ),
    ],
)
async def test_an_unknown_path_is_a_near_miss(town: Town, target: bytes, hint: str) -> None:
    await town.raw_get(target)
    (request,) = (await town.get("/_pbxsim/requests?vendor=none")).json
    assert request["hints"] == [hint]
    assert (request["vendor"], request["status"]) == (None, 404)


async def test_a_secret_in_an_unknown_path_is_not_shown(town: Town) -> None:
    await town.raw_get(b"/acme/api&secret=s3cret!&from=100")
    shown = await town.get("/_pbxsim/requests")
    assert b"s3cret" not in shown.body
    assert shown.json[0]["path"] == "/acme/api&secret=***&from=***"


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET /acme/api?secret=s3cret! HTTP/9.9\r\n\r\n",
        b"BREW /acme/api HTTP/1.1\r\nHost: x\r\n\r\n",
        pytest.param(b"GET /acme/api HTTP/1.1\r\n\r\n", marks=HOST_IS_NEEDED),
        b"GET /acme /api" + KEPT + b"\r\n",
        b"POST /acme/api" + KEPT + b"Content-Length: -1\r\n\r\nabc",
        b"POST /acme/api" + KEPT + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"GET /" + b"a" * 20_000 + KEPT + b"\r\n",
        b"GET /acme/api" + KEPT + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_answered_in_a_line_and_logged_nowhere(
    town: Town, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answered = await town.raw(request_bytes)
    assert answered.startswith(b"HTTP/1.0 400 Bad Request")
    assert caplog.records == []
    (request,) = (await town.get("/_pbxsim/requests")).json
    assert request["hints"][0].startswith("this was no HTTP request that a server can read: Bad Request")
    assert (await town.get(CALL)).body == b"CALL 1"


async def test_a_body_that_is_too_long_is_answered_by_the_vendor(town: Town) -> None:
    answered = await town.ask("POST", "/acme/api", "a" * 1_048_577, Connection="close")
    assert (answered.status, answered.body) == (400, b"FAULT the body is longer than 1048576 bytes")


async def test_a_body_of_unknown_length_that_grows_too_long_is_answered_by_the_vendor(town: Town) -> None:
    head = b"POST /acme/api HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answered = await town.raw(head + b"100000\r\n" + b"a" * 0x100000 + b"\r\n5\r\naaaaa\r\n0\r\n\r\n")
    assert answered.endswith(b"FAULT the body is longer than 1048576 bytes")


async def test_the_longest_body_is_taken_whole(town: Town) -> None:
    answered = await town.ask("POST", "/acme/api?do=echo", "a" * 1_048_576, Content_Type="text/plain")
    assert len(answered.json["body"]) == 1_048_576


async def test_broken_chunking_is_answered_by_the_vendor_if_it_was_reached(town: Town) -> None:
    async with town.connection() as (reader, writer):
        writer.write(b"POST /acme/api" + KEPT + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await writer.drain()
        for _ in range(3):  # each a turn of the loop that server and test share: by then it waits for the rest
            await town.get("/livez")
        writer.write(b"zz\r\nabc\r\n")
        answered = await reader.read()
        assert answered.endswith(b"\r\n\r\nFAULT the body broke off: RequestPayloadError")


async def test_a_client_that_stops_sending_is_answered_by_the_vendor() -> None:
    async with running(limits=ConnectionLimits(body=0.01)) as town, town.connection() as (reader, writer):
        writer.write(b"POST /acme/api" + KEPT + b"Content-Length: 10\r\n\r\nabc")
        answered = await reader.readuntil(b"body's end")
        assert b"\r\nConnection: close\r\n" in answered
        assert answered.endswith(b"FAULT the client stopped sending before the body's end")
        assert town.hosts.connections.cut["body"] == 1


async def test_a_client_that_hangs_up_in_the_middle_places_no_call(town: Town) -> None:
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\nsecret=s3cret!&from=100&to=1"
    async with town.connection() as (_, writer):
        writer.write(b"POST /acme/api" + KEPT + form)
        await writer.drain()
    while not (requests := (await town.get("/_pbxsim/requests")).json):
        pass
    assert requests[0]["fault"] == "the body broke off: ConnectionResetError"
    assert (await town.get("/_pbxsim/calls")).json == []


async def test_a_client_that_waits_for_leave_to_send_gets_it(town: Town) -> None:
    request = (
        b"POST /acme/api?do=echo" + KEPT + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"
    )
    answered = await town.raw(request)
    assert answered.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert b'"body":"abc"' in answered


async def test_a_client_that_leaves_before_it_gets_leave_to_send_is_no_news(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with town.connection() as (_, writer):
        writer.write(b"POST /acme/api" + KEPT + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        await writer.drain()
        reset_when_closed(writer)
    async with asyncio.timeout(10):
        while not (requests := (await town.get("/_pbxsim/requests")).json):
            pass
    assert requests[0]["fault"].startswith("the body broke off: ")
    assert caplog.records == []


async def test_a_form_is_read_with_the_query(town: Town) -> None:
    answered = await town.ask(
        "POST", "/acme/api?do=echo&a=1", "a=2&b=%C5%99", Content_Type="application/x-www-form-urlencoded"
    )
    assert answered.json["params"] == {"do": "echo", "a": "2", "b": "ř"}


async def test_requests_on_one_connection_are_answered_in_their_order(town: Town) -> None:
    one = b"GET " + CALL.encode() + KEPT + b"\r\n"
    last = b"GET " + CALL.encode() + KEPT + b"Connection: close\r\n\r\n"
    answered = await town.raw(one * 3 + last)
    places = [answered.index(b"CALL %d" % number) for number in range(1, 5)]
    assert places == sorted(places)


async def test_an_exception_in_a_vendor_is_500_and_the_server_goes_on(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    answered = await town.get("/acme/api?do=break&secret=s3cret!&pin=12%2034")
    assert (answered.status, answered.reason) == (500, "Internal Server Error")
    assert answered.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answered.body == b"500 Internal Server Error\nacme: RuntimeError; pbxsim's log has more\n"
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pbxsim", logging.ERROR)
    assert "town.py" in record.getMessage()
    assert "RuntimeError: it broke over do=break&secret=***&pin=***" in record.getMessage()
    assert (await town.get(CALL)).body == b"CALL 1"


async def test_a_port_that_is_taken_is_said_to_be() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with running() as town:
            with pytest.raises(match=f"cannot listen on 127.0.0.1 port {port}: "):
                await town.server.start("127.0.0.1", port)


async def test_the_credential_in_a_request_picks_the_pbx() -> None:
    async with running(plan("north", "n0rth"), plan("south", "s0uth")) as town:
        await town.get("/acme/api?secret=s0uth&from=100&to=102")
        assert (await town.get("/_pbxsim/calls?pbx=north")).json == []
        assert len((await town.get("/_pbxsim/calls?pbx=south")).json) == 1


async def test_a_credential_of_nobodys_is_refused_by_the_first_pbx() -> None:
    async with running(plan("north", "n0rth"), plan("south", "s0uth")) as town:
        answered = await town.get("/acme/api?secret=eastt&from=100&to=102")
        assert answered.body == b"WHO ARE YOU"
        assert len((await town.get("/_pbxsim/requests?pbx=north")).json) == 1
        assert (await town.get("/_pbxsim/requests?pbx=south")).json == []


async def test_a_running_clock_has_moved_when_a_request_is_answered() -> None:
    async with running(rate=1_000_000) as town:
        await town.get(CALL)
        while not (cdrs := (await town.get("/_pbxsim/cdrs")).json):
            pass
        assert cdrs[0]["disposition"] == "ANSWERED"


async def test_stopping_closes_the_connections_that_are_open(town: Town) -> None:
    async with town.connection() as (reader, writer):
        writer.write(b"GET " + CALL.encode() + KEPT + b"\r\n")
        await reader.readuntil(b"CALL 1")
        await town.server.stop()
        assert await reader.read() == b""


async def test_stopping_does_not_wait_for_a_clock_that_stands_still(town: Town) -> None:
    town.host.driver.hold()
    waiting = asyncio.create_task(town.post("/_pbxsim/clock/advance", {"seconds": 1}))
    for _ in range(3):  # turns of the loop that server and test share: by then it waits
        await town.get("/livez")
    await town.server.stop()
    answered = await waiting
    assert (answered.status, answered.json["detail"]) == (409, "the clock is not running")


async def test_a_fault_above_the_vendors_is_500_and_told_without_what_it_says(
    town: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str, request: Request) -> None:
        raise LookupError(request.query)

    monkeypatch.setattr(town.hosts, "for_request", fail)
    answered = await town.get(CALL)
    assert (answered.status, answered.body) == (500, b"500 Internal Server Error: LookupError\n")
    (record,) = caplog.records
    assert record.getMessage().startswith("a request failed: LookupError\n")
    assert "s3cret" not in record.getMessage()
