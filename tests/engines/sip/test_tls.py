"""SIP over TLS where the server has a certificate: registered, rung, dialled, put down by one connection."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.driver import wall_clock
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.engines.sip import connection
from pbxsim.engines.sip import server as server_module
from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.server import SipServer
from pbxsim.web.tls import self_signed
from tests.engines.asterisk.serving import served
from tests.engines.sip.test_served import PBX
from tests.engines.sip.test_session import TO, ack
from tests.engines.sip.wire import SDP, Wire, asks, first_line, registers, request
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.sip]

OPTIONS = request("OPTIONS", "sips:h").replace("\n", "\r\n").replace("/UDP", "/TLS").encode()
OPTIONS += b"\r\nContent-Length: 0\r\n\r\n"
THERE = Flow("TLS", "192.0.2.10", 40_000, 3)


@asynccontextmanager
async def listening(folder: Path, tls_port: int = 0) -> AsyncIterator[tuple[SipServer, ssl.SSLContext]]:
    """Have a server listen over TLS too; give whoever trusts its certificate."""
    context = self_signed(folder, ["127.0.0.1"], wall_clock())
    server = SipServer(lambda act: act())
    wire = Wire()
    await server.open("127.0.0.1", own_port(), wire.agent, lambda flow: flow.address, (context, tls_port or own_port()))
    trusting = ssl.create_default_context(cafile=folder / "cert.pem")
    trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        yield server, trusting
    finally:
        await server.close()


async def test_a_connection_over_tls_is_answered_on_itself_and_one_that_speaks_none_is_not(tmp_path: Path) -> None:
    async with listening(tmp_path) as (server, trusting):
        flows: list[Flow] = []
        server.tap = lambda _came, _message, flow: flows.append(flow)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.tls_port, ssl=trusting)
        writer.write(OPTIONS[:50])
        writer.write(OPTIONS[50:])
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).startswith(b"SIP/2.0 200 OK\r\n")
        assert {flow.transport for flow in flows} == {"TLS"}
        assert server.here(flows[0]) == ("127.0.0.1", server.tls_port)
        plain_reader, plain = await asyncio.open_connection("127.0.0.1", server.tls_port)
        plain.write(OPTIONS)
        assert b"SIP" not in await asyncio.wait_for(plain_reader.read(), 10)
        for each in (writer, plain):
            each.close()


async def test_whoever_connects_and_never_agrees_on_anything_gives_way_to_who_does_and_is_hung_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(connection, "_HANDSHAKE", 0.5)
    async with listening(tmp_path) as (server, trusting):
        idle = [await asyncio.open_connection("127.0.0.1", server.tls_port) for _ in range(5)]
        assert await asyncio.wait_for(idle[0][0].read(), 10) == b"", "the oldest gives way at once"
        reader, writer = await asyncio.open_connection("127.0.0.1", server.tls_port, ssl=trusting)
        assert len(server._connections) == 3  # noqa: SLF001 - nobody else counts them
        assert await asyncio.wait_for(idle[-1][0].read(), 10) == b"", "there was no handshake in time"
        writer.write(OPTIONS)
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).startswith(b"SIP/2.0 200 OK\r\n")
        assert len(server._connections) == 1  # noqa: SLF001
        for _, each in (*idle, (reader, writer)):
            each.close()


async def test_a_port_for_tls_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with listening(tmp_path) as (server, _):
        with pytest.raises(
            EngineUnreachable, match=rf"and, over TLS, {server.tls_port} \(sip.tls_port\): .*address already in use"
        ):
            async with listening(tmp_path, server.tls_port):
                pass


def test_who_asks_for_sips_is_answered_from_sips_and_who_registers_with_it_is_rung_so() -> None:
    wire = Wire()
    contact = "<sips:sip100@10.0.0.7:5061>"
    assert registers(wire, flow=THERE, contact=contact).code == 200
    (binding,) = wire.registrar.contacts("sip100")
    session = wire.agent.call(binding, "sip100", number="299", name="")
    session.call(SDP)
    (invite,) = wire.sent()
    assert first_line(invite) == "INVITE sips:sip100@10.0.0.7:5061 SIP/2.0"
    assert invite.first("via").startswith("SIP/2.0/TLS 192.0.2.1:5060;")
    assert (invite.first("contact"), invite.first("to")) == (
        "<sips:pbxsim@192.0.2.1:5060>",
        "<sips:sip100@192.0.2.1:5060>",
    )
    asks(wire, "INVITE", TO, body=SDP, flow=THERE, target=TO)
    plain = wire.heard.sessions[-1]
    plain.answer()
    (answer,) = wire.sent()
    assert answer.first("contact") == "<sip:pbxsim@192.0.2.1:5060;transport=tls>"
    wire.says(ack(plain), flow=THERE)


async def test_a_telephone_registers_over_tls_rings_dials_and_puts_down_at_a_server_with_a_certificate(
    tmp_path: Path,
) -> None:
    from tests.engines.telephones import Telephones

    file, sip = tmp_path / "shop.yaml", own_port()
    file.write_text(PBX.format(port=sip).replace("sip:\n", f"sip:\n  tls_port: {own_port()}\n"), "utf-8")
    options = ("--engine", "sip", "--tls", "self-signed", "--sip-log", "messages")
    async with served(file, *options) as (client, _):
        account = json.loads(await client.ask("/_pbxsim/phones/sip100/registration"))
        server = account["tls"]
        assert server != account["server"]
        telephones = Telephones(server, transport="tls")
        await telephones.start()
        first = await telephones.registered("sip100", "first-secret")
        second = await telephones.registered("sip101", "second-secret")
        first.answers()
        second.answers()

        def are_there(told: Any) -> bool:  # noqa: ANN401 - as it came
            return all("transport=tls" in phone["registration"]["contact"] for phone in told[:2])

        await client.until("/_pbxsim/phones", are_there)
        body = {"from": "100", "to": "101"}
        placed = json.loads(await client.ask("/_pbxsim/calls", "POST", json=body))
        call = await client.until(f"/_pbxsim/calls/{placed['id']}", lambda call: call["state"] == "up")
        assert {one["channel"] for one in call["signals"]} == {leg["channel"] for leg in call["legs"]}
        await first.calls[0].hangup()
        await client.until(f"/_pbxsim/calls/{placed['id']}", lambda call: call["ended"])
        dialled = await second.dial("100")
        await dialled.wait_established()
        await dialled.hangup()
        await client.until("/_pbxsim/calls", lambda told: [call["state"] for call in told] == ["ended"] * 2)
        await telephones.close()
