"""A server whose telephones register at it, in a process of its own, as somebody starts it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import pytest

from pbxsim.cli import main
from tests.engines.asterisk.serving import pbxsim, served, started, until_said
from tests.engines.refusing import RefusingTelephone
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.sip]

PBX = """
name: shop
extensions:
  - {{internal: "100", public: ["299299000"], lines: [{{user: sip100}}]}}
  - {{internal: "101", lines: [{{user: sip101}}]}}
  - {{internal: "102", lines: [{{user: sip102}}]}}
trunks: [{{name: out}}]
phones: {{default: {{outcome: answer, ring: 0, talk: never}}}}
sip:
  port: {port}
  lines:
    - {{line: sip100, secret: first-secret}}
    - {{line: sip101, secret: second-secret}}
    - {{line: sip102, simulated: true}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Write a PBX file."""
    file = tmp_path / "shop.yaml"
    file.write_text(PBX.format(port=own_port()), "utf-8")
    return file


async def test_a_telephone_registers_rings_by_one_command_and_the_calls_ladder_is_told(
    shop: Path, tmp_path: Path
) -> None:
    from tests.engines.telephones import Telephones

    capture = tmp_path / "sip.pcap"
    server = f"127.0.0.1:{own_port()}"
    async with served(shop, "--engine", "sip", "--sip", server, "--sip-pcap", str(capture)) as (client, _):
        telephones = Telephones(server)
        await telephones.start()
        telephone = await telephones.registered("sip100", "first-secret")
        telephone.answers()
        await client.until("/_pbxsim/phones", lambda told: "127.0.0.1" in json.dumps(told[0]))
        body = {"from": "777123456", "to": "299299000"}
        placed = json.loads(await client.ask("/_pbxsim/calls", "POST", json=body))
        path = f"/_pbxsim/calls/{placed['id']}"
        await client.until(path, lambda call: call["state"] == "up")
        assert telephone.seen[0].startswith("sip:777123456@")
        await client.ask(f"{path}/hangup", "POST")
        call = await client.until(path, lambda call: len(call.get("signals", ())) >= 6)
        said = [(one["from_telephone"], one["text"].split(";")[0]) for one in call["signals"]]
        assert said[0][1].startswith("INVITE sip:sip100")
        answers = [text for came, text in said if came]
        assert "180 Ringing (INVITE)" in answers
        assert answers[-1] == "200 OK (BYE)"
        for measure in ("sip_dropped_total", "sip_unread_total", "sip_blocked"):
            assert f'pbxsim_{measure}{{pbx="shop"}} 0.0' in await client.ask("/metrics")
        assert {one["channel"] for one in call["signals"]} == {call["legs"][1]["channel"]}
        await telephones.close()
    written = capture.read_bytes()
    assert b"REGISTER sip:" in written
    assert b"first-secret" not in written


@asynccontextmanager
async def refused(shop: Path, what: str) -> AsyncIterator[tuple[str, str]]:
    """Have a call refused by a telephone while that is logged; give what was said until then, and where that is."""
    server = f"127.0.0.1:{own_port()}"
    async with served(shop, "--engine", "sip", "--sip", server, "--sip-log", what) as (client, process):
        telephone = RefusingTelephone("sip100", "486 Busy Here", after=0, rings=True, noted=lambda _what, _who: None)
        port = own_port()
        await telephone.register(server, "first-secret", port)
        body = {"from": "777123456", "to": "299299000"}
        await client.ask("/_pbxsim/calls", "POST", json=body)
        yield await asyncio.to_thread(until_said, process, "-> ACK sip:sip100"), f"sip100@127.0.0.1:{port}"
        telephone.close()


async def test_the_log_shows_the_ladder_of_a_call_when_it_is_over(shop: Path) -> None:
    async with refused(shop, "calls") as (said, there):
        ladder = said[said.index("INFO pbxsim.sip: ") :].splitlines()
        assert ladder[0] == "INFO pbxsim.sip: call 1 of shop, 777123456 to 299299000: BUSY, cause 17 (User busy)"
        channel = ladder[1].split()[1]
        assert channel.startswith("SIP/sip100-")
        assert [line.partition(f" {channel} ")[2] for line in ladder[1:]] == [
            f"-> INVITE sip:{there}",
            "<- 180 Ringing (INVITE)",
            "<- 486 Busy Here (INVITE)",
            f"-> ACK sip:{there}",
        ]
        assert ladder[1].startswith("    0.000 ")


async def test_the_log_shows_each_message_as_it_passes_and_no_secret(shop: Path) -> None:
    async with refused(shop, "messages") as (said, there):
        way = f"INFO pbxsim.sip: shop UDP {there.partition('@')[2].replace(':', ' ')} "
        assert [line.partition(way)[2] for line in said.splitlines() if way in line] == [
            "<- REGISTER sip:" + registrar(said),
            "-> 401 Unauthorized (REGISTER)",
            "<- REGISTER sip:" + registrar(said),
            "-> 200 OK (REGISTER)",
            f"-> INVITE sip:{there}",
            "<- 180 Ringing (INVITE)",
            "<- 486 Busy Here (INVITE)",
            f"-> ACK sip:{there}",
        ]
        assert "first-secret" not in said


def registrar(said: str) -> str:
    """Find where telephones register in what a start says."""
    found = re.search(r"Telephones register at (\S+?)[,.]?\s", said)
    assert found is not None, said
    return found[1]


def test_a_start_says_where_telephones_register_and_a_port_that_is_taken_in_one_sentence(shop: Path) -> None:
    with started(shop, "--engine", "sip") as first:
        try:
            said = until_said(first, "phones --engine sip")
            assert "Telephones register at 127.0.0.1:" in said
            second = pbxsim("serve", str(shop), "--engine", "sip", "--port", "0", "--db", ":memory:")
            assert second.returncode == 3
            (sentence,) = [line for line in second.stderr.splitlines() if "telephones cannot be listened for" in line]
            assert "Address already in use" in sentence
        finally:
            first.terminate()


@pytest.mark.parametrize("address", ["127.0.0.1", '"*"'])
def test_where_no_call_could_have_sound_it_does_not_start_and_says_so_in_one_sentence(shop: Path, address: str) -> None:
    taken = own_port()
    text = shop.read_text("utf-8").replace(
        "sip:\n", f"sip:\n  address: {address}\n  rtp_ports: [{taken}, {taken + 1}]\n"
    )
    shop.write_text(text, "utf-8")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as somebody:
        somebody.bind(("127.0.0.1", taken))
        told = pbxsim("serve", str(shop), "--engine", "sip", "--port", "0", "--db", ":memory:")
    (sentence,) = [line for line in told.stderr.splitlines() if "no call could have sound" in line]
    host = "127.0.0.1" if address == "127.0.0.1" else "0.0.0.0"
    where = f"at {host}, ports {taken} to {taken + 1} (sip.rtp_ports)"
    assert sentence.endswith(f"no call could have sound: all pairs of ports are taken {where}")
    assert told.returncode == 3


def test_at_all_addresses_it_starts_where_ports_are_taken_at_one_of_them(shop: Path) -> None:
    taken = own_port()
    text = shop.read_text("utf-8").replace("sip:\n", f'sip:\n  address: "*"\n  rtp_ports: [{taken}, {taken + 1}]\n')
    shop.write_text(text, "utf-8")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as somebody:
        somebody.bind(("127.0.0.9", taken))
        with started(shop, "--engine", "sip") as server:
            try:
                assert "Telephones register at" in until_said(server, "phones --engine sip")
            finally:
                server.terminate()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--sip", "127.0.0.1:5070"], "--sip is for --engine sip"),
        (["--sip-pcap", "x"], "--sip-pcap is for --engine sip"),
        (["documented", "--engine", "sip", "--sip", "127.0.0.1:5070"], "--sip is for one PBX: with several"),
        (["--engine", "sip", "--clock", "paused"], "live in real time"),
    ],
)
def test_what_contradicts_itself_is_refused(arguments: list[str], sentence: str) -> None:
    told = pbxsim("serve", "documented", *arguments, "--port", "0")
    assert told.returncode == 2
    assert sentence in told.stderr


def test_telephones_are_told_how_to_register(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["phones", str(shop), "--engine", "sip", "--json"]) == 0
    first, second, third = json.loads(capsys.readouterr().out)
    assert (first["user"], first["secret"], first["ws"]) == ("sip100", "first-secret", None)
    assert first["uri"] == f"sip:sip100@{first['server']}"
    assert (second["secret"], third["user"]) == ("second-secret", None)


def test_a_file_that_cannot_be_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop.write_text(
        shop.read_text("utf-8").replace("line: sip102, simulated", "line: sip109, simulated").replace(
            'internal: "101", lines: [{user: sip101}]', 'internal: "101", lines: [{user: "sip 101"}]'
        ),
        "utf-8",
    )  # fmt: skip
    assert main(["check", "--engine", "sip", str(shop)]) == 1
    told = capsys.readouterr().err
    assert "sip.lines[2].line" in told
    assert "a SIP user that can stand in a SIP address as it is" in told
