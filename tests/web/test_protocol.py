"""A request line with raw bytes in it, and a connection on which something fails outside any request."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NoReturn

import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError

from pbxsim.web.protocol import ConnectionServer, with_encoded_target

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("GET /č HTTP/1.1\r\nX: ř\r\n\r\n".encode(), b"GET /%C4%8D HTTP/1.1\r\nX: \xc5\x99\r\n\r\n"),
        (b"GET /?a=\xff&b=1 HTTP/1.0\n", b"GET /?a=%FF&b=1 HTTP/1.0\n"),
        ("GET / HTTP/1.1\r\nX: ř\r\n\r\n".encode(), "GET / HTTP/1.1\r\nX: ř\r\n\r\n".encode()),
        ('{"name": "č"}'.encode(), '{"name": "č"}'.encode()),
        ("get /č HTTP/1.1\r\n".encode(), "get /č HTTP/1.1\r\n".encode()),
        ("GET /č HTTP/1.1".encode(), "GET /č HTTP/1.1".encode()),
    ],
)
def test_raw_bytes_are_encoded_in_a_request_line_and_nowhere_else(sent: bytes, read_as: bytes) -> None:
    assert with_encoded_target(sent) == read_as


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

    connections = ConnectionServer(handle, refuse)
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
