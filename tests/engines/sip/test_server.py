"""Sockets around the agent: UDP and TCP, IPv4 and IPv6, and who has a turn when."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.engine import EngineUnreachable
from pbxsim.engines.sip import server as server_module
from pbxsim.engines.sip.server import SipServer
from tests.engines.sip.wire import Wire, request
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.engines.sip.flow import Flow

OPTIONS = request("OPTIONS", "sip:h").replace("\n", "\r\n").encode() + b"\r\nContent-Length: 0\r\n\r\n"


_MOST_OF_A_READ = 256 * 1024  # bytes that asyncio gives at once


@asynccontextmanager
async def listening(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[SipServer]:
    """Have a server listen, with an agent behind it that keeps its own time."""
    wire = Wire()
    server = SipServer(lambda act: act())
    await server.open(host, port or own_port(), wire.agent, lambda flow: flow.address)
    try:
        yield server
    finally:
        await server.close()


async def answered(asking: socket.socket) -> bytes:
    """Wait for a datagram."""
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(asking, 65_535), 10)


def asking(server: SipServer, host: str = "127.0.0.1") -> socket.socket:
    """Make a socket that asks a server."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind((host, 0))
    made.connect((host, server.port))
    return made


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_datagram_is_answered_to_where_it_came_from(host: str) -> None:
    async with listening(host) as server:
        with closing(asking(server, host)) as telephone:
            telephone.send(OPTIONS)
            answer = await answered(telephone)
            port = telephone.getsockname()[1]
    assert answer.startswith(b"SIP/2.0 200 OK\r\n")
    assert f";received={host};rport={port}".encode() in answer


async def test_at_all_addresses_both_kinds_are_answered_and_told_the_address_that_they_use() -> None:
    async with listening("*") as server:
        for host in ("127.0.0.1", "::1"):
            with closing(asking(server, host)) as telephone:
                telephone.send(OPTIONS)
                assert (await answered(telephone)).startswith(b"SIP/2.0 200 OK\r\n")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_connection_is_answered_on_itself_however_its_bytes_come_and_kept_alive(host: str) -> None:
    async with listening(host) as server:
        reader, writer = await asyncio.open_connection(host, server.port)
        writer.write(b"\r\n\r\n" + OPTIONS[:40])
        assert await asyncio.wait_for(reader.readexactly(2), 10) == b"\r\n"
        writer.write(OPTIONS[40:] + OPTIONS.replace(b"branch=z9hG4bK", b"branch=z9hG4bKother"))
        for _ in range(2):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert head.startswith(b"SIP/2.0 200 OK\r\n")
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert await asyncio.wait_for(reader.read(), 10) == b"", "what cannot be cut into messages is hung up"
        writer.close()


async def test_garbage_is_passed_over_and_what_comes_after_it_answered() -> None:
    async with listening() as server:
        with closing(asking(server)) as telephone:
            for garbage in (b"", b"\0" * 1_000, b"\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n", OPTIONS[:60]):
                telephone.send(garbage)
            telephone.send(OPTIONS)
            assert (await answered(telephone)).startswith(b"SIP/2.0 200 OK\r\n")


@pytest.mark.parametrize("turn", [server_module._TURN, 0.0])  # noqa: SLF001 - 0: a machine that is always late
async def test_a_flood_of_one_source_has_another_ones_answer_wait_for_one_message_at_most(
    monkeypatch: pytest.MonkeyPatch, turn: float
) -> None:
    monkeypatch.setattr(server_module, "_TURN", turn)
    order: list[tuple[bool, int]] = []
    async with listening() as server:
        with closing(asking(server)) as flood, closing(asking(server)) as telephone:

            def tap(came: bool, _message: bytes, flow: Flow) -> None:
                if not order:
                    telephone.send(OPTIONS)  # while the first of the flood is dealt with
                order.append((came, flow.port))

            server.tap = tap
            for number in range(200):  # what a socket's buffer holds on any system
                flood.send(OPTIONS.replace(b"z9hG4bK", b"z9hG4bK%d" % number))
            await answered(telephone)
            its, mine = flood.getsockname()[1], telephone.getsockname()[1]
            assert order[:4] == [(True, its), (False, its), (True, mine), (False, mine)]
            assert server.incoming.dropped == 0


@pytest.mark.slow
async def test_a_connection_that_sends_faster_than_it_is_answered_is_read_no_further_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "AHEAD", 8)
    waited: list[int] = []
    async with listening() as server:
        server.tap = lambda _, __, flow: waited.append(server.incoming.waiting(flow))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for number in range(1_500):
            writer.write(OPTIONS.replace(b"z9hG4bK", b"z9hG4bK%d." % number))
        for number in range(1_500):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert b";branch=z9hG4bK%d." % number in head
        assert 8 <= max(waited) <= _MOST_OF_A_READ // len(OPTIONS) + 8
        assert server.incoming.dropped == 0
        writer.close()


async def test_a_port_that_is_taken_is_told_in_a_sentence_and_one_that_was_let_go_can_be_had_at_once() -> None:
    async with listening() as server:
        port = server.port
        with pytest.raises(EngineUnreachable, match=rf"cannot be listened for at 127\.0\.0\.1:{port}: "):
            async with listening("127.0.0.1", port):
                pass
    async with listening("127.0.0.1", port) as again:
        assert again.port == port


async def test_an_event_loop_that_cannot_wait_for_datagrams_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_here(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", none_here)
    with pytest.raises(EngineUnreachable, match="needs an event loop that waits for sockets"):
        async with listening():
            pass


async def test_whoever_only_holds_connections_open_keeps_no_telephone_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MOST_CONNECTIONS", 3)
    async with listening() as server:
        registered: list[Flow] = []
        server._source = lambda flow: flow if flow in registered else flow.host  # noqa: SLF001 - as the registrar says
        reader, telephone = await asyncio.open_connection("127.0.0.1", server.port)
        telephone.write(OPTIONS)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        registered += server._connections  # noqa: SLF001 - it has come by one, and has registered there
        idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(6)]
        other_reader, other = await asyncio.open_connection("127.0.0.1", server.port)
        for each, its_reader in ((telephone, reader), (other, other_reader)):
            each.write(OPTIONS)
            assert (await asyncio.wait_for(its_reader.readuntil(b"\r\n\r\n"), 10)).startswith(b"SIP/2.0 200 OK\r\n")
        assert await asyncio.wait_for(idle[0][0].read(), 10) == b"", "the oldest is hung up"
        assert len(server._connections) == 3  # noqa: SLF001 - nobody else counts them
        for writer in (telephone, other, *(writer for _, writer in idle)):
            writer.close()


@pytest.mark.slow
async def test_whoever_sends_keep_alives_and_reads_no_answer_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_MOST_UNSENT", 1_000)
    async with listening() as server:
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            deaf.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(deaf, ("127.0.0.1", server.port))
            with pytest.raises(ConnectionError):
                await asyncio.wait_for(loop.sock_sendall(deaf, b"\r\n\r\n" * 16_000_000), 10)
