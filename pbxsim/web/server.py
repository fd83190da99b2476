"""The edge: one port, the vendors' paths and the control API behind it, each request a plain synchronous answer.

On aiohttp's low-level server: a vendor's path is looked up as it was sent, where aiohttp's router would decode and
normalise it first, and cost a tenth of the request. From the look at a PBX's clock to the reply there is no await: so
what a vendor is asked is answered as it is read, where nothing else has to be waited for (at_once.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from time import thread_time
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp.web_protocol import RequestPayloadError
from multidict import istr

from pbxsim.hosting.masking import Mask
from pbxsim.hosting.reply_gate import ReplyGate
from pbxsim.kit.later import LaterModule
from pbxsim.kit.limits import widest
from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request
from pbxsim.web import low_level as web
from pbxsim.web.at_once import response_of
from pbxsim.web.connection_limits import ConnectionLimits
from pbxsim.web.control.access import AS
from pbxsim.web.control.response import Problem
from pbxsim.web.faulty_sending import send_faulty
from pbxsim.web.hint_lines import HintLines
from pbxsim.web.listening import AddressInUse, ListeningSite
from pbxsim.web.paths import CONTROL_ROOT, VendorPaths, cleaned
from pbxsim.web.preparing import prepared
from pbxsim.web.protocol import ConnectionServer
from pbxsim.web.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from ssl import SSLContext

    from aiohttp.http import RawRequestMessage

    from pbxsim.hosting.fault_injection import SetFault
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.hosting.injection import Injection
    from pbxsim.kit.vendor import Vendor
    from pbxsim.web import file_bytes
    from pbxsim.web.at_once import Answer
    from pbxsim.web.control.dispatch import ControlApi
    from pbxsim.web.control.response import Response
    from pbxsim.web.page.page import Page

    _Answered: TypeAlias = tuple[HostedPbx, Reply, tuple[SetFault, Injection, ReplyGate | None] | None]
else:
    file_bytes = LaterModule("pbxsim.web.file_bytes")

_SILENT: Final = HintLines()
_AS: Final = istr(AS)  # as headers know their names: it is found sooner
_TEXT: Final = "text/plain; charset=utf-8"

_LITTLE: Final = 4_096
"""Bytes of query and body that may be read in vain, where a PBX's turn is not free: too few for a flood to matter."""

LONGEST_BODY: Final = 1_048_576
LONGEST_SNAPSHOT: Final = 268_435_456
"""Bytes of a snapshot, from whoever may use the control API."""


class PbxServer:
    """Serves PBXs on one port. Raises PathClaimedTwice where two of their vendors own one path.

    `limits` are those that this process can bear if none are given. A body that does not come in their time is answered
    by the vendor, without it. `lines` tells of requests. `page` is what a browser is shown, None: nothing.
    """

    def __init__(
        self,
        hosts: Hosts,
        vendors: Mapping[str, Vendor],
        api: ControlApi,
        *,
        limits: ConnectionLimits | None = None,
        lines: HintLines = _SILENT,
        page: Page | None = None,
    ) -> None:
        self.hosts = hosts
        self._vendors = vendors
        self._api = api
        self._page = page
        self._limits = ConnectionLimits.of_this_process() if limits is None else limits
        self._lines = lines
        self._site: ListeningSite | None = None
        self._turns: Turns | None = None  # one PBX needs none
        self.port = 0
        self.reindex()

    def reindex(self) -> None:
        """Look again at which vendors are served, after a PBX began anew by another plan. Raises PathClaimedTwice."""
        self.hosts.index()
        served = self.hosts.vendors()
        others = [vendor for name, vendor in self._vendors.items() if name not in served]
        self._paths = VendorPaths((self._vendors[name] for name in served), others)
        self._read = widest(host.request_limits for host in self.hosts)

    async def start(self, host: str, port: int, tls: SSLContext | None = None) -> None:
        """Listen, and let the PBXs live. `port` then says where, also if 0 was asked for.

        Raises AddressInUse, EngineUnreachable.
        """
        site = ListeningSite(self.connections(), host, port, tls)
        try:
            await site.start()
        except OSError as error:
            await site.stop()
            raise AddressInUse.of(host, port, error) from error
        self._site = site
        self.port = site.port
        try:
            for hosted in self.hosts:
                await hosted.start()
        except BaseException:
            await self.stop()
            raise

    def connections(self) -> ConnectionServer:
        """Give what makes a connection for each client; to be called in the running event loop."""
        self._turns = Turns(asyncio.get_running_loop()) if len(self.hosts.names()) > 1 else None
        counts = self.hosts.connections
        return ConnectionServer(self._handle, self._unreadable, self._limits, lambda: self._read, counts, self._at_once)

    async def stop(self) -> None:
        """Stop the PBXs (whoever waits for a clock is told), take no more requests, finish those in progress."""
        for hosted in self.hosts:
            await hosted.close()
        if self._site is not None:
            await self._site.stop()
            self._site = None

    # -- one request ----------------------------------------------------------------------------------------------

    def _at_once(self, message: RawRequestMessage, body: bytes, client: str) -> Answer | None:
        """Answer a vendor's request for which nothing has to be waited; None: nothing was done for it."""
        headers = message.headers
        path, _, query = message.path.partition("?")
        owner = self._paths.owner(path)
        if owner is None or len(headers) > self._read.headers or _AS in headers:
            return None
        request = Request(message.method, path, query, headers, body, client)
        if self._turns is not None:
            return self._in_free_turn(self._turns, owner.name, request)
        host = self.hosts.for_request(owner.name, request)
        if host.injection is not None or host.preparation(owner.name, request) is not None:
            return None
        return self._answer(host, owner.name, request)

    def _in_free_turn(self, turns: Turns, vendor: str, request: Request) -> Answer | None:
        """Answer where there are several PBXs, if the one that is meant need not wait for its turn."""
        if len(request.query) + len(request.body) > _LITTLE:
            return None
        began = thread_time()
        host = self.hosts.for_request(vendor, request)
        if host.injection is not None or not turns.has_free(host.name):
            return None
        if host.preparation(vendor, request) is not None:
            return None
        turn = turns.take_free(host.name)
        try:
            return self._answer(host, vendor, request)
        finally:
            if turn is not None:
                turns.done(turn, thread_time() - began, len(request.body))

    def _answer(self, host: HostedPbx, vendor: str, request: Request) -> Answer:
        reply, lines = host.answer(vendor, request, ()), self._lines
        return reply, lines.tell(host, request, reply) if reply.hints or lines.tells_all else ()

    async def _handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        if len(incoming.headers) > self._read.headers:  # which aiohttp counts since 3.14 only
            return self._too_many_headers(incoming)
        path, _, query = _target(incoming.raw_path)
        vendor = self._paths.owner(path)
        if vendor is not None:
            return await self._ask(incoming, vendor.name, path, query)
        if self._api.is_control(path):
            return await self._control(incoming, path, query)
        if self._page is not None and self._page.owns(incoming.method, path, query):
            return _shown(incoming, self._page, path, query)
        read_as = cleaned(path)
        vendor = self._paths.owner(read_as)
        if vendor is None:
            return self._nowhere(incoming, path, query)
        return await self._ask(incoming, vendor.name, read_as, query, (f"path {path!r} was read as {read_as!r}",))

    async def _ask(
        self, incoming: web.BaseRequest, vendor: str, path: str, query: str, hints: tuple[str, ...] = ()
    ) -> web.StreamResponse:
        """Have a vendor's interface answer."""
        request = Request(incoming.method, path, query, headers=incoming.headers, remote=incoming.remote or "")
        if incoming.body_exists:
            request.body, request.fault = await self._body(incoming)
        if AS in incoming.headers:
            try:
                request = self._api.with_secrets(request, vendor)
            except Problem as problem:  # with what the live page sent, which no vendor answers then
                return _told(self._api.told(problem), closes=bool(request.fault))
        answered = await self._in_turn(vendor, request, hints)
        if answered is None:
            return self._nowhere(incoming, path, query)
        host, reply, faulty = answered
        response = response_of(reply, self._lines.tell(host, request, reply), closes=bool(request.fault))
        return response if faulty is None else await send_faulty(incoming, response, *faulty)

    async def _in_turn(self, vendor: str, request: Request, hints: tuple[str, ...]) -> _Answered | None:
        """Answer when all is ready for a long reply and, where there are several PBXs, it is the turn of the one meant.

        None if that PBX speaks the vendor's no longer by then. What the body, finding the PBX and getting ready cost
        counts too.
        """
        began, turns = thread_time(), self._turns
        host = self.hosts.for_request(vendor, request)
        took = thread_time() - began + await prepared(host.preparation(vendor, request))
        turn = None if turns is None else await turns.take(host.name)
        if turns is None or turn is None:
            return _answered(host, vendor, request, hints) if vendor in host.interfaces else None
        began = thread_time()
        try:
            return _answered(host, vendor, request, hints) if vendor in host.interfaces else None
        finally:
            turns.done(turn, took + thread_time() - began, len(request.body))

    async def _control(self, incoming: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        headers = _with_authority(incoming)
        request = Request(incoming.method, path, query, headers=headers, remote=incoming.remote or "")
        if incoming.body_exists:
            most = LONGEST_SNAPSHOT if self._api.takes_snapshot(request) else LONGEST_BODY
            request.body, request.fault = await self._body(incoming, most)
        fault = request.fault
        answer = await self._api.answer(request)
        if isinstance(answer.body, bytes):
            return _told(answer, closes=bool(fault))
        if isinstance(answer.body, tuple):
            length = sum(map(len, answer.body))
            return await _streamed(incoming, iter(answer.body), answer, length, closes=bool(fault))
        return await _streamed(incoming, answer.body, answer)

    def _nowhere(self, incoming: web.BaseRequest, path: str, query: str) -> web.StreamResponse:
        request = Request(incoming.method, path, query, headers=incoming.headers, remote=incoming.remote or "")
        masked = Mask(self._paths.vendors, self.hosts.secrets).path(path)
        hints = self._api.hints(masked) or self._paths.hints(masked)
        listed = "".join(f"  {known}  ({name})\n" for known, name in self._paths.listed())
        meant = "".join(f"{hint}\n" for hint in hints)
        text = f"404 Not Found\n{meant}Here are:\n{listed}  {CONTROL_ROOT}/  (pbxsim's control API)\n"
        reply = Reply(body=text.encode(), content_type=_TEXT, status=404, code="404", hints=hints)
        self._note(request, reply)
        return response_of(reply, self._lines.tell(self.hosts.first(), request, reply))

    def _note(self, request: Request, reply: Reply) -> None:
        """Keep a request that reached no vendor, at the moment at which the clock should stand now."""
        first = self.hosts.first()
        first.driver.catch_up()
        first.requests.missed(request, reply)
        first.driver.rearm()

    def _too_many_headers(self, incoming: web.BaseRequest) -> web.StreamResponse:
        reason = f"more than {self._read.headers} headers"
        self._unreadable(incoming.remote or "", reason)
        response = web.Response(status=400, text=f"400 Bad Request: {reason}\n")
        response.force_close()
        return response

    def _unreadable(self, remote: str, reason: str) -> None:
        hint = f"this was no HTTP request that a server can read: {reason}"
        reply = Reply(body=b"", status=400, code="400", hints=(hint,))
        self._note(Request("", "", remote=remote), reply)

    async def _body(self, incoming: web.BaseRequest, most: int = LONGEST_BODY) -> tuple[bytes, str]:
        """Read a body of so many bytes at most; what is wrong with it, if something is, as second."""
        if (incoming.content_length or 0) > most:
            return b"", _too_long(most)
        try:
            if "100-continue" in incoming.headers.get("Expect", "").lower():
                await incoming.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                incoming.writer.output_size = 0
            async with asyncio.timeout(self._limits.body):
                return await _read(incoming, most)
        except TimeoutError:
            self.hosts.connections.cut["body"] += 1
            return b"", "the client stopped sending before the body's end"
        except (RequestPayloadError, ConnectionError) as error:
            error.__traceback__ = None  # the stream keeps the error, which would keep what was read
            return b"", f"the body broke off: {type(error).__name__}"


def _answered(host: HostedPbx, vendor: str, request: Request, hints: tuple[str, ...]) -> _Answered:
    """Have a PBX answer; with what is to go wrong on purpose while the reply is sent."""
    injection = host.injection
    # All that faults and forced replies cost where none is set is this one look at an attribute.
    if injection is None:
        return host, host.answer(vendor, request, hints), None
    injected = host.meet(vendor, request)
    fault = None if injected is None else injected.fault
    gate = ReplyGate(host, fault) if fault is not None and fault.entry.webhooks is not None else None
    reply = host.answer(vendor, request, hints, injected)
    return host, reply, None if fault is None else (fault, injection, gate)


def _shown(incoming: web.BaseRequest, page: Page, path: str, query: str) -> web.Response:
    part = page.answer(Request(incoming.method, path, query, headers=_with_authority(incoming)))
    return web.Response(body=part.body, status=part.status, headers=part.all_headers())


async def _read(incoming: web.BaseRequest, most: int) -> tuple[bytes, str]:
    body = bytearray()
    while chunk := await incoming.content.readany():
        body += chunk
        if len(body) > most:
            return b"", _too_long(most)
    return bytes(body), ""


def _too_long(most: int) -> str:
    return f"the body is longer than {most} bytes"


def _target(raw: str) -> tuple[str, str, str]:
    """Split a request's target at `?`; of one in absolute form (RFC 9112, 3.2.2) only what is behind the authority."""
    if not raw.startswith("/") and "://" in raw:
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    if not raw.isascii():
        raw = raw.encode(errors="surrogateescape").decode("latin-1")
    return raw.partition("?")


def _with_authority(incoming: web.BaseRequest) -> Mapping[str, str]:
    """Give the headers; of a target in absolute form its authority counts, whatever Host says (RFC 9112, 3.2.2)."""
    raw = incoming.raw_path
    if raw.startswith("/") or "://" not in raw:
        return incoming.headers
    headers = incoming.headers.copy()
    headers["Host"] = raw.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
    return headers


def _told(answer: Response, *, closes: bool) -> web.Response:
    """Make a response of one of the control API's, which is whole; of `closes` as for vendors."""
    assert isinstance(answer.body, bytes)
    response = web.Response(body=answer.body, status=answer.status, headers=answer.all_headers())
    if closes:
        response.force_close()
    return response


async def _sent(response: web.StreamResponse, chunks: Iterator[bytes] | AsyncIterator[bytes]) -> None:
    if isinstance(chunks, Iterator):
        for chunk in chunks:
            await response.write(chunk)
    else:
        async for chunk in chunks:
            await response.write(chunk)


async def _streamed(
    incoming: web.BaseRequest,
    chunks: Iterator[bytes] | AsyncIterator[bytes],
    answer: Response,
    length: int | None = None,
    *,
    closes: bool = False,
) -> web.StreamResponse:
    """Send a long answer piece by piece, each as soon as the client has taken those before; of that length if known."""
    response = web.StreamResponse(status=answer.status, headers=answer.all_headers())
    if length is not None:
        response.content_length = length
    if closes:
        response.force_close()
    try:
        await response.prepare(incoming)
        if incoming.method != "HEAD":
            await _sent(response, chunks)
        await response.write_eof()
    finally:
        if isinstance(chunks, file_bytes.FileBytes):
            chunks.close()
        elif isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
    return response
