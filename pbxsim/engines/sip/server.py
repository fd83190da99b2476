"""Where telephones reach us: sockets (UDP, TCP, TLS; IPv4 and IPv6) around an agent, which does all the thinking.

What comes in waits in queues, one for each source, and is taken in turns that are short: the loop, and the PBX, have
theirs between them. What a flood sends beyond its queue costs no more than reading it (2 µs), and where that is too
much the system does not even have us read it; nothing of a connection is dropped, it is read no further instead.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Final

from pbxsim.engines.engine import EngineUnreachable, Measure
from pbxsim.engines.sip import sockets
from pbxsim.engines.sip.connection import Connection
from pbxsim.engines.sip.dialog import Place
from pbxsim.engines.sip.flood_filter import FloodFilter
from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.incoming import AHEAD, Incoming
from pbxsim.engines.sip.message import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable
    from ssl import SSLContext

    from pbxsim.engines.engine import Present
    from pbxsim.engines.sip.agent import Agent

MOST_CONNECTIONS: Final = 1_000
_PER_READ: Final = 1_024  # datagrams: what waits in the kernel is before everybody else's
_PER_TURN: Final = 32  # messages
_TURN: Final = 0.0005  # seconds: some messages, so that what it costs to begin one is little beside them
_MOST_UNSENT: Final = 1 << 20
_log: Final = logging.getLogger("pbxsim")


class SipServer:
    """`present` brings what came to the PBX; `tap` hears of each message whether it came, its bytes, and its way."""

    def __init__(self, present: Present) -> None:
        self.port = 0
        self.tls_port = 0
        self.tap: Callable[[bool, bytes, Flow], None] = _nothing
        self.incoming = Incoming()
        self.floods: FloodFilter | None = None
        self._present = present
        self._agent: Agent | None = None
        self._source: Callable[[Flow], Hashable] = lambda flow: flow.host
        self._datagrams: dict[int, socket.socket] = {}
        self._listeners: list[asyncio.Server] = []
        self._connections: dict[Flow, asyncio.Transport] = {}
        self._unread: set[Flow] = set()  # connections that are not read, for too much of theirs waits
        self._connected = 0
        self._seen: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._wakes_at = inf
        self._is_due = False
        self._is_flushing = False
        self._bound: dict[int, str] = {}

    # -- its life ----------------------------------------------------------------------------------------------------

    async def open(
        self,
        host: str,
        port: int,
        agent: Agent,
        source: Callable[[Flow], Hashable],
        tls: tuple[SSLContext, int] | None = None,
        registered: Callable[[str], Collection[int]] = lambda _: (),
    ) -> None:
        """Listen for telephones from now on, over TLS at a port of its own where that is given.

        `source` says whose turn a way is, `registered` from which ports of an address telephones have registered by
        datagrams: they are heard whatever others there send. Raises EngineUnreachable.
        """
        loop = asyncio.get_running_loop()
        self._agent, self._source = agent, source
        self.floods = FloodFilter(self._datagrams, registered)
        try:
            for family, address in await sockets.addresses(loop, host):
                opened = sockets.datagram_socket(family, address, port or self.port)
                self.port = opened.getsockname()[1]
                self._datagrams[family], self._bound[family] = opened, address
                loop.add_reader(opened, self._read, opened)
                listener = await loop.create_server(lambda: Connection(self), address, self.port, family=family)
                self._listeners.append(listener)
                if tls is not None:
                    await self._open_tls(address, family, *tls)
        except NotImplementedError as error:
            for opened in self._datagrams.values():
                opened.close()
            self._datagrams, self._agent = {}, None
            raise EngineUnreachable(
                "the engine sip needs an event loop that waits for sockets, as Unix has it"
            ) from error
        except OSError as error:
            await self.close()
            what = error.strerror or str(error)
            at = f"{host}:{port}" if tls is None else f"{host}:{port} and, over TLS, {tls[1]} (sip.tls_port)"
            raise EngineUnreachable(f"telephones cannot be listened for at {at}: {what}") from error

    async def _open_tls(self, address: str, family: int, context: SSLContext, port: int) -> None:
        listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(self, context), address, self.tls_port or port, family=family
        )
        self._listeners.append(listener)
        self.tls_port = listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more; what is still to be sent is."""
        if self._agent is not None:
            self._flush()
        if self._timer is not None:
            self._timer.cancel()
        if self.floods is not None:
            self.floods.close()
        for opened in self._datagrams.values():
            asyncio.get_running_loop().remove_reader(opened)
            opened.close()
        for connection in self._connections.values():
            connection.close()
        for listener in self._listeners:
            listener.close()
        self._agent = None
        self._datagrams, self._listeners = {}, []

    def measures(self) -> list[Measure]:
        """Tell what is dropped."""
        blocked, unread = (0, 0) if self.floods is None else (len(self.floods.blocked), self.floods.dropped)
        return [
            Measure(
                "pbxsim_sip_dropped", "SIP messages read for which there was no room.", self.incoming.dropped, True
            ),
            Measure("pbxsim_sip_unread", "Datagrams that the system dropped before they were read.", unread, True),
            Measure("pbxsim_sip_blocked", "Sources of a flood of which nothing is read now.", blocked),
        ]

    def place(self, flow: Flow) -> Place:
        """Tell how the peer of a way is told where we are."""
        return Place(*self.here(flow), flow.transport)

    def here(self, flow: Flow) -> tuple[str, int]:
        """Tell at which address of ours a way ends."""
        family = socket.AF_INET6 if ":" in flow.host else socket.AF_INET
        bound = self._bound.get(family, "")
        host = bound if bound not in ("0.0.0.0", "::") else self._seen_from(family, flow.host)
        return host, self.tls_port if flow.transport == "TLS" else self.port

    def _seen_from(self, family: int, peer: str) -> str:
        """Find our address on the way to a peer."""
        if peer not in self._seen:
            if len(self._seen) >= MOST_CONNECTIONS:
                self._seen.clear()
            self._seen[peer] = sockets.seen_from(family, peer)
        return self._seen[peer]

    # -- what comes in -----------------------------------------------------------------------------------------------

    def _read(self, opened: socket.socket) -> None:
        """Read what has come, much of it at once: a flood must not wait in the kernel before everybody else."""
        try:
            for _ in range(_PER_READ):
                data, address = opened.recvfrom(LARGEST)
                self.came(data, Flow("UDP", address[0], address[1]))
        except OSError:  # nothing more has come, or the host of a telephone says that nobody is there
            return

    def came(self, data: bytes, flow: Flow) -> None:
        """Have something that came be taken in its turn."""
        if not self.incoming.put(self._source(flow), data, flow) and self.floods is not None:
            self.floods.lost(flow)
        connection = self._connections.get(flow)
        if connection is not None and flow not in self._unread and self.incoming.waiting(flow) >= AHEAD:
            self._unread.add(flow)
            connection.pause_reading()
        self._work_soon()

    def _read_on(self) -> None:
        """Read those connections again of which little waits by now."""
        for flow in [one for one in self._unread if self.incoming.waiting(one) <= AHEAD // 2]:
            self._unread.discard(flow)
            self._connections[flow].resume_reading()

    def connected(self, transport: asyncio.Transport, host: str, port: int, kind: str = "TCP") -> Flow | None:
        """Know a connection from now on, of TCP or TLS; None: there are too many.

        The oldest by which no telephone has registered gives way: whoever only holds on keeps nobody out.
        """
        if len(self._connections) >= MOST_CONNECTIONS:
            given_up = next((flow for flow in self._connections if self._source(flow) != flow), None)
            if given_up is None:
                return None
            self._unread.discard(given_up)
            self._connections.pop(given_up).abort()
        self._connected += 1
        flow = Flow(kind, host, port, self._connected)
        self._connections[flow] = transport
        return flow

    def secured(self, flow: Flow, transport: asyncio.Transport) -> None:
        """Know that a connection has agreed on TLS, and what is sent by from now on."""
        if flow in self._connections:
            self._connections[flow] = transport
        else:
            transport.abort()  # it has given way meanwhile

    def lost(self, flow: Flow) -> None:
        """Hear that a connection is closed."""
        agent = self._agent
        self._unread.discard(flow)
        self._connections.pop(flow, None)
        if agent is not None:
            self._present(lambda: agent.lost(flow))
            self.soon()

    def _work_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        self._is_due = False
        if self._agent is None:
            return
        self._present(self._take_turn)
        self._flush()
        self._read_on()
        if len(self.incoming):
            self._work_soon()

    def _take_turn(self) -> None:
        loop, agent = asyncio.get_running_loop(), self._agent
        assert agent is not None  # who works has one
        ends = loop.time() + _TURN
        for _ in range(_PER_TURN):
            if len(self.incoming):  # whoever sends little is to wait for a message of a flood, not for a turn of them
                for opened in self._datagrams.values():
                    self._read(opened)
            waiting = self.incoming.take()
            if waiting is None:
                return
            self._receive(agent, *waiting)
            if loop.time() > ends:
                return

    def _receive(self, agent: Agent, data: bytes, flow: Flow) -> None:
        """Have a message be dealt with, and answered at once: not when the turn is over."""
        self.tap(True, data, flow)
        try:
            agent.receive(data, flow)
        except Exception:  # a fault of ours: whoever found it is to stop nobody's calls
            _log.exception("a SIP message from %s:%d could not be dealt with", *flow.address)
        self._send_all(agent)

    # -- what goes out -----------------------------------------------------------------------------------------------

    def soon(self) -> None:
        """Send what there is when the moment is over."""
        if not self._is_flushing and self._agent is not None:
            self._is_flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flushing = False
        agent = self._agent
        if agent is None:
            return
        self._send_all(agent)
        self._rearm(agent)

    def _send_all(self, agent: Agent) -> None:
        while agent.outgoing:
            data, flow = agent.outgoing.popleft()
            self.tap(False, data, flow)
            self._send(data, flow)

    def pong(self, pings: int, flow: Flow) -> None:
        """Answer keep-alives of a connection."""
        self._send(b"\r\n" * pings, flow)

    def _send(self, data: bytes, flow: Flow) -> None:
        if flow.connection:
            connection = self._connections.get(flow)
            if connection is None:
                return
            if connection.get_write_buffer_size() > _MOST_UNSENT:
                connection.abort()
            else:
                connection.write(data)
            return
        opened = self._datagrams.get(socket.AF_INET6 if ":" in flow.host else socket.AF_INET)
        if opened is not None:
            with suppress(OSError):  # the buffer is full, or nobody can be there: transactions send again, and end
                opened.sendto(data, flow.address)

    def _rearm(self, agent: Agent) -> None:
        due = agent.due()
        if self._timer is not None:
            if self._wakes_at <= due < inf:
                return
            self._timer.cancel()
            self._timer = None
        if due < inf:
            self._timer, self._wakes_at = asyncio.get_running_loop().call_at(due, self._wake), due

    def _wake(self) -> None:
        self._timer = None
        if self._agent is not None:
            self._present(self._agent.wake)
            self._flush()


def _nothing(_came: bool, _message: bytes, _flow: Flow) -> None:
    """Let a message go by."""
