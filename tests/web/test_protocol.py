"""A connection: failures outside any request, clients that take their time, and what is left of those who have gone."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from pbxsim.hosting.connection_counts import ConnectionCounts
from pbxsim.kit.limits import USUAL
from pbxsim.web.connection_limits import ConnectionLimits
from pbxsim.web.protocol import ConnectionServer
from tests.web.town import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp.abc import AbstractStreamWriter

    from tests.web.town import Town

HEAD = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\n"
SHORT = 0.1
LONG = 1_000.0


class _Torn(web.Response):
    """A reply that fails as it is sent, when nothing above the connection can answer for it any more."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Fail."""
        raise self._error


async def _answered_with(reply: web.Response) -> bytes:
    """Serve one request on a socket with this reply, and give what its client gets until the connection ends."""

    async def handle(_: web.BaseRequest) -> web.StreamResponse:
        return reply

    def refuse(client: str, reason: str) -> NoReturn:
        raise AssertionError(f"{client} sent HTTP, and it was not read: {reason}")

    connections = ConnectionServer(handle, refuse, ConnectionLimits(), lambda: USUAL, ConnectionCounts())
    server = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET /?secret=s3cret! HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await connections.shutdown()
    return received


async def test_a_failure_outside_any_request_is_logged_by_its_name_alone_and_ends_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await _answered_with(_Torn(ValueError("over /?secret=s3cret!"))) == b""
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pbxsim", logging.ERROR)
    assert record.getMessage() == "a connection failed: ValueError"
    assert record.exc_info is None


async def test_a_body_that_broke_off_is_the_clients_affair_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert await _answered_with(_Torn(RequestPayloadError("no chunk of a body"))) == b""
    assert caplog.records == []


@pytest.mark.slow
async def test_a_client_that_never_says_a_word_is_sent_away() -> None:
    async with running(limits=ConnectionLimits(first_byte=SHORT, header=LONG, between=LONG)) as town:
        assert await town.raw(b"") == b""
        assert (await town.get("/_pbxsim/requests")).json == []
        assert _cut(town) == {"first_byte": 1}


@pytest.mark.slow
async def test_a_header_that_comes_byte_by_byte_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    async with running(limits=ConnectionLimits(first_byte=LONG, header=SHORT, between=LONG)) as town:
        async with town.connection() as (reader, writer):
            writer.write(HEAD + b"X: ")
            answered = asyncio.create_task(reader.read())
            while not (await asyncio.wait([answered], timeout=SHORT / 10))[0]:
                writer.write(b"a")
            assert answered.result().startswith(TIMED_OUT)
        await _is_told(town, "Request Timeout")
        assert _cut(town) == {"header": 1}
    assert caplog.records == []


def _cut(town: Town) -> dict[str, int]:
    """Give how many clients were cut off, by the limits that were reached."""
    return {limit: count for limit, count in town.hosts.connections.cut.items() if count}


async def _is_told(town: Town, words: str) -> None:
    (request,) = (await town.get("/_pbxsim/requests")).json
    assert request["hints"] == [f"this was no HTTP request that a server can read: {words}"]


@pytest.mark.slow
async def test_a_header_is_measured_from_its_own_first_byte() -> None:
    async with (
        running(limits=ConnectionLimits(first_byte=LONG, header=SHORT, between=LONG)) as town,
        town.connection() as (reader, writer),
    ):
        for _ in range(2):
            writer.write(HEAD + b"\r\n")
            await reader.readuntil(b'alive"}')
        writer.write(HEAD)
        assert (await reader.read()).startswith(TIMED_OUT)


@pytest.mark.slow
async def test_a_connection_is_kept_so_long_between_requests() -> None:
    async with (
        running(limits=ConnectionLimits(first_byte=LONG, header=LONG, between=SHORT)) as town,
        town.connection() as (reader, writer),
    ):
        writer.write(HEAD + b"\r\n")
        assert (await reader.read()).count(b"HTTP/1.1 200 OK") == 1
        assert _cut(town) == {"between": 1}


@pytest.mark.slow
async def test_a_request_that_takes_long_to_answer_is_not_cut_off() -> None:
    limits = ConnectionLimits(first_byte=SHORT, header=SHORT, between=SHORT)
    async with running(limits=limits) as town, town.connection() as (reader, writer):
        hold = town.host.driver.hold()
        writer.write(
            b"POST /_pbxsim/clock/advance HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 13\r\n\r\n{"seconds":1}'
        )
        assert await town.raw(b"") == b""  # one that comes later is sent away meanwhile, and so is the next
        assert await town.raw(b"") == b""
        hold.release()
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")


async def test_a_header_that_has_no_end_is_refused() -> None:
    async with running(limits=ConnectionLimits(header_bytes=5_000)) as town:
        async with town.connection() as (reader, writer):
            writer.write(HEAD)
            for _ in range(3):
                writer.write(b"X: " + b"a" * 2_000 + b"\r\n")
                await writer.drain()
                await town.get("/livez")
            assert (await reader.read()).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
        await _is_told(town, "Request Header Fields Too Large")
        assert _cut(town) == {"header_bytes": 1}


async def _ask_for_ever(deaf: socket.socket) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(deaf, (HEAD + b"\r\n") * 1_000)


async def test_whoever_sends_a_megabyte_of_headers_without_looking_still_gets_the_refusal(town: Town) -> None:
    answered = await town.raw(HEAD + (b"X: " + b"a" * 8_000 + b"\r\n") * 120 + b"\r\n")
    assert answered.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert answered.endswith(b"\r\n\r\n431 Request Header Fields Too Large\n")
    await _is_told(town, "Request Header Fields Too Large")


@pytest.mark.slow
@pytest.mark.skipif(
    "_max_msg_queue_size" not in RequestHandler.__slots__,
    reason="this aiohttp reads requests without bound while replies wait: newer ones of 3.14 do not",
)
async def test_a_client_that_does_not_take_its_reply_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    async with running(limits=ConnectionLimits(sending=SHORT)) as town:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.setblocking(False)
            await asyncio.get_running_loop().sock_connect(deaf, ("127.0.0.1", town.server.port))
            with pytest.raises(ConnectionError):
                await asyncio.wait_for(_ask_for_ever(deaf), 20)
        assert (await town.get("/livez")).status == 200
        assert _cut(town) == {"sending": 1}
    assert caplog.records == []


@pytest.mark.slow
async def test_pipelined_requests_beyond_what_is_kept_are_all_answered_in_turn(town: Town) -> None:
    last = HEAD + b"Connection: close\r\n\r\n"
    assert (await town.raw((HEAD + b"\r\n") * 500 + last)).count(b"HTTP/1.1 200 OK") == 501


async def test_over_the_ceiling_the_oldest_that_waits_is_closed_for_the_newcomer() -> None:
    async with running(limits=ConnectionLimits(at_once=3)) as town:
        connections = [await asyncio.open_connection("127.0.0.1", town.server.port) for _ in range(10)]
        for reader, _ in connections[:7]:
            assert await reader.read() == b""
        for reader, writer in connections[7:]:
            writer.write(HEAD + b"Connection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
        for _, writer in connections:
            writer.close()


async def test_where_all_are_being_answered_a_newcomer_is_told_to_come_again() -> None:
    async with running(limits=ConnectionLimits(at_once=1)) as town, town.connection() as (reader, writer):
        hold = town.host.driver.hold()
        writer.write(
            b"POST /_pbxsim/clock/advance HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 13\r\nExpect: 100-continue\r\n\r\n{"seconds":1}'
        )
        await reader.readuntil(b"100 Continue\r\n\r\n")
        assert (await town.raw(b"")).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        hold.release()
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200 OK")


_TESTS = str(Path(__file__).parents[1])
LARGE = b"y" * 100_000
POST = b"POST /acme/api HTTP/1.1\r\nHost: localhost\r\n"
GONE = {
    "no HTTP": b"\0" + LARGE,
    "a method that there is not": LARGE + b" / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a bad header": HEAD + b"X\0: " + LARGE + b"\r\n\r\n",
    "a bad chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz" + LARGE,
    "a body that breaks off": POST + b"Content-Length: 900000\r\n\r\n" + LARGE,
    "requests behind one that closes": HEAD
    + b"Connection: close\r\n\r\n"
    + (POST + b"Content-Length: 100000\r\n\r\n" + LARGE) * 2,
}


@pytest.mark.slow
@pytest.mark.parametrize("sent", GONE.values(), ids=GONE)
async def test_whoever_has_gone_leaves_nothing_large_to_the_collector(town: Town, sent: bytes) -> None:
    with _garbage() as left:
        for _ in range(3):
            await town.leave(sent)
        await town.get("/livez")
        while town.hosts.connections.open > 1:  # but for the client that asks
            await town.get("/livez")
    assert left == []


@contextmanager
def _garbage() -> Iterator[list[str]]:
    """Give what the block leaves that only the collector frees, as far as it has something large."""
    gc.collect()
    gc.disable()
    left: list[str] = []
    try:
        yield left
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        for found in gc.garbage:
            if isinstance(found, FrameType) and found.f_code.co_filename.startswith(_TESTS):
                continue  # of the client here, which was cut off: Python 3.13 keeps its frame with the traceback
            large = [
                each
                for each in gc.get_referents(found)
                if isinstance(each, bytes | bytearray | str) and len(each) > 10_000
            ]
            left += [f"{type(found).__qualname__} has {len(each)} {type(each).__name__}" for each in large]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
