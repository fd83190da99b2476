"""Where clients come in: the listening socket, and under TLS what is between it and a Connection.

Other than aiohttp's own site: few connections are accepted at a time, so that the limits hold while a flood of them
comes in; a client that does not finish its TLS handshake is counted as any other; and what cannot be accepted, for want
of descriptors, is one line of the log a minute instead of a traceback each.
"""

from __future__ import annotations

import asyncio
import errno
from asyncio.sslproto import SSLProtocol
from typing import TYPE_CHECKING, Any, Final

from pbxsim.web.connection_limits import ACCEPTED_AT_ONCE, OnceAMinute

if TYPE_CHECKING:
    from ssl import SSLContext

    from pbxsim.web.protocol import Connection, ConnectionServer

_BACKLOG: Final = 1024  # connections that the system keeps until they are accepted
_TO_FINISH: Final = 2.0  # seconds for requests in progress, at the end
_PATIENCE: Final = 0.5  # seconds for whoever has the port to say who it is
_REACHED: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


class AddressInUse(OSError):
    """Somebody else listens where the server was to listen, or nobody may."""

    @classmethod
    def of(cls, host: str, port: int, error: OSError, *, is_pbxsim: bool = False) -> AddressInUse:
        """Say it in words."""
        who = ": another pbxsim is there" if is_pbxsim else ""
        cure = "; --port 0 takes any port that is free" if error.errno == errno.EADDRINUSE else ""
        return cls(f"cannot listen on {host} port {port}: {error.strerror or error}{who}{cure}")


async def refuse_taken(host: str, port: int) -> None:
    """See that a port can be listened on, before anything is made for a server there. Raises AddressInUse."""
    if not port:
        return
    try:
        probe = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    except OSError as error:
        is_pbxsim = error.errno == errno.EADDRINUSE and await _is_pbxsim(host, port)
        raise AddressInUse.of(host, port, error, is_pbxsim=is_pbxsim) from error
    probe.close()
    await probe.wait_closed()


async def _is_pbxsim(host: str, port: int) -> bool:
    """Ask whoever listens there whether it is alive, as only a pbxsim without TLS answers."""
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(_REACHED.get(host, host), port)
            writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            reply = await reader.read(4096)
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b'{"status":"alive"}' in reply


class ListeningSite:
    """Listens on a host and port, for a server; `port` then says where, also if 0 was asked for."""

    def __init__(self, connections: ConnectionServer, host: str, port: int, tls: SSLContext | None) -> None:
        self._connections = connections
        self._host = host
        self.port = port
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._unaccepted: Unaccepted | None = None

    async def start(self) -> None:
        """Listen. Raises OSError; then it is to be stopped all the same."""
        loop = asyncio.get_running_loop()
        self._server = server = await loop.create_server(self._meet, self._host, self.port, backlog=ACCEPTED_AT_ONCE)
        for each in server.sockets:
            with each.dup() as listening:
                listening.listen(_BACKLOG)  # asyncio has one number for this and for how many it accepts at once
        self.port = server.sockets[0].getsockname()[1]
        self._unaccepted = Unaccepted(loop)

    async def stop(self) -> None:
        """Listen no more, and end the connections: those that wait for a reply when they have it, or after a time."""
        if self._server is not None:
            self._server.close()
        if self._unaccepted is not None:
            self._unaccepted.close()
        await asyncio.sleep(0)  # noqa: TID251 - no time passes: what has come in by now is begun
        self._connections.pre_shutdown()
        await self._connections.shutdown(_TO_FINISH)

    def _meet(self) -> asyncio.BaseProtocol:
        connection = self._connections()
        return connection if self._tls is None else TlsLayer(connection, self._tls)


class TlsLayer(SSLProtocol):
    """TLS under a Connection, which is there, as far as limits go, from the first moment on."""

    def __init__(self, connection: Connection, context: SSLContext) -> None:
        loop = asyncio.get_running_loop()
        seconds = connection.limits.first_byte
        super().__init__(loop, connection, context, None, server_side=True, ssl_handshake_timeout=seconds)  # type: ignore[arg-type] # nobody waits
        self._connection = connection

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's own transports have no common type
        """Shake hands, unless there is no room."""
        super().connection_made(transport)
        if not self._connection.enter(transport):
            transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the client, also one that never shook hands."""
        if isinstance(exc, ConnectionAbortedError | TimeoutError):  # asyncio's own: its time for that is over
            self._connection.cut_before_its_first_byte()
        self._connection.leave()
        super().connection_lost(exc)


class Unaccepted:
    """Hears from the event loop of connections that it could not accept, until closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._before = loop.get_exception_handler()
        self._line = OnceAMinute(loop.time)
        loop.set_exception_handler(self._hear)

    def close(self) -> None:
        """Have the loop tell whom it told before."""
        self._loop.set_exception_handler(self._before)

    def _hear(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if str(context.get("message", "")).startswith("socket.accept()"):
            self._line.warn(f"a connection could not be accepted: {context.get('exception')}")
        elif self._before is None:
            loop.default_exception_handler(context)
        else:
            self._before(loop, context)
