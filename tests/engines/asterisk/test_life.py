"""The link's life: refused, killed, frozen, closed; what becomes of calls meanwhile, and that nobody rings on."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk import through
from pbxsim.engines.asterisk.ami_login import AmiLogin
from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry
from pbxsim.engines.asterisk.process import free_port
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension
from tests.engines.asterisk.test_acted import at_work, called, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.engines.engine import Engine

pytest.importorskip("panoramisk", reason="no Asterisk can be spoken to: panoramisk is not installed")
SECRET = "a-secret-of-somebody"


def login(port: int) -> AmiLogin:
    """Give a login on the loopback."""
    return AmiLogin(host="127.0.0.1", port=port, user="pbxsim", secret=SECRET)


async def begun(engine: Engine, name: str = "office") -> Any:  # noqa: ANN401 - what the engine opened
    """Have the engine begin on an office."""
    office = Office(extension("100"))
    office.pbx.name = name
    opened = engine.open({"asterisk": AsteriskEntry(), "phones": PhonesEntry()}, office.pbx)
    assert engine.start is not None
    assert engine.close is not None
    try:
        await engine.start(opened, lambda act: act())
    except EngineUnreachable:
        await engine.close(opened)
        raise
    return opened


# -- what cannot be reached -------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_where_nobody_is_it_is_told_in_one_sentence() -> None:
    port = free_port()
    with pytest.raises(EngineUnreachable, match=rf"^no Asterisk at 127\.0\.0\.1:{port}: "):
        await asyncio.wait_for(begun(through(login(port))), 5)


@asynccontextmanager
async def spoken(answers: Callable[[str], str], banner: str = "Asterisk Call Manager/11.0.0\r\n") -> AsyncIterator[int]:
    """Serve something that looks like AMI: each action is answered by its name; gives the port."""
    talks: list[asyncio.Task[None]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(conversation(reader, writer)))

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner.encode())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                action = (await reader.readuntil(b"\r\n\r\n")).decode()
                headers = dict(line.split(": ", 1) for line in action.split("\r\n") if ": " in line)
                writer.write(answers(headers["Action"]).replace("@ID@", headers["ActionID"]).encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        if talks:
            await asyncio.wait(talks)


def other_release(action: str) -> str:
    """Answer as an Asterisk 18."""
    booted = "Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n" if action == "Login" else ""
    return f"Response: Success\r\nActionID: @ID@\r\nMessage: yes\r\nAsteriskVersion: 18.10.0\r\n\r\n{booted}"


async def test_an_asterisk_of_another_release_is_refused() -> None:
    async with spoken(other_release) as port:
        with pytest.raises(
            EngineUnreachable, match=rf"^127\.0\.0\.1:{port} is Asterisk 18\.10\.0, and pbxsim works with 22$"
        ):
            await begun(through(login(port)))


async def test_a_wrong_secret_is_told_without_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def refuse(_: str) -> str:
        return "Response: Error\r\nActionID: @ID@\r\nMessage: Authentication failed\r\n\r\n"

    async with spoken(refuse) as port:
        with pytest.raises(EngineUnreachable, match=r"refuses 'pbxsim': authentication failed$") as refused:
            await begun(through(login(port)))
    assert SECRET not in f"{refused.value!r}{caplog.text}{login(port)!r}"


@pytest.mark.slow
async def test_what_is_no_asterisk_is_noticed_in_time() -> None:
    async with spoken(lambda _: "", banner="SSH-2.0-x\r\n") as port:
        with pytest.raises(EngineUnreachable, match=rf"127\.0\.0\.1:{port} does not speak AMI"):
            await asyncio.wait_for(begun(through(login(port))), 6)


@pytest.mark.slow
def test_the_server_ends_with_3_and_one_sentence_within_six_seconds(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text('name: office\nextensions: [{internal: "100", lines: [{user: sip100}]}]\n')
    command = [sys.executable, "-m", "pbxsim", "serve", str(file), "--engine", "asterisk", "--port", "0"]
    environment = os.environ | {"PBXSIM_ASTERISK_SECRET": SECRET, "PBXSIM_ASTERISK": f"127.0.0.1:{free_port()}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stdout) == (3, "")
    (said,) = done.stderr.splitlines()
    assert said.startswith("no Asterisk at 127.0.0.1:")
    assert SECRET not in said


@pytest.mark.slow
@pytest.mark.asterisk
@pytest.mark.usefixtures("asterisk")
def test_a_port_for_telephones_that_is_taken_ends_the_start_and_leaves_no_asterisk(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        file = tmp_path / "office.yaml"
        file.write_text(f'name: office\nextensions: [{{internal: "100"}}]\nasterisk: {{sip_port: {port}}}\n')
        command = [sys.executable, "-m", "pbxsim", "serve", str(file), "--engine", "asterisk", "--port", "0"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        f"127.0.0.1:{port}, where Asterisk is to listen for SIP, cannot be had (address already in use): set"
        " asterisk.sip_port in the PBX file, or end what has it\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--asterisk", "127.0.0.1:5038"], "--asterisk is for --engine asterisk"),
        (["--engine", "asterisk", "--asterisk-user", "me"], "--asterisk-user is for an Asterisk that runs already"),
        (
            ["documented", "reception", "--engine", "asterisk", "--asterisk", "127.0.0.1:1"],
            "one Asterisk serves one PBX",
        ),
        (["--engine", "asterisk", "--asterisk", "nowhere"], "expected HOST:PORT, as 127.0.0.1:5038, not 'nowhere'"),
        (["--engine", "asterisk", "--clock", "paused"], "live in real time"),
        (["--asterisk-image", "asterisk:22"], "--asterisk-image is for --engine asterisk"),
        (
            ["--engine", "asterisk", "--asterisk-image", "asterisk:22", "--asterisk", "127.0.0.1:5038"],
            "--asterisk-image starts an Asterisk, --asterisk goes to one that runs: leave one of them out",
        ),
        (["--allow-live-calls", "420"], "--allow-live-calls is for --engine asterisk"),
        (["--engine", "asterisk", "--live-calls", "9"], "--live-calls limits what leaves: say which numbers do with"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(options: list[str], why: str) -> None:
    command = [sys.executable, "-m", "pbxsim", "serve", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 2
    assert why in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("told", "pings"), [("", 1), ("Event: Newstate\r\n\r\n", 5)])
async def test_a_peer_that_tells_of_calls_is_busy_for_a_while_and_a_silent_one_is_gone(
    told: str, pings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pbxsim.engines.asterisk import link as module

    monkeypatch.setattr(module, "_PING", 0.05)
    asked: list[str] = []
    gone = asyncio.Event()

    def answers(action: str) -> str:
        asked.append(action)
        if action == "Ping":
            return told
        return other_release(action).replace("18.10.0", "22.1.0")

    async def returned() -> None: ...

    async with spoken(answers) as port:
        link = module.AmiLink(login(port), heard=lambda _: None, went_down=gone.set, returned=returned)
        await link.open(5)
        await asyncio.wait_for(gone.wait(), 10)
        assert asked.count("Ping") == pings
        await link.close()


# -- with a real one --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.asterisk
async def test_a_wrong_secret_is_refused_by_a_real_one_and_a_second_server_or_pbx_by_us(
    asterisk: AsteriskInstallation,
) -> None:
    async with at_work(asterisk) as rig:
        wrong = replace(rig.exchange.login, secret=SECRET)
        with pytest.raises(EngineUnreachable, match="refuses 'pbxsim': authentication failed"):
            await asyncio.wait_for(begun(through(wrong)), 6)
        call = called(rig, "101")
        await rig.until(lambda: call.state is CallState.TALKING)
        engine = through(rig.exchange.login)
        with pytest.raises(EngineUnreachable, match=r"serves another pbxsim already: it serves one$"):
            await asyncio.wait_for(begun(engine), 6)
        assert call.state is CallState.TALKING
        assert len(await rig.channels()) == 4
        await rig.session.close()
        first = await begun(engine)
        with pytest.raises(EngineUnreachable, match="serves another PBX already: it serves one"):
            await begun(engine, "shop")
        assert engine.close is not None
        await engine.close(first)


@pytest.mark.slow
@pytest.mark.asterisk
async def test_when_asterisk_is_killed_each_call_gets_its_record_and_calls_go_on_when_it_is_back(
    asterisk: AsteriskInstallation, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_work(asterisk) as rig:
        calls = [called(rig, "101") for _ in range(20)]
        await rig.until(lambda: all(call.state is CallState.TALKING for call in calls))
        rig.exchange.process.kill()
        await rig.until(lambda: not rig.opened.link.is_up)
        assert rig.session.trouble.startswith("there is no link to Asterisk")
        meanwhile = called(rig, "101")
        assert told(rig.office, meanwhile) == ("FAILED", 38, 0)
        rig.exchange.process.start()
        await rig.until(lambda: rig.opened.link.is_up, 10)
        await rig.until(lambda: all(call.is_over for call in calls))
        assert {(disposition, cause) for disposition, cause, _ in (told(rig.office, call) for call in calls)} == {
            ("ANSWERED", 41)
        }
        assert len(rig.office.cdrs()) == 21
        assert rig.session.trouble == ""
        again = called(rig, "101")
        await rig.until(lambda: again.state is CallState.TALKING)
        assert "the link to Asterisk is lost" in caplog.text
        assert "is there again" in caplog.text


@pytest.mark.slow
@pytest.mark.asterisk
async def test_one_that_is_frozen_is_noticed_and_after_the_thaw_nobody_rings(asterisk: AsteriskInstallation) -> None:
    async with at_work(asterisk) as rig:
        process = rig.exchange.process.pid
        os.kill(process, signal.SIGSTOP)
        try:
            late = called(rig, "990301000")  # would ring for ever
            await rig.until(lambda: not rig.opened.link.is_up, 6)
            await rig.until(lambda: late.is_over)
            assert told(rig.office, late)[0] == "FAILED"
        finally:
            os.kill(process, signal.SIGCONT)
        await rig.until(lambda: rig.opened.link.is_up, 10)
        await rig.elapse(3 * SECOND // 2)
        assert await rig.channels() == []


@pytest.mark.slow
@pytest.mark.asterisk
async def test_when_the_engine_is_closed_asterisk_has_no_channel_of_its_any_more(
    asterisk: AsteriskInstallation,
) -> None:
    async with at_work(asterisk) as rig:
        calls = [called(rig, "101") for _ in range(10)]
        await rig.until(lambda: all(call.state is CallState.TALKING for call in calls))
        await rig.session.close()
        other = await begun(through(rig.exchange.login), "another")
        assert [event for event in await other.link.listed("CoreShowChannels") if "channel" in event] == []
        await other.link.close()


@pytest.mark.slow
@pytest.mark.asterisk
async def test_a_value_that_would_begin_a_header_of_its_own_is_not_sent(asterisk: AsteriskInstallation) -> None:
    async with at_work(asterisk) as rig:
        with pytest.raises(ValueError, match="a control character in Channel"):
            await rig.opened.link.ask("Hangup", Channel="a\r\nAction: Logoff")
        assert rig.opened.link.is_up


def test_a_port_that_is_free_is_free() -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", free_port()))


class Noted:
    """A transport that notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    abort = close


async def test_what_is_asked_in_one_turn_of_the_loop_is_sent_in_one_piece_and_nothing_late() -> None:
    from pbxsim.engines.asterisk import link as module

    under = Noted()
    transport = module._Gathering(under)  # type: ignore[arg-type]  # noqa: SLF001 - no other file is to know it
    for turn in (b"1", b"2"):
        transport.write(b"a" + turn)
        transport.write(b"b" + turn)
        await asyncio.wait([asyncio.ensure_future(a_turn())])
    assert under.sent == [b"a1b1", b"a2b2"]
    transport.write(b"late")
    transport.abort()
    await asyncio.wait([asyncio.ensure_future(a_turn())])
    assert under.sent == [b"a1b1", b"a2b2"]


async def a_turn() -> None:
    """Let the loop have its turn."""
