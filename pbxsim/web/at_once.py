"""Requests that are answered as soon as they are read: what a vendor's clients send nearly always, and quickly then.

aiohttp answers each request in a task, with a request, a writer and a response of its own: a third of what a request
costs. None of that is needed where a request came whole, or its body soon behind it, nothing else has to be waited for
and the client takes its reply. So aiohttp reads, by the same parser, and before it wakes its task a request that it has
just read is answered here, by the same bytes. Whatever is unusual in request, server, reply or connection stays where
aiohttp has put it, untouched; what shows only once a request is answered is handed over with its answer, so that
nothing is ever answered twice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE, HttpRequestParser, HttpVersion11, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import RequestHandler

from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import SECOND
from pbxsim.kit.reply import Reply
from pbxsim.web import low_level as web

if TYPE_CHECKING:
    import asyncio
    from typing import TypeGuard

    from aiohttp.streams import StreamReader
    from aiohttp.web_protocol import _ErrInfo

    from pbxsim.web.reply_batch import ReplyBatch

Headers: TypeAlias = tuple[tuple[str, str], ...]

Answer: TypeAlias = tuple[Reply, Headers]
"""A vendor's reply, and the headers that it has more."""

AtOnce: TypeAlias = Callable[[RawRequestMessage, bytes, str], Answer | None]
"""Answers a request, its body and the address of its client; None: not now, and nothing has happened.

The request's target may be one in absolute form, which has no path that anybody owns.
"""

_LONGEST: Final = 65_536
"""Bytes that come, or are still to be sent, at most: asyncio lets so many wait before it has a writer wait."""

_DIGITS: Final = len(str(_LONGEST))
"""Of a body's length, where it is not waited for here any more."""

_read: Final = RequestHandler.data_received  # `super()` costs as much as three calls, before Python 3.12
_COUNTS_MESSAGES: Final = hasattr(HttpRequestParser, "message_consumed")  # since aiohttp 3.14.1
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_WITHOUT_BODY: Final = frozenset({204, 304})
_WRITTEN_HERE: Final = frozenset(
    {"connection", "content-length", "content-type", "date", "server", "transfer-encoding"}
)


def never(_message: RawRequestMessage, _body: bytes, _client: str) -> Answer | None:
    """Leave all of it to aiohttp."""
    return None


def response_of(reply: Reply, more: Headers = (), *, closes: bool = False) -> web.Response:
    """Make a response; one that `closes` where what is left of a body would be taken for the next request."""
    response = web.Response(
        body=reply.body, status=reply.status, headers=(("Content-Type", reply.content_type), *reply.headers, *more)
    )
    if closes:
        response.force_close()
    return response


def bytes_of(reply: Reply, more: Headers) -> bytes | None:
    """Write what aiohttp sends of `response_of` to whoever wants a body and keeps the connection; None: ask aiohttp."""
    body, headers = reply.body, reply.headers + more if more else reply.headers
    head = _head_at(wall_clock() // SECOND, len(body), reply.status, reply.content_type, headers)
    return None if head is None else head + body


@lru_cache(maxsize=64)
def _head_at(_second: int, length: int, status: int, content_type: str, headers: Headers) -> bytes | None:
    """Write a head, which is the same for a second where replies are alike."""
    head = _head(status, content_type, headers)
    tail = f"{length}\r\nDate: {rfc822_formatted_time()}\r\nServer: {SERVER_SOFTWARE}\r\n\r\n"
    return None if head is None else head + tail.encode()


@lru_cache(maxsize=256)
def _head(status: int, content_type: str, headers: Headers) -> bytes | None:
    """Write a head as far as it is the same for many replies; None where it is not like most."""
    if status < 200 or status in _WITHOUT_BODY or any(name.lower() in _WRITTEN_HERE for name, _ in headers):
        return None
    lines = [f"{name}: {value}" for name, value in (("Content-Type", content_type), *headers)]
    if not all(line.isascii() and line.isprintable() for line in lines):
        return None
    reason = web.Response(status=status).reason
    return "\r\n".join((f"HTTP/1.1 {status} {reason}", *lines, "Content-Length: ")).encode()


class AnsweringAtOnce(RequestHandler):
    """aiohttp's connection, which has `at_once` answer before it wakes its task, where that is all there is to do."""

    __slots__ = ("_at_once", "_awaits_body", "_batch", "_client")

    _at_once: AtOnce
    _awaits_body: bool
    """Whether a request has come but for its body, for which it waits here: a client may send it in a packet apart."""

    _batch: ReplyBatch
    """In which replies wait to be sent."""

    _client: str
    """The client's address."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0] if isinstance(peer, list | tuple) else peer or "")
        super().connection_made(transport)

    def answered_at_once(self, now: float) -> None:
        """Hear that a request came and its reply is out, all in one; `now` is the loop's time."""
        raise NotImplementedError

    def awaits_body(self) -> None:
        """Hear that a request came but for its body; to be told to `go_on` before long, if not all of that comes."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Wait no longer for the rest of a body here: have aiohttp's task do so."""
        if self._awaits_body:
            self._awaits_body = False
            if self._waiter is not None and not self._waiter.done():
                self._waiter.set_result(None)

    def _process_keepalive(self) -> None:
        self.go_on()  # else it would be taken for idle
        super()._process_keepalive()

    def close(self) -> None:
        """Read no more: what has come is still answered, a body that is not all there as one that broke off."""
        self.go_on()  # else its task would be taken for idle, and ended
        super().close()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 - it is aiohttp's
        """End, when what has come is answered."""
        self.go_on()
        self._batch.send()
        await super().shutdown(timeout)

    def force_close(self) -> None:
        """End at once; a reply that is there goes out."""
        self._batch.send()
        super().force_close()

    def eof_received(self) -> None:
        """Hear that the client sends no more: with what it gets now, its transport may close behind this."""
        self._batch.send()
        super().eof_received()

    def take(self, data: bytes) -> bool:
        """Take bytes from the socket; True: they were the end of a request that is answered, and nothing else."""
        waiter, messages = self._waiter, self._messages
        is_idle = len(messages) == self._awaits_body  # but for the request whose body is awaited
        if waiter is None or waiter.done() or not is_idle or self._paused or len(data) > _LONGEST:
            super().data_received(data)
            self.go_on()
            return False
        self._batch.begin()
        has_awaited, self._awaits_body = self._awaits_body, False
        self._waiter = None  # so that nobody is woken for what is answered here
        try:
            _read(self, data)
            is_answered = False
            if len(messages) == 1:
                message, unread = messages[0]
                is_answered = self._answers(message, unread)
        finally:
            self._waiter = waiter
        if is_answered:
            self._is_out()
        elif self._awaits_body:
            if not has_awaited:  # else whoever sends byte after byte would be waited for without end
                self.awaits_body()
            return False
        if messages and not waiter.done():
            waiter.set_result(None)
        return is_answered

    def _answers(self, message: RawRequestMessage | _ErrInfo, unread: StreamReader) -> bool:
        transport = self.transport
        if transport is None or self._reading_paused or not _is_plain(message, unread):
            return False
        if unread is EMPTY_PAYLOAD:
            body = b""
        elif unread.is_eof():
            body = b"".join(unread._buffer)  # noqa: SLF001 - to read is to take
        else:
            self._awaits_body = _is_short(message)
            return False
        try:
            answer = self._at_once(message, body, self._client)
            if answer is None:
                return False
            written = bytes_of(*answer)
        except Exception as error:
            self._hand_over(error)
            return False
        if written is None or transport.is_closing() or transport.get_write_buffer_size() + len(written) > _LONGEST:
            self._hand_over(response_of(*answer))
            return False
        self._batch.add(transport, written)
        return True

    def _is_out(self) -> None:
        """Count, and wait for the next request, as aiohttp does when a reply is out."""
        self._messages.popleft()
        if _COUNTS_MESSAGES:
            assert self._parser is not None
            self._parser.message_consumed()
        assert self._manager is not None
        self._manager.requests_count += 1
        self._keepalive = True
        self._batch.last = now = self._loop.time()
        self._next_keepalive_close_time = until = now + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(until, self._process_keepalive)
        self.answered_at_once(now)

    def _hand_over(self, outcome: web.Response | Exception) -> None:
        """Have aiohttp's task send what has come of the request that it is woken for, or fail as that did."""
        usual, given = self._request_handler, [outcome]

        async def give(_request: web.BaseRequest) -> web.StreamResponse:
            self._request_handler = usual
            return _result(given.pop())

        self._request_handler = give


def _result(outcome: web.Response | Exception) -> web.Response:
    if isinstance(outcome, web.Response):
        return outcome
    try:
        raise outcome
    finally:
        del outcome  # its traceback leads here: nothing of a request is to be left to the collector


def _is_short(message: RawRequestMessage) -> bool:
    """Tell whether a body, all of it, is short enough to wait for it here."""
    length = message.headers.get("Content-Length", "")
    return length.isdecimal() and len(length) < _DIGITS


def _is_plain(message: RawRequestMessage | _ErrInfo, unread: StreamReader) -> TypeGuard[RawRequestMessage]:
    """Tell whether the client that sent a request wants nothing but a reply and the connection kept."""
    return (
        isinstance(message, RawRequestMessage)  # else it could not be read
        and message.method in _METHODS
        and message.version == HttpVersion11
        and not (message.should_close or message.upgrade or message.chunked)
        and (unread is EMPTY_PAYLOAD or "Expect" not in message.headers)
        and message.path.isascii()
    )
