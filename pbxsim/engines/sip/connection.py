"""One connection of a telephone's: cut into messages, over TLS where that is to be agreed on first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol, cast

from pbxsim.engines.sip.framing import Framer, NotSip

if TYPE_CHECKING:
    from ssl import SSLContext

    from pbxsim.engines.sip.flow import Flow

_HANDSHAKE: Final = 5.0  # seconds that TLS may take to agree


class Server(Protocol):
    """What a connection is told to."""

    def connected(self, transport: asyncio.Transport, host: str, port: int, kind: str) -> Flow | None:
        """Know it from now on; None: it is refused."""
        ...

    def secured(self, flow: Flow, transport: asyncio.Transport) -> None:
        """Know that it has agreed on TLS, and by what is sent from now on."""
        ...

    def came(self, data: bytes, flow: Flow) -> None:
        """Take a message."""
        ...

    def pong(self, pings: int, flow: Flow) -> None:
        """Answer keep-alives."""
        ...

    def lost(self, flow: Flow) -> None:
        """Hear that it is closed."""
        ...


class Connection(asyncio.Protocol):
    """Takes one connection; with `tls`, one that is to agree on that first."""

    def __init__(self, server: Server, tls: SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls
        self._early = b""
        self._agreeing: asyncio.Task[None] | None = None
        self._framer = Framer()
        self._transport: asyncio.Transport
        self._flow: Flow | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Know the connection, or refuse it."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        kind = "TCP" if self._tls is None else "TLS"
        self._flow = self._server.connected(self._transport, peer[0], peer[1], kind) if peer else None
        if self._flow is None:
            self._transport.abort()
        elif self._tls is not None:
            self._transport.pause_reading()
            self._agreeing = asyncio.get_running_loop().create_task(self._agree(self._flow, self._tls))

    async def _agree(self, flow: Flow, tls: SSLContext) -> None:
        """Have TLS begin, on a connection that is counted already: who connects and says nothing is one of them."""
        secured: asyncio.Transport | None = None
        with suppress(OSError):  # of SSL, too
            secured = await asyncio.get_running_loop().start_tls(
                self._transport, self, tls, server_side=True, ssl_handshake_timeout=_HANDSHAKE
            )
        if secured is None:  # there was no agreement, or it was hung up before
            self._transport.abort()
            self._server.lost(flow)
        else:
            self._transport, self._tls = secured, None
            self._server.secured(flow, secured)
            self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        """Take bytes of it."""
        self._early += data
        if self._flow is None or self._tls is not None:  # what comes right behind the agreement waits for it
            return
        data, self._early = self._early, b""
        try:
            messages = self._framer.feed(data)
        except NotSip:
            self._transport.abort()
            return
        if self._framer.pings:
            self._server.pong(self._framer.pings, self._flow)
            self._framer.pings = 0
        for message in messages:
            self._server.came(message, self._flow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that it is closed."""
        if self._flow is not None:
            self._server.lost(self._flow)
