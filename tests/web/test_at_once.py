"""A request that is answered as soon as it is read: by the same bytes and with the same traces as by aiohttp alone."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import weakref
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import parse_iso
from pbxsim.config.injected_faults import FaultEntry
from pbxsim.hosting.connection_counts import ConnectionCounts
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.limits import USUAL
from pbxsim.kit.reply import Reply
from pbxsim.web import tls
from pbxsim.web.at_once import Answer, AtOnce, bytes_of, never, response_of
from pbxsim.web.connection_limits import ConnectionLimits
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.page.page import Page, open_to
from pbxsim.web.protocol import ConnectionServer
from pbxsim.web.server import PbxServer
from tests.vendors import golden
from tests.web.request_corpus import CALL, FORM, GET, HEAD, OTHERS, PLAIN, POSTED
from tests.web.town import ACME, plan, running
from tests.web.wire import Wire, settled

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web
    from aiohttp.http import RawRequestMessage

    from pbxsim.kit.request import Request

DATE: Final = re.compile(rb"\r\nDate: [^\r\n]+")
USUAL_LIMITS: Final = ConnectionLimits()
SHORT: Final = 0.1
LONG: Final = 1_000.0


class Counted:
    """Has requests answered at once, and counts those that were."""

    def __init__(self, at_once: AtOnce) -> None:
        self.count = 0
        self._at_once = at_once

    def __call__(self, message: RawRequestMessage, body: bytes, client: str) -> Answer | None:
        """Answer."""
        answer = self._at_once(message, body, client)
        self.count += answer is not None
        return answer


class Seen(msgspec.Struct, frozen=True):
    """All that requests have left: on the wire, with the limits, in the request log and in the journal."""

    sent: bytes
    is_closed: bool
    has_request: bool
    requests: int
    counts: str
    log: list[Any]
    journal: list[str]


def small_town() -> PbxServer:
    """Make the server of a small PBX that listens nowhere."""
    hosts = Hosts([HostedPbx(plan(), {"acme": ACME}, rate=0)])
    guard = Guard("127.0.0.1")
    page = Page(guard, hosts, open_to("127.0.0.1", needs_token=False))
    return PbxServer(hosts, {"acme": ACME}, ControlApi(hosts, guard), page=page)


async def seen(server: PbxServer, connections: ConnectionServer, *packets: bytes) -> Seen:
    """Send packets on a connection of their own."""
    host = server.hosts.first()
    asked, noted = host.requests.counted, len(host.journal)
    connection, wire = connections(), Wire()
    wire.connect(connection)
    await settled()
    for packet in packets:
        if not wire.is_closing():
            connection.data_received(packet)
            await settled()
    connection.go_on()  # what is still missing of a body does not come
    await settled()
    found = Seen(
        DATE.sub(b"", wire.sent),
        wire.is_closing(),
        connection.has_request,
        connections.requests_count,
        str(vars(server.hosts.connections)),
        [host.requests.shown(record) for record in host.requests.records(after=asked)],
        [str(entry) for entry in host.journal.entries(noted)],
    )
    wire.abort()
    await settled()
    return found


async def both_ways(one: PbxServer, other: PbxServer, *packets: bytes) -> tuple[Seen, int]:
    """Have two servers that are alike answer, one by aiohttp alone; give what is seen, and how many went at once."""
    connections, plain = one.connections(), other.connections()
    counted = connections.at_once = Counted(connections.at_once)
    plain.at_once = never
    found, expected = await seen(one, connections, *packets), await seen(other, plain, *packets)
    assert found == expected
    return found, counted.count


@pytest.mark.parametrize("request_", PLAIN.values(), ids=PLAIN)
async def test_a_plain_request_is_answered_at_once_as_by_aiohttp_alone(request_: bytes) -> None:
    found, count = await both_ways(small_town(), small_town(), request_)
    assert count == 1
    assert found.sent.startswith(b"HTTP/1.1 ")
    assert found.requests == 1
    assert not found.is_closed


@pytest.mark.parametrize("request_", OTHERS.values(), ids=OTHERS)
async def test_any_other_request_is_left_to_aiohttp(request_: bytes) -> None:
    assert (await both_ways(small_town(), small_town(), request_))[1] == 0


async def test_a_request_without_a_host_is_served_by_those_releases_of_aiohttp_that_do_so() -> None:
    await both_ways(small_town(), small_town(), GET.replace(b"Host: localhost\r\n", b""))


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["voipsun", "vum", "simotel", "duocom"])
async def test_what_manuals_print_is_answered_at_once_as_by_aiohttp_alone(vendor: str, tmp_path: Path) -> None:
    requests = [(golden.FIXTURES / vendor / f"{name}.request").read_bytes() for name in golden.names(vendor)]
    one, other = (Installation(ServeSettings(port=0, rate=0), tmp_path / name).server for name in ("one", "other"))
    kept = [request for request in requests if b"close\r\n" not in request]
    assert kept
    for request in requests:
        assert (await both_ways(one, other, request, request))[1] == 2 * (request in kept)


@pytest.mark.slow
@pytest.mark.parametrize("request_", [CALL, FORM, PLAIN["JSON"], OTHERS["chunks"], OTHERS["two in one packet"]])
async def test_wherever_packets_are_divided_all_is_answered_as_by_aiohttp_alone(request_: bytes) -> None:
    whole = request_ + GET
    one, other = small_town(), small_town()
    for place in range(1, len(whole)):
        await both_ways(one, other, whole[:place], whole[place:])


async def test_a_header_that_came_in_parts_ends_in_a_request_that_is_answered_at_once() -> None:
    found, count = await both_ways(small_town(), small_town(), *[bytes([byte]) for byte in GET], GET)
    assert count == 2
    assert found.sent.count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize("request_", [FORM, PLAIN["JSON"], PLAIN["a packed body"], PLAIN["a GET with a body"]])
async def test_a_body_that_comes_in_packets_of_its_own_is_answered_at_once(request_: bytes) -> None:
    head, _, body = request_.partition(b"\r\n\r\n")
    head += b"\r\n\r\n"
    found, count = await both_ways(small_town(), small_town(), head, body, head, *[bytes([byte]) for byte in body], GET)
    assert count == 3
    assert found.sent.count(b"HTTP/1.1 200 OK") == 3


async def test_a_body_and_the_next_request_behind_their_header_are_left_to_aiohttp() -> None:
    head, _, body = FORM.partition(b"\r\n\r\n")
    packets = (head + b"\r\n\r\n", body + CALL, GET)
    found, count = await both_ways(small_town(), small_town(), *packets)
    assert (count, found.sent.count(b"HTTP/1.1 200 OK")) == (1, 3)


@pytest.mark.parametrize("more", [b"Content-Length: 100000\r\n", b"Content-Length: 3\r\nExpect: 100-continue\r\n"])
async def test_for_a_long_body_and_for_one_that_is_to_be_asked_for_only_aiohttp_waits(more: bytes) -> None:
    connections = small_town().connections()
    connection, wire = connections(), Wire()
    wire.connect(connection)
    await settled()
    connection.data_received(POSTED + more + b"\r\n")
    await settled()
    assert connections.requests_count == 1
    wire.abort()
    await settled()


async def test_a_client_that_leaves_before_its_body_is_noted_as_by_aiohttp_alone() -> None:
    noted = []
    for at_once in (True, False):
        server = small_town()
        connections = server.connections()
        if not at_once:
            connections.at_once = never
        connection, wire = connections(), Wire()
        wire.connect(connection)
        await settled()
        connection.data_received(FORM[:-3])
        await settled()
        wire.abort()
        await settled()
        requests = server.hosts.first().requests
        noted.append([(shown.fault, shown.reply) for shown in map(requests.shown, requests.records())])
        assert vars(server.hosts.connections)["open"] == 0
    assert noted[0] == noted[1]
    assert noted[0][0][0] == "the body broke off: ConnectionResetError"


async def test_a_body_that_does_not_come_is_given_its_time_by_aiohttp() -> None:
    limits = ConnectionLimits(body=SHORT)
    hosts = Hosts([HostedPbx(plan(), {"acme": ACME}, rate=0)])
    server = PbxServer(hosts, {"acme": ACME}, ControlApi(hosts, Guard("127.0.0.1")), limits=limits)
    connection, wire = server.connections()(), Wire()
    wire.connect(connection)
    await settled()
    connection.data_received(FORM[:-3])
    await wire.has_sent.wait()
    assert b"FAULT the client stopped sending before the body's end" in wire.sent
    assert hosts.connections.cut["body"] == 1
    wire.abort()
    await settled()


@pytest.mark.parametrize(
    ("packets", "limits"),
    [
        ((FORM[:-3], FORM[-3:]), ConnectionLimits()),
        ((GET,), ConnectionLimits(first_byte=SHORT)),
        ((GET[:9], GET[9:]), ConnectionLimits(header=SHORT)),
    ],
)
async def test_a_request_that_comes_in_the_moment_in_which_its_time_is_over_has_its_reply(
    packets: tuple[bytes, ...], limits: ConnectionLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = two_servers(Reply(body=b"done"), limits)[0]
    connections.at_once = never
    connection, wire, loop = connections(), Wire(), asyncio.get_running_loop()
    wire.connect(connection)
    await settled()
    for packet in packets[:-1]:
        connection.data_received(packet)
        await settled()
    late = loop.time() + 2 * SHORT
    monkeypatch.setattr(loop, "time", lambda: late)
    loop.call_soon(connection.data_received, packets[-1])  # and behind it, in the same turn of the loop, the timer
    await settled()
    assert wire.sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert not wire.is_closing()
    monkeypatch.undo()
    wire.abort()
    await settled()


async def test_a_body_that_comes_byte_after_byte_has_no_more_time_than_any_other() -> None:
    limits = ConnectionLimits(body=SHORT)
    hosts = Hosts([HostedPbx(plan(), {"acme": ACME}, rate=0)])
    server = PbxServer(hosts, {"acme": ACME}, ControlApi(hosts, Guard("127.0.0.1")), limits=limits)
    connection, wire = server.connections()(), Wire()
    wire.connect(connection)
    await settled()
    connection.data_received(POSTED + b"Content-Length: 9999\r\n\r\n")
    time = asyncio.get_running_loop().time
    began, sent = time(), 0
    while not wire.sent and sent < 900:
        await settled()
        if (time() - began) // (SHORT / 20) > sent:  # 900 of them are 4.5 seconds
            connection.data_received(b"a")
            sent += 1
    assert b"FAULT the client stopped sending before the body's end" in wire.sent
    assert hosts.connections.cut["body"] == 1
    wire.abort()
    await settled()


async def test_a_client_whose_body_is_still_to_come_when_the_server_stops_has_a_reply() -> None:
    sent = []
    for at_once in (True, False):
        hosts = Hosts([HostedPbx(plan(), {"acme": ACME}, rate=0)])
        api = ControlApi(hosts, Guard("127.0.0.1"))
        connections = PbxServer(hosts, {"acme": ACME}, api, limits=ConnectionLimits(body=SHORT)).connections()
        if not at_once:
            connections.at_once = never
        connection, wire = connections(), Wire()
        wire.connect(connection)
        await settled()
        connection.data_received(FORM[:-3])
        await settled()
        connection.close()  # as the runner does with all of them before it waits for those that are busy
        await settled()
        await connection.shutdown(10)
        sent.append(DATE.sub(b"", wire.sent))
    assert sent[0] == sent[1]
    assert b"FAULT the client stopped sending before the body's end" in sent[0]


async def test_a_hundred_requests_on_one_connection_are_all_answered_at_once() -> None:
    found, count = await both_ways(small_town(), small_town(), *[GET] * 100, GET + GET)
    assert count == 100
    assert found.requests == found.sent.count(b"HTTP/1.1 200 OK") == 102


async def test_plain_requests_and_others_take_turns_on_one_connection() -> None:
    packets = [
        CALL,
        OTHERS["chunks"],
        GET,
        OTHERS["HEAD"],
        FORM,
        OTHERS["the control API"],
        OTHERS["two in one packet"],
    ]
    assert (await both_ways(small_town(), small_town(), *packets * 3))[1] == 9


_BYTES: Final = st.sampled_from([b"", b"\r\n", b"\n", b"\0", b" ", b":", b"\xc5", b"\x7f", b"Host: x\r\n"]) | st.binary(
    max_size=3
)
_LINES: Final = st.sampled_from(
    [
        b"Content-Length: 3",
        b"Content-Length: +3",
        b"Content-Length : 3",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: identity",
        b"Connection: close",
        b"Connection: Upgrade, keep-alive",
        b"Upgrade: h2c",
        b"Expect: 100-Continue",
        b"Host: elsewhere",
        b" folded",
        b"X\xe9: y",
    ]
)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(
    request_=st.sampled_from(sorted([*PLAIN.values(), *OTHERS.values()], key=len)[:-2]),
    where=st.floats(0, 1),
    taken=st.integers(0, 3),
    put=_BYTES,
    lines=st.lists(_LINES, max_size=2),
    divided=st.floats(0, 1),
)
def test_whatever_is_done_to_a_request_the_answer_is_that_of_aiohttp_alone(
    request_: bytes, where: float, taken: int, put: bytes, lines: list[bytes], divided: float
) -> None:
    place = int(where * len(request_))
    changed = request_[:place] + put + request_[place + taken :]
    changed = changed.replace(b"\r\n", b"".join(b"\r\n" + line for line in lines) + b"\r\n", 1)
    at = int(divided * len(changed))
    asyncio.run(_alike(changed[:at], changed[at:], GET))


async def _alike(*packets: bytes) -> None:
    await both_ways(small_town(), small_town(), *packets)


REPLIES: Final = {
    "empty": Reply(body=b""),
    "with headers": Reply(body=b"x", status=405, headers=(("Allow", "GET"), ("X", "1"), ("x", "2"))),
    "of a status that nobody knows": Reply(body=b"x", status=299),
    "without a body by its status": Reply(body=b"", status=204, headers=(("X", "1"),)),
    "not modified": Reply(body=b"", status=304),
    "with a length of its own": Reply(body=b"abc", headers=(("Content-Length", "3"),)),
    "with a date of its own": Reply(body=b"abc", headers=(("date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Server", "S"))),
    "that says close": Reply(body=b"abc", headers=(("Connection", "close"),)),
    "without a type": Reply(body=b"abc", content_type=""),
    "with a type of its own": Reply(body=b"abc", headers=(("Content-Type", "text/csv"),)),
    "with letters of no ASCII": Reply(body=b"abc", headers=(("X", "Žižka"), ("Y", "a\tb"))),
    "that would split": Reply(body=b"abc", headers=(("X", "a\r\nSet-Cookie: b"),)),
    "that is long": Reply(body=b"y" * 70_000),
}


def two_servers(reply: Reply, limits: ConnectionLimits = USUAL_LIMITS) -> tuple[ConnectionServer, ConnectionServer]:
    """Make what answers with a reply: at once, and by aiohttp alone."""

    async def handle(_: web.BaseRequest) -> web.StreamResponse:
        return response_of(reply)

    made = [
        ConnectionServer(handle, lambda *_: None, limits, lambda: USUAL, ConnectionCounts(), at_once)
        for at_once in (lambda *_: (reply, ()), never)
    ]
    return made[0], made[1]


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("waiting", [0, 65_500])
async def test_a_reply_has_the_bytes_that_aiohttp_gives_it(reply: Reply, waiting: int) -> None:
    sent = []
    for connections in two_servers(reply):
        connection, wire = connections(), Wire()
        wire.waiting = waiting
        wire.connect(connection)
        await settled()
        for request in (GET, GET, OTHERS["HEAD"]):
            if not wire.is_closing():
                connection.data_received(request)
                await settled()
        sent.append((DATE.sub(b"", wire.sent), wire.is_closing(), connections.requests_count))
        wire.abort()
        await settled()
    assert sent[0] == sent[1]


async def test_the_date_of_a_reply_is_there_and_stands_where_aiohttp_writes_it() -> None:
    heads = []
    for connections in two_servers(REPLIES["with headers"]):
        connection, wire = connections(), Wire()
        wire.connect(connection)
        await settled()
        connection.data_received(GET)
        await settled()
        heads.append([line.partition(b": ")[0] for line in wire.sent.partition(b"\r\n\r\n")[0].split(b"\r\n")])
        wire.abort()
        await settled()
    assert heads[0] == heads[1]
    assert heads[0][-3:] == [b"Content-Length", b"Date", b"Server"]


class _Torn(Exception):
    """What goes wrong."""


async def test_what_goes_wrong_above_is_answered_and_logged_as_by_aiohttp_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret, found, raised = "s3cret", [], list[weakref.ref[_Torn]]()

    def fail(*_: object) -> NoReturn:
        error = _Torn(secret)
        raised.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error

    async def handle(_: web.BaseRequest) -> NoReturn:
        fail()

    for at_once in (fail, never):
        connections = ConnectionServer(handle, fail, ConnectionLimits(), lambda: USUAL, ConnectionCounts(), at_once)
        connection, wire = connections(), Wire()
        wire.connect(connection)
        await settled()
        connection.data_received(GET)
        await settled()
        found.append((DATE.sub(b"", wire.sent), wire.is_closing(), connections.requests_count))
    assert [error() for error in raised] == [None, None]  # it leads to all of the request
    assert found[0] == found[1]
    assert found[0][0].startswith(b"HTTP/1.1 500 ")
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert all(record.getMessage().startswith("a request failed: _Torn\n") for record in caplog.records)
    assert secret not in caplog.text


async def test_what_is_to_go_wrong_on_purpose_is_left_to_aiohttp() -> None:
    servers = small_town(), small_town()
    for server in servers:
        host = server.hosts.first()
        host.injecting().faults.set([FaultEntry(fault="truncated", count=1)])
        host.injected()
    found, count = await both_ways(*servers, GET)
    assert (count, found.is_closed) == (0, True)
    for server in servers:
        host = server.hosts.first()
        host.injecting().faults.set([])
        host.injected()
    assert (await both_ways(*servers, GET))[1] == 1


@pytest.mark.parametrize(("length", "gets"), [(70_000, b"HTTP/1.1 503 "), (10, b"")])
async def test_whoever_does_not_take_a_reply_is_being_answered_until_it_does(length: int, gets: bytes) -> None:
    for connections in two_servers(Reply(body=b"y" * length), ConnectionLimits(at_once=1)):
        deaf, newcomer = Wire(), Wire()
        deaf.is_deaf = True
        connection = connections()
        deaf.connect(connection)
        await settled()
        connection.data_received(GET)
        await settled()
        newcomer.connect(connections())
        await settled()
        assert newcomer.sent[: len(b"HTTP/1.1 503 ")] == gets
        for wire in (deaf, newcomer):
            wire.abort()
        await settled()


@pytest.mark.slow
async def test_a_connection_is_kept_so_long_after_a_reply_at_once() -> None:
    await _is_cut(ConnectionLimits(first_byte=LONG, header=LONG, between=SHORT), b'"}', GET[:9], GET[9:])


@pytest.mark.slow
async def test_a_header_after_a_reply_at_once_is_measured_from_its_own_first_byte() -> None:
    limits = ConnectionLimits(first_byte=LONG, header=SHORT, between=LONG)
    await _is_cut(limits, b"408 Request Timeout\n", GET[:9], GET[9:], GET[:9])


async def _is_cut(limits: ConnectionLimits, last: bytes, *packets: bytes) -> None:
    """Send packets, and wait until the connection is closed, of whose replies these are the last bytes."""
    connections, _ = two_servers(Reply(body=b'{"a":"b"}'), limits)
    connection, wire = connections(), Wire()
    wire.connect(connection)
    await settled()
    for packet in packets:
        connection.data_received(packet)
        await settled()
    async with asyncio.timeout(10):
        await wire.has_closed.wait()
    assert wire.sent.startswith(b"HTTP/1.1 200 OK")
    assert wire.sent.endswith(last)
    wire.abort()
    await settled()


async def test_whoever_was_answered_at_once_has_waited_for_less_long_than_others() -> None:
    async with running(limits=ConnectionLimits(at_once=2)) as town, town.connection() as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"}")
        async with town.connection() as (idle, _):
            writer.write(GET)
            await reader.readuntil(b"}")
            assert (await town.raw(HEAD + b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
            assert await idle.read() == b""
        writer.write(GET)
        await reader.readuntil(b"}")


async def test_under_tls_it_is_answered_at_once_too(tmp_path: Path) -> None:
    server = small_town()
    connections = server.connections()
    counted = connections.at_once = Counted(connections.at_once)
    now = parse_iso("2026-06-01T00:00:00Z")
    context = tls.self_signed(tmp_path, ["localhost"], now)
    listening = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0, ssl=context)
    trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    trusting.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the certificate is of the test's own moment
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname="localhost")
        for request in (GET, CALL, FORM):  # the first may come before aiohttp's task has begun
            writer.write(request)
            assert b" 200 OK\r\n" in await reader.readuntil(b"\r\n\r\n")
            await reader.read(1_000)
        writer.close()
        await connections.shutdown()
    assert counted.count >= 2


async def test_what_is_prepared_at_once_is_read_by_the_limits_of_its_pbx() -> None:
    read: list[dict[str, str]] = []

    def prepare(_interface: object, request: Request) -> None:
        read.append(request.params)

    vendor = msgspec.structs.replace(ACME, prepare=prepare)
    hosts = Hosts([HostedPbx(plan(limits="limits: {request: {parameters: 2}}"), {"acme": vendor}, rate=0)])
    server = PbxServer(hosts, {"acme": vendor}, ControlApi(hosts, Guard("127.0.0.1")))
    found = await seen(server, server.connections(), GET.replace(b"do=echo", b"do=echo&a=1&b=2"))
    assert b'"params":{"do":"echo","a":"1"}' in found.sent
    assert read == [{"do": "echo", "a": "1"}]


def test_replies_of_one_second_have_its_date_and_those_of_the_next_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def dates_at(now: int) -> list[bytes]:
        monkeypatch.setattr("pbxsim.web.at_once.wall_clock", lambda: now)
        monkeypatch.setattr("pbxsim.web.at_once.rfc822_formatted_time", lambda: f"at {now}")
        return DATE.findall(bytes_of(Reply(body=b"x", content_type="text/x-of-this-test"), ()) or b"")

    found = [dates_at(now) for now in (1_000_000, 1_999_999, 2_000_000)]
    assert found == [[b"\r\nDate: at 1000000"], [b"\r\nDate: at 1000000"], [b"\r\nDate: at 2000000"]]


async def test_of_several_pbxs_the_one_whose_turn_is_free_answers_at_once() -> None:
    plans = plan("one", "s1"), plan("two", "s2")
    hosts = Hosts(HostedPbx(each, {"acme": ACME}, rate=0) for each in plans)
    server = PbxServer(hosts, {"acme": ACME}, ControlApi(hosts, Guard("127.0.0.1")))
    connections = server.connections()
    counted = connections.at_once = Counted(connections.at_once)
    wires = [Wire() for _ in range(5)]
    clients = [connections() for _ in wires]
    for wire, client in zip(wires, clients, strict=True):
        wire.connect(client)
    await settled()
    counts = []
    for client, secret in zip(clients, (b"s1", b"s2", b"s1", b"s1", b"s2"), strict=True):
        client.data_received(CALL.replace(b"s3cret!", secret))  # of those that share the time each has one turn
        counts.append(counted.count)
    assert counts == [1, 2, 3, 3, 3]
    for wire in wires:
        await wire.has_sent.wait()
    assert all(wire.sent.count(b" 200 OK\r\n") == 1 for wire in wires)
    assert counted.count == 3
