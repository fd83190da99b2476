"""The connection under the server: aiohttp's own, made to bear what telephone systems' clients really send.

Three differences: a request line with raw bytes above 0x7F (a name pasted into a URL) is read as if they were
percent-encoded, as PHP under Apache does; and what cannot be read as HTTP at all is answered in one line and told to
`on_unreadable`, never written to a log with its (secret) content; and what a client takes is limited
(connection_limits.py), its time by one timer a connection that is moved only when it fires, so that a request costs no
timer.
"""

from __future__ import annotations

import asyncio
import logging
import math
import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from aiohttp.http import HttpProcessingError, RawRequestMessage
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from pbxsim.web import low_level as web
from pbxsim.web.at_once import AnsweringAtOnce, AtOnce, never
from pbxsim.web.connection_limits import ConnectionLimits, OpenConnections
from pbxsim.web.reply_batch import ReplyBatch
from pbxsim.web.request_line import with_encoded_target

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from logging import Logger

    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.streams import StreamReader

    from pbxsim.hosting.connection_counts import ConnectionCounts
    from pbxsim.kit.limits import RequestLimits

_log: Final = logging.getLogger("pbxsim")
_LINGERING: Final = 5.0  # seconds for which a client that was sent away may go on sending, as nginx' lingering_timeout

_SECOND_PACKET: Final = 0.1  # seconds in which a body comes that is sent right behind its header, a delayed ACK counted

OnUnreadable = Callable[[str, str], None]
"""Told the client's address and, in words, why its request could not be read."""


class Connection(AnsweringAtOnce):
    """One client's connection."""

    __slots__ = (
        "_deadline",
        "_header_bytes",
        "_limit",
        "_looks_at",
        "_on_unreadable",
        "_open",
        "_socket",
        "_stalled",
        "_timer",
        "limits",
    )

    def __init__(
        self,
        server: web.Server,
        loop: AbstractEventLoop,
        on_unreadable: OnUnreadable,
        clients: OpenConnections,
        read: RequestLimits,
        at_once: AtOnce,
        batch: ReplyBatch,
    ) -> None:
        # No access log: a line for each request costs more than the request. A packed body is for the vendor to judge.
        super().__init__(
            server,
            loop=loop,
            access_log=cast("Logger", None),
            auto_decompress=False,
            max_headers=read.headers,
            max_field_size=read.header_line,
            max_line_size=read.header_line,
        )
        self.limits = clients.limits
        self._at_once = at_once
        self._awaits_body = False
        self._batch = batch
        self._on_unreadable = on_unreadable
        self._open = clients
        self._request_factory = self._begin
        self._socket: asyncio.Transport | None = None
        self._timer: asyncio.Handle | None = None
        self._looks_at = 0.0  # the loop's time that it is for: uvloop's cannot always say it
        self._stalled: asyncio.TimerHandle | None = None
        self._deadline = math.inf  # the loop's time at which the client must have said more
        self._limit = ""  # the limit that the deadline is of
        self._header_bytes = 0  # how much of a header has come that is not complete

    # -- who is there ---------------------------------------------------------------------------------------------

    @property
    def has_request(self) -> bool:
        """Whether a request has arrived that is still to be answered."""
        return len(self._messages) > self._awaits_body

    def enter(self, transport: asyncio.Transport) -> bool:
        """Be counted among the clients, from the moment at which the socket is there; False: there is no room."""
        peer = transport.get_extra_info("peername")
        if not self._open.admit(self, peer[0] if isinstance(peer, tuple) else ""):
            return False
        self._socket = transport
        return True

    def leave(self) -> None:
        """Be counted no longer."""
        self._open.leaves(self)

    def cut_before_its_first_byte(self) -> None:
        """Be counted among those who took too long to begin, under TLS to shake hands."""
        self._open.counts.cut["first_byte"] += 1

    def abort(self) -> None:
        """Close it at once; of what it was still to be sent the system has what it took, all else is dropped."""
        self._batch.send()
        if self._socket is not None:
            self._socket.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or say that there is no room."""
        made = cast("asyncio.Transport", transport)
        if self._socket is None and not self.enter(made):
            made.write(_line_reply(HTTPStatus.SERVICE_UNAVAILABLE))
            made.close()
            return
        super().connection_made(transport)
        if self._task_handler is not None:
            self._task_handler.add_done_callback(self._forget_unanswered)
        self._wait("first_byte", self.limits.first_byte)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End."""
        if self._awaits_body:  # a vendor hears of a body that broke off
            self._messages[0][1].set_exception(exc or ConnectionResetError("connection lost"))
            self.go_on()
            self._loop.call_soon(self.connection_lost, exc)
            return
        self.leave()
        for timer in (self._timer, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def _forget_unanswered(self, _task: asyncio.Task[None]) -> None:
        """Let go of requests that nobody will answer: each leads to its body, and that back here."""
        self._messages.clear()

    # -- how long it takes ----------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take bytes from the socket."""
        if self.take(data if data.isascii() else with_encoded_target(data)):
            return
        if not self._messages:
            if self._waiter is not None and data:  # not while the rest of a body is thrown away
                self._take_part_of_header(len(data))
            return
        unread, request = self._messages[-1][0], self._current_request
        if isinstance(unread, RawRequestMessage):
            return
        if unread.exc is not None:
            # Its traceback leads to all that was received, and from there back to it; the collector counts objects, and
            # comes no sooner where they are large.
            unread.exc.__traceback__ = None
        if request is not None:
            # aiohttp keeps what it could not read for later, and lets the request whose body that was wait for ever.
            request.content.set_exception(RequestPayloadError("no chunk of a body"))

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """Go over to waiting: a reply is out. (aiohttp has no other word for that.)"""
        if self.transport is not None:  # else it would be kept for a client that has gone
            self._open.waits(self)
            self._wait("between", self.limits.between)

    def answered_at_once(self, now: float) -> None:
        """Go over to waiting, which it has done until now: but it is the last who did."""
        self._header_bytes = 0
        self._open.was_served(self)
        self._wait_until("between", now + self.limits.between)

    def awaits_body(self) -> None:
        """Go over to answering: but no longer wait than a packet usually takes before the time of a body begins."""
        self._header_bytes = 0
        self._open.is_served(self)
        self._wait("", _SECOND_PACKET)

    def pause_writing(self) -> None:
        """Give a client that does not take its reply so long to take some."""
        super().pause_writing()
        self._stalled = self._loop.call_later(self.limits.sending, self._stall)

    def resume_writing(self) -> None:
        """Go on: the client has taken some of its reply."""
        if self._stalled is not None:
            self._stalled.cancel()
        super().resume_writing()

    def _begin(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        """Go over to answering: this request's turn has come."""
        self._open.is_served(self)
        self._deadline = math.inf
        self._header_bytes = 0
        return web.BaseRequest(message, payload, protocol, writer, task, self._loop)

    def _stall(self) -> None:
        self._open.counts.cut["sending"] += 1
        self.abort()

    def _wait(self, limit: str, seconds: float) -> None:
        self._wait_until(limit, self._loop.time() + seconds)

    def _wait_until(self, limit: str, deadline: float) -> None:
        self._limit = limit
        self._deadline = deadline
        if self._timer is None:
            self._look_at(deadline)
        elif deadline < self._looks_at:
            self._timer.cancel()
            self._look_at(deadline)

    def _look_at(self, when: float) -> None:
        self._timer, self._looks_at = self._loop.call_at(when, self._look), when

    def _look(self) -> None:
        self._timer = None
        if self._deadline == math.inf or self.has_request:  # one that has come this moment has its turn in the next
            return
        if self._loop.time() < self._deadline:
            self._look_at(self._deadline)
        elif self._awaits_body:
            self.go_on()
        elif self._header_bytes:
            self._send_away("header", HTTPStatus.REQUEST_TIMEOUT)
        else:
            if self._limit:
                self._open.counts.cut[self._limit] += 1
            self.abort()  # what has no request in it has nothing to lose

    def _take_part_of_header(self, length: int) -> None:
        if not self._header_bytes:
            self._wait("header", self.limits.header)
        self._header_bytes += length
        if self._header_bytes > self.limits.header_bytes:
            self._send_away("header_bytes", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _send_away(self, limit: str, status: HTTPStatus) -> None:
        """Answer what is not a whole request yet, and will not become one."""
        if self.transport is None or self._socket is None:
            return
        self._open.counts.cut[limit] += 1
        self._on_unreadable(str((self._socket.get_extra_info("peername") or ("",))[0]), status.phrase)
        self.transport.write(_line_reply(status))
        self.close()  # what still comes is not looked at, but taken: else the system would take back the reply
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._header_bytes = 0
        self._wait("", _LINGERING)

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
        if isinstance(exc, ConnectionError) and self._has_left():
            pass  # whoever hangs up while being answered knows why
        elif exc is None or isinstance(exc, HttpProcessingError):
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

    def _has_left(self) -> bool:
        return self.transport is None or self.transport.is_closing()


class ConnectionServer(web.Server):
    """Makes a Connection for each client, within limits. To be made in a running event loop.

    `read` gives how many and how long headers a client that comes now may send. Who comes and goes is counted
    in `counts`. `at_once` is asked before `handler`, where a request is plain; its replies go out by `batch`.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        on_unreadable: OnUnreadable,
        limits: ConnectionLimits,
        read: Callable[[], RequestLimits],
        counts: ConnectionCounts,
        at_once: AtOnce = never,
    ) -> None:
        super().__init__(handler)
        self.at_once = at_once
        self._on_unreadable = on_unreadable
        self._read = read
        self.batch = ReplyBatch(asyncio.get_running_loop())
        self._open = OpenConnections(limits, asyncio.get_running_loop().time, counts)

    def __call__(self) -> Connection:
        """Make the connection for a client that has just come."""
        return Connection(self, self._loop, self._on_unreadable, self._open, self._read(), self.at_once, self.batch)


def _line_reply(status: HTTPStatus) -> bytes:
    text = f"{status.value} {status.phrase}\n"
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}"
    ).encode()
