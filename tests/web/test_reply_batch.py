"""Replies that wait for each other: none is late, lost or before its turn."""

from __future__ import annotations

import asyncio
import math
import ssl
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import parse_iso
from pbxsim.hosting.connection_counts import ConnectionCounts
from pbxsim.kit.limits import USUAL
from pbxsim.kit.reply import Reply
from pbxsim.web import tls
from pbxsim.web.at_once import response_of
from pbxsim.web.connection_limits import ConnectionLimits
from pbxsim.web.protocol import Connection, ConnectionServer
from pbxsim.web.reply_batch import CLOSE, MOST, ReplyBatch
from tests.web.request_corpus import GET
from tests.web.wire import Wire, settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aiohttp import web

APART: Final = 2 * CLOSE
"""Seconds between two requests of which the second had not come before the first was answered."""


class Loop:
    """An event loop whose time stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._soon: list[Callable[[], None]] = []

    def time(self) -> float:
        """Tell the time."""
        return self.now

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Call something in the next turn."""
        self._soon.append(callback)

    def turn(self) -> None:
        """Call what was to be called."""
        due, self._soon = self._soon, []
        for callback in due:
            callback()


class Client:
    """Takes what is sent, and notes it where all note theirs."""

    def __init__(self, name: str, noted: list[str]) -> None:
        self._name = name
        self._noted = noted

    def write(self, data: bytes) -> None:
        """Take it."""
        self._noted.append(f"{self._name}:{data.decode()}")

    def abort(self) -> None:
        """Close."""
        self._noted.append(f"{self._name} is closed")


class BrokenClient(Client):
    """Takes nothing."""

    def write(self, data: bytes) -> None:
        """Fail."""
        raise RuntimeError(data)


class Desk:
    """A batch on a loop of its own, and what came of it."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.batch = ReplyBatch(self.loop)
        self.noted: list[str] = []

    def crowd(self) -> None:
        """Answer several in one turn."""
        for number in range(3):  # of the first nobody can know that others have come
            self.answers("any", f"a{number}")
        self.loop.turn()
        self.noted.clear()

    def answers(self, client: str, reply: str) -> None:
        """Answer a request that calls something soon."""
        self.batch.begin()
        self.loop.call_soon(lambda: self.noted.append(f"begun by {reply}"))
        self.batch.add(Client(client, self.noted), reply.encode())
        self.batch.last = self.loop.now


def test_a_client_that_is_alone_has_each_reply_at_once() -> None:
    desk = Desk()
    for number in range(3):
        desk.loop.now += APART
        desk.answers("one", str(number))
        assert desk.noted[-1] == f"one:{number}"
        desk.loop.turn()


def test_replies_of_one_turn_go_out_together_before_what_their_requests_began() -> None:
    desk = Desk()
    desk.crowd()
    desk.answers("two", "b")
    desk.answers("three", "c")
    assert desk.noted == []
    desk.loop.turn()
    assert desk.noted == ["two:b", "three:c", "begun by b", "begun by c"]


def test_before_there_is_a_crowd_nobody_waits_and_nothing_that_was_begun_comes_first() -> None:
    desk = Desk()
    for number in range(3):
        desk.answers("any", str(number))
        assert desk.noted[-1] == f"any:{number}"
    desk.loop.turn()
    assert desk.noted == ["any:0", "any:1", "any:2", "begun by 0", "begun by 1", "begun by 2"]


def test_in_a_crowd_the_first_of_a_turn_waits_too_until_one_is_alone_in_its_turn() -> None:
    desk = Desk()
    desk.crowd()
    desk.loop.now += APART
    desk.answers("one", "d")
    assert desk.noted == []
    desk.loop.turn()
    assert desk.noted == ["one:d", "begun by d"]
    desk.loop.now += APART
    desk.answers("one", "e")
    assert desk.noted[-1] == "one:e"


def test_no_more_wait_for_each_other_than_may() -> None:
    desk = Desk()
    desk.crowd()
    for number in range(1, MOST):
        desk.answers("other", str(number))
    assert desk.noted == []
    desk.answers("last", str(MOST))
    assert desk.noted == [*(f"other:{number}" for number in range(1, MOST)), f"last:{MOST}"]


def test_one_that_cannot_be_sent_is_in_no_other_ones_way(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.crowd()
    desk.answers("two", "b")
    desk.batch.add(BrokenClient("broken", desk.noted), b"a secret")
    desk.answers("three", "c")
    desk.loop.turn()
    sent = [note for note in desk.noted if not note.startswith("begun")]
    assert sent == ["two:b", "broken is closed", "three:c"]
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_request_that_is_not_answered_leaves_nothing_behind() -> None:
    desk = Desk()
    desk.crowd()
    desk.batch.begin()
    desk.loop.turn()
    desk.loop.now += APART
    desk.answers("one", "b")
    assert desk.noted == ["one:b"]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["", "", "", "turn", "pause", "ends"])), max_size=40))
def test_each_client_has_its_replies_in_order_and_before_what_they_began(steps: list[tuple[str, str]]) -> None:
    desk = Desk()
    for number, (client, then) in enumerate(steps):
        desk.answers(client, str(number))
        if then == "turn":
            desk.loop.turn()
        elif then == "pause":
            desk.loop.now += APART
        elif then == "ends":
            desk.batch.send()
            assert f"{client}:{number}" in desk.noted
    desk.loop.turn()
    sent = [note for note in desk.noted if not note.startswith("begun")]
    assert sent == [f"{client}:{number}" for number, (client, _) in enumerate(steps)]
    for number, (client, _) in enumerate(steps):
        assert desk.noted.index(f"{client}:{number}") < desk.noted.index(f"begun by {number}")


# -- on connections ---------------------------------------------------------------------------------------------------


def server(limits: ConnectionLimits | None = None) -> ConnectionServer:
    """Make a server that answers all at once, but what comes before aiohttp's task has begun."""
    reply = Reply(body=b'{"a":"b"}')

    async def handle(_: web.BaseRequest) -> web.StreamResponse:
        return response_of(reply)

    return ConnectionServer(
        handle,
        lambda *_: None,
        limits or ConnectionLimits(),
        lambda: USUAL,
        ConnectionCounts(),
        lambda *_: (reply, ()),
    )


async def crowd(batch: ReplyBatch) -> None:
    """Have several answered in one turn."""
    batch.last = math.inf  # as if another had been answered this very moment
    batch.begin()
    for _ in range(2):
        batch.add(Wire(), b"")
    await asyncio.sleep(0)  # noqa: TID251 - one turn, no time


async def one_that_waits(connections: ConnectionServer) -> tuple[Connection, Wire]:
    """Have a client ask whose reply waits for those of others."""
    connection, wire = connections(), Wire()
    wire.connect(connection)
    await settled()
    await crowd(connections.batch)
    connection.data_received(GET)
    assert wire.sent == b""
    return connection, wire


async def test_the_batch_hears_when_a_request_was_answered() -> None:
    connections, wire = server(), Wire()
    connection = connections()
    wire.connect(connection)
    await settled()
    began = asyncio.get_running_loop().time()
    connection.data_received(GET)
    assert began <= connections.batch.last <= asyncio.get_running_loop().time()
    wire.abort()
    await settled()


async def test_what_waits_is_out_in_the_next_turn() -> None:
    connection, wire = await one_that_waits(server())
    await asyncio.sleep(0)  # noqa: TID251 - one turn, no time
    assert wire.sent.endswith(b'\r\n\r\n{"a":"b"}')
    assert not connection.has_request
    wire.abort()
    await settled()


def _evicts(connections: ConnectionServer, _: Connection) -> None:
    newcomer = Wire()
    newcomer.connect(connections())
    newcomer.abort()


@pytest.mark.parametrize(
    "end",
    [
        lambda _, connection: connection.abort(),
        lambda _, connection: connection.force_close(),
        lambda _, connection: connection.eof_received(),
        _evicts,
    ],
    ids=["it is cut off", "it is closed", "the client says no more", "a newcomer takes its place"],
)
async def test_a_connection_that_ends_before_the_turn_has_its_reply(
    end: Callable[[ConnectionServer, Connection], object],
) -> None:
    connections = server(ConnectionLimits(at_once=1))
    connection, wire = await one_that_waits(connections)
    end(connections, connection)
    assert wire.sent.endswith(b'\r\n\r\n{"a":"b"}')
    wire.abort()
    await settled()


async def test_a_server_that_stops_before_the_turn_has_sent_its_replies() -> None:
    connections = server()
    connection, wire = await one_that_waits(connections)
    stopping = connection.shutdown()
    stopping.send(None)  # as far as it goes in this turn
    assert wire.sent.endswith(b'\r\n\r\n{"a":"b"}')
    stopping.close()
    wire.abort()
    await settled()


async def test_under_tls_whoever_asks_and_says_farewell_in_one_packet_has_its_reply(tmp_path: Path) -> None:
    connections = server()
    context = tls.self_signed(tmp_path, ["localhost"], parse_iso("2026-06-01T00:00:00Z"))
    listening = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0, ssl=context)
    trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    trusting.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the certificate is of the test's own moment
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(came, goes, server_hostname="localhost")
    async with listening:
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        while _wants_more(client.do_handshake):
            writer.write(goes.read())
            came.write(await reader.read(65_536))
        client.write(GET)
        writer.write(goes.read())
        while _wants_more(lambda: client.read(1)):
            came.write(await reader.read(65_536))
        client.read()
        await crowd(connections.batch)
        client.write(GET)
        assert _wants_more(client.unwrap)
        writer.write(goes.read())
        came.write(await reader.read())
        assert client.read().endswith(b'\r\n\r\n{"a":"b"}')
        writer.close()
        await connections.shutdown()


def _wants_more(step: Callable[[], object]) -> bool:
    """Do a step of TLS; tell whether it waits for something from the other end."""
    try:
        step()
    except ssl.SSLWantReadError:
        return True
    return False
