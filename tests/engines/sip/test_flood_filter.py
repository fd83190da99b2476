"""A flood is dropped by the system, and whoever is not of it is answered meanwhile: at real sockets."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.sip import floods, incoming, packet_filter
from pbxsim.engines.sip.flood_filter import FloodFilter
from pbxsim.engines.sip.floods import PAUSE, Sender
from tests.engines.sip.test_server import OPTIONS, answered, asking, listening

if TYPE_CHECKING:
    import socket

    from pbxsim.engines.sip.server import SipServer

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="packet filters: the system is not Linux")
LONGEST, MANY = 8, 40


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have few messages be a flood, however slowly a busy machine reads them."""
    monkeypatch.setattr(incoming, "LONGEST", LONGEST)
    monkeypatch.setattr(floods, "MANY", MANY)
    monkeypatch.setattr(floods, "WINDOW", 1_000.0)


def filter_of(server: SipServer) -> FloodFilter:
    """Give what a server has against floods."""
    assert server.floods is not None
    return server.floods


def measured(server: SipServer) -> list[float]:
    """Give what is told to Prometheus: messages dropped, datagrams unread, sources blocked."""
    told = {measure.name.removeprefix("pbxsim_sip_"): measure.value for measure in server.measures()}
    return [told[name] for name in ("dropped", "unread", "blocked")]


def flood(*sockets: socket.socket, more: int = MANY) -> None:
    """Send what waits of each, and so much more, before any of it is read."""
    for number in range(len(sockets) * LONGEST + more):
        sockets[number % len(sockets)].send(OPTIONS.replace(b"z9hG4bK", b"z9hG4bK%d." % number))


async def served(telephone: socket.socket, branch: bytes = b"z9hG4bKmine") -> None:
    """Ask, and wait for the answer to that: what others sent before it is read by then."""
    telephone.send(OPTIONS.replace(b"z9hG4bK", branch))
    while b"branch=" + branch not in await answered(telephone):
        pass


def hear_again(server: SipServer) -> None:
    """Have the pause be over."""
    its = filter_of(server)
    later = asyncio.get_running_loop().time() + PAUSE + 1
    its._floods._now = lambda: later  # noqa: SLF001
    its._hear_again()  # noqa: SLF001


@LINUX
async def test_a_port_that_floods_is_not_seen_while_others_of_its_address_are_and_is_heard_after_the_pause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with listening() as server:
        with closing(asking(server)) as flooding, closing(asking(server)) as telephone:
            port = flooding.getsockname()[1]
            flood(flooding)
            await served(telephone)
            assert set(filter_of(server).blocked) == {Sender("127.0.0.1", port)}
            assert measured(server) == [MANY, 0, 1]
            seen: list[int] = []
            server.tap = lambda came, _, flow: seen.append(flow.port) if came else None
            flood(flooding, more=100)
            await served(telephone, b"z9hG4bKagain")
            assert seen.count(telephone.getsockname()[1]) == 1
            assert seen.count(port) <= LONGEST, "what was read before"
            assert measured(server) == [MANY, LONGEST + 100, 1]
            hear_again(server)
            assert measured(server) == [MANY, LONGEST + 100, 0]
            await served(flooding)
            flood(flooding)
            await served(telephone, b"z9hG4bKonce-more")
            assert measured(server) == [2 * MANY, LONGEST + 100, 1]
    said = (
        f"a flood of SIP messages from 127.0.0.1, port {port}: none of them is read, for 5 s at a time until it is over"
    )
    assert caplog.record_tuples == [("pbxsim", logging.WARNING, said)]


@LINUX
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_an_address_that_floods_from_several_ports_is_not_seen_but_its_registered_telephones_are(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(host) as server:
        first, second, telephone, stranger = (asking(server, host) for _ in range(4))
        with closing(first), closing(second), closing(telephone), closing(stranger):
            registered = telephone.getsockname()[1]
            filter_of(server)._registered = lambda of: [registered] if of == host else []  # noqa: SLF001
            flood(first, second)
            await served(telephone)
            assert set(filter_of(server).blocked) == {Sender(host, 0)}
            stranger.send(OPTIONS)
            await served(telephone, b"z9hG4bKagain")
            assert measured(server) == [MANY, 1, 1]
            hear_again(server)
            await served(stranger)
    assert [f"from {host}, several ports: " in message for message in caplog.messages] == [True]


@LINUX
async def test_when_the_pause_is_over_the_source_is_heard_again_though_nothing_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    hears_again = FloodFilter._hear_again  # noqa: SLF001

    def noticed(its: FloodFilter) -> None:
        hears_again(its)
        if not its.blocked and not heard.done():
            heard.set_result(None)

    monkeypatch.setattr(FloodFilter, "_hear_again", noticed)
    monkeypatch.setattr(floods, "PAUSE", 0.01)
    async with listening() as server:
        with closing(asking(server)) as flooding:
            flood(flooding)
            await asyncio.wait_for(heard, 10)
            await served(flooding)


@LINUX
async def test_an_address_of_more_registered_telephones_than_a_filter_lets_through_is_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packet_filter, "MOST_EXEMPT", 2)
    async with listening() as server:
        first, second, telephone = (asking(server) for _ in range(3))
        with closing(first), closing(second), closing(telephone):
            filter_of(server)._registered = lambda _: [1, 2, 3]  # noqa: SLF001
            flood(first, second)
            await served(telephone)
            assert measured(server) == [MANY, 0, 0]
            await served(second)
    assert caplog.messages == []


async def test_where_a_system_has_no_filters_all_is_read_and_what_finds_no_room_is_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(packet_filter, "attach", lambda _, written: not written)
    async with listening() as server:
        with closing(asking(server)) as flooding, closing(asking(server)) as telephone:
            flood(flooding, more=3 * MANY)
            await served(telephone)
            assert measured(server) == [3 * MANY, 0, 0]
            await served(flooding)
    assert caplog.messages == []
