"""Servers for tests: in this process and in a child, with files that name the receiver, and what cannot be served."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.testing import Pbx, PbxServer, ServerFailed, ServerGone
from tests.testing.conftest import originate

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.testing import Receiver

FILE = """\
name: crm
extensions: [{internal: "557"}, {internal: "552"}]
vendors:
  simotel:
    accounts: [{mode: token, api_key: change-me}]
    events: {enabled: true, version: G4, method: POST, address: "${RECEIVER}/simotel", chosen: [Cdr]}
"""


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """Write a PBX file that tells the receiver of each record."""
    file = tmp_path / "crm.yaml"
    file.write_text(FILE, encoding="utf-8")
    return file


def test_in_this_process_neither_signals_nor_the_collector_are_touched() -> None:
    before, frozen = (gc.get_threshold(), gc.isenabled(), signal.getsignal(signal.SIGTERM)), gc.get_freeze_count()
    with PbxServer() as pbx:
        originate(pbx)
        assert (gc.get_threshold(), gc.isenabled(), signal.getsignal(signal.SIGTERM)) == before
        assert gc.get_freeze_count() <= frozen  # what was frozen before may have been freed meanwhile
    with pytest.raises(ServerGone):
        pbx.reset()
    pbx.stop()


@pytest.mark.slow
def test_a_child_serves_the_same_and_is_gone_afterwards(crm: Path, heard: Receiver) -> None:
    with PbxServer(crm, "documented", receiver=heard, process=True, seed=4, start_at="2026-05-01") as pbx:
        assert pbx.pbxs == ("crm", "documented")
        assert pbx.now == "2026-05-01T00:00:00.000000Z"
        pbx.incoming("557", "552")
        pbx.run_until_idle()
        assert [request.path for request in heard.received] == ["/simotel"]
        assert [webhook.state for webhook in pbx.webhooks] == ["delivered"]
        assert pbx.pbx("documented").calls == []
    with pytest.raises(ServerGone):
        pbx.reset()


@pytest.mark.slow
def test_a_webhook_that_fails_is_tried_again_on_the_pbxs_clock(crm: Path, heard: Receiver) -> None:
    heard.fail_next(2)
    with PbxServer(crm, receiver=heard) as pbx:
        pbx.incoming("557", "552")
        pbx.run_until_idle()
        pbx.advance(10)
        assert [tried.status for tried in pbx.webhooks[0].tries] == [500, 500, 200]
    assert {request.delivery for request in heard.received} == {1}


async def test_coroutines_have_a_receiver_in_their_own_loop(crm: Path) -> None:
    heard: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    receiver = await asyncio.start_server(take, "127.0.0.1", 0)
    port = receiver.sockets[0].getsockname()[1]
    async with receiver, PbxServer(crm, receiver=f"http://127.0.0.1:{port}") as pbx:
        await pbx.incoming("557", "552")
        await pbx.run_until_idle()
        assert [webhook.state for webhook in await pbx.webhooks()] == ["delivered"]
    assert heard == [b"POST /simotel HTTP/1.1\r\n"]


def test_a_token_is_asked_for_and_given() -> None:
    with PbxServer(token="t0k3n") as pbx:
        assert pbx.now
        with pytest.raises(Exception, match="control token is needed"):
            Pbx(pbx.url).reset()


@pytest.mark.parametrize("process", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_cannot_be_served_is_told_in_the_servers_words(tmp_path: Path, *, process: bool) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("name: bad\nvendors: {voipsun: {users: [{username: x}]}}\n", encoding="utf-8")
    with pytest.raises(ServerFailed, match="password"):
        PbxServer(file, process=process).start()


def test_a_file_that_is_not_there_or_lacks_its_receiver_is_refused_at_once(crm: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PbxServer("nosuch.yaml")
    with pytest.raises(ValueError, match="no receiver is given"):
        PbxServer(crm)


@pytest.mark.slow
def test_a_child_ends_when_whoever_started_it_is_killed() -> None:
    code = (
        "import sys; from pbxsim.testing import PbxServer; s = PbxServer(process=True); s.start();"
        "print(s._running._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        gone = os.pidfd_open(child)
        parent.kill()
    try:
        poll = select.poll()
        poll.register(gone, select.POLLIN)
        assert poll.poll(20_000), "it lives on"
    finally:
        os.close(gone)


@pytest.mark.slow
def test_importing_the_plugin_costs_next_to_nothing() -> None:
    code = (
        "import sys; import pbxsim.testing.pytest_plugin;"
        "heavy = {name.split('.')[0] for name in sys.modules} & {'aiohttp', 'msgspec', 'yaml', 'sqlalchemy'};"
        "ours = sorted(name for name in sys.modules if name.startswith('pbxsim'));"
        "assert not heavy, heavy; assert ours == ['pbxsim', 'pbxsim.testing', 'pbxsim.testing.pytest_plugin'], ours"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
