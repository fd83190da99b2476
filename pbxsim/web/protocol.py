"""The connection under the server: aiohttp's own, made to bear what telephone systems' clients really send.

Two differences: a request line with raw bytes above 0x7F (a name pasted into a URL) is read as if they were
percent-encoded, as PHP under Apache does; and what cannot be read as HTTP at all is answered in one line and told to
`on_unreadable`, never written to a log with its (secret) content.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from aiohttp import web
from aiohttp.http import HttpProcessingError, RawRequestMessage
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from pbxsim.kit.limits import USUAL, RequestLimits

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from logging import Logger

_log: Final = logging.getLogger("pbxsim")
_REQUEST_LINE: Final = re.compile(rb"[A-Z]{3,8} [^ \r\n]+ HTTP/1\.[01]\r?\n")
_RAW_BYTE: Final = re.compile(rb"[\x80-\xff]")

OnUnreadable = Callable[[str, str], None]
"""Told the client's address and, in words, why its request could not be read."""


class Connection(RequestHandler):
    """One client's connection."""

    __slots__ = ("_on_unreadable",)

    def __init__(
        self, server: web.Server, loop: AbstractEventLoop, on_unreadable: OnUnreadable, limits: RequestLimits = USUAL
    ) -> None:
        # No access log: a line for each request costs more than the request. A packed body is for the vendor to judge.
        super().__init__(
            server,
            loop=loop,
            access_log=cast("Logger", None),
            auto_decompress=False,
            max_headers=limits.headers,
            max_field_size=limits.header_line,
            max_line_size=limits.header_line,
        )
        self._on_unreadable = on_unreadable

    def data_received(self, data: bytes) -> None:
        """Take bytes from the socket."""
        super().data_received(data if data.isascii() else with_encoded_target(data))
        request = self._current_request
        if request is not None and self._messages and not isinstance(self._messages[-1][0], RawRequestMessage):
            # aiohttp keeps what it could not read for later, and lets the request whose body that was wait for ever.
            request.content.set_exception(RequestPayloadError("no chunk of a body"))

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what was no HTTP, or what went wrong above this connection, and close it."""
        phrase = HTTPStatus(status).phrase
        reason = phrase if exc is None else f"{phrase}: {type(exc).__name__}"
        if exc is None or isinstance(exc, HttpProcessingError):
            self._on_unreadable(request.remote or "", reason)
        else:  # where it happened, but not what it says: that may quote the request
            _log.error("a request failed: %s\n%s", type(exc).__name__, "".join(traceback.format_tb(exc.__traceback__)))
        response = web.Response(status=status, text=f"{status} {reason}\n")
        response.force_close()
        return response

    def log_exception(self, *args: object, **options: object) -> None:
        """Tell of an exception outside any request; a body that broke off is the client's affair and no news."""
        if not isinstance(options.get("exc_info"), RequestPayloadError):
            _log.error("a connection failed: %s", type(options.get("exc_info")).__name__)


class ConnectionServer(web.Server):
    """Makes a Connection for each client. `limits` say how many and how long headers those that come now may send."""

    def __init__(
        self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], on_unreadable: OnUnreadable
    ) -> None:
        super().__init__(handler)
        self._on_unreadable = on_unreadable
        self.limits = USUAL

    def __call__(self) -> RequestHandler:
        """Make the connection for a client that has just come."""
        return Connection(self, self._loop, self._on_unreadable, self.limits)


def with_encoded_target(data: bytes) -> bytes:
    """Percent-encode raw bytes in the target of a request line at the front of `data`; anything else stays as it is."""
    line = _REQUEST_LINE.match(data)
    if line is None or line.group().isascii():
        return data
    encoded = _RAW_BYTE.sub(lambda raw: b"%%%02X" % raw.group()[0], line.group())
    return encoded + data[line.end() :]
