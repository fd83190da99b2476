"""A server with real telephones, from outside: vendors' requests, a reset, and an end that leaves nothing."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engines.asterisk.exchange import own_ports
from tests.engines.asterisk.serving import pbxsim, served

pytestmark = [pytest.mark.slow, pytest.mark.asterisk]

DOCUMENTED = Path(__file__).parents[3] / "pbxsim/pbxes/documented.yaml"
VOIPSUN = "/api/api.php?username=voipsun&password=secretpwd"
SIMOTEL = {
    "X-APIKEY": "vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG",
    "Authorization": "Basic dGVzdDpBYTEyMzQ1Ng==",
}
CLICK = {
    "caller": "557",
    "callee": "552",
    "context": "main_routing",
    "caller_id": "557",
    "trunk_name": "cisco",
    "timeout": "30",
}


def pbx_file(folder: Path, simulated: tuple[str, ...]) -> tuple[Path, int]:
    """Write the PBX `documented` with ports of its own; give the file, and where telephones register."""
    ports = own_ports()
    lines = [{"line": user, "simulated": True} for user in simulated]
    file = folder / "documented.yaml"
    section = json.dumps({**ports, "lines": lines})
    file.write_text(f"{DOCUMENTED.read_text('utf-8')}\nasterisk: {section}\n", "utf-8")
    return file, ports["sip_port"]


def started_at(file: Path) -> int:
    """Give the port of AMI that a PBX file names."""
    found = re.search(r'"ami_port": (\d+)', file.read_text("utf-8"))
    assert found is not None
    return int(found[1])


def asterisks(sip: int) -> list[int]:
    """Give the processes of Asterisks whose folder is named by that port."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (process / "cmdline").read_bytes()
            if f"documented-{sip}/etc/asterisk.conf".encode() in words:
                found.append(int(process.name))
    return found


@pytest.mark.usefixtures("asterisk")
async def test_every_vendors_example_connects_two_parties_and_an_asterisk_that_was_killed_is_started_again(
    tmp_path: Path,
) -> None:
    file, sip = pbx_file(tmp_path, tuple(passwords_of(DOCUMENTED)))
    async with served(file) as (client, server):
        await client.ask(f"{VOIPSUN}&action=originate&srcExtenInternalNum=100&dstNum=800123456")
        await client.ask("/ustredna/webapi.php?klic=VUMGIVEN0001&cislo=990103020")
        await client.ask("/api/v4/call/originate/act", "PUT", headers=SIMOTEL, json=CLICK)
        await client.ask(
            "/cgi-bin/oficinaweb/oficinaweb_webcallservice"
            "?principal=666111666&llamante=911000222&llamado=930000000&pass=MiClaveSecreta"
        )
        calls = await client.until("/_pbxsim/calls", lambda calls: len(calls) == 4)
        assert {call["vendor"] for call in calls} == {"voipsun", "vum", "simotel", "duocom"}
        await client.until("/_pbxsim/calls", lambda calls: [call["state"] for call in calls] == ["up"] * 4)
        for process in asterisks(sip):
            os.kill(process, signal.SIGKILL)
        await client.until("/readyz", lambda ready: ready["status"] == "degraded")
        await client.until("/readyz", lambda ready: ready["status"] == "ready")
        await client.until("/_pbxsim/calls", lambda calls: [call["cause"] for call in calls] == [41] * 4)
        await client.ask(f"{VOIPSUN}&action=originate&srcExtenInternalNum=100&dstNum=800123456")
        await client.until("/_pbxsim/calls", lambda calls: "up" in [call["state"] for call in calls])
        assert asterisks(sip)
        server.terminate()
        server.wait(10)
    assert asterisks(sip) == []


def passwords_of(file: Path) -> dict[str, str]:
    """Give the passwords of a PBX file's telephones, by user."""
    rows = [row.split() for row in pbxsim("phones", str(file)).stdout.splitlines()[1:]]
    return {row[2]: row[3] for row in rows if len(row) == 4}


@pytest.mark.sip
@pytest.mark.usefixtures("asterisk")
async def test_voipsuns_request_rings_two_real_telephones_and_they_last_over_a_reset(tmp_path: Path) -> None:
    from tests.engines.telephones import Telephones

    file, sip = pbx_file(tmp_path, ())
    passwords = passwords_of(file)
    telephones = Telephones(f"127.0.0.1:{sip}")
    async with served(file) as (client, server):
        await telephones.start()
        try:
            for user in ("sip100", "sip102"):
                (await telephones.registered(user, passwords[user])).answers()
            for _ in range(2):
                await client.until(
                    "/_pbxsim/phones",
                    lambda phones: {phone["user"] for phone in phones if phone["registered"]} == {"sip100", "sip102"},
                )
                await client.ask(f"{VOIPSUN}&action=originate&srcExtenInternalNum=100&dstNum=102")
                await client.until("/_pbxsim/calls", lambda calls: [call["state"] for call in calls] == ["up"])
                await client.ask("/_pbxsim/reset", "POST", json={})
                await client.until("/readyz", lambda ready: ready["status"] == "ready")
        finally:
            await telephones.close()
        os.kill(server.pid, signal.SIGKILL)
        server.wait(10)
    loop = asyncio.get_running_loop()
    ends = loop.time() + 10
    while asterisks(sip):
        assert loop.time() < ends, "an Asterisk of a server that was killed lives on"


@pytest.mark.usefixtures("asterisk")
async def test_an_asterisk_is_started_shown_served_with_and_ended_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, sip = pbx_file(tmp_path, ())
    with tempfile.TemporaryDirectory(prefix="up-") as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        monkeypatch.setenv("TMPDIR", short)
        assert pbxsim("asterisk-status").returncode == 3
        started = pbxsim("asterisk-up", str(file))
        try:
            assert started.returncode == 0, started.stderr
            assert f"telephones register at 127.0.0.1:{sip}" in started.stdout
            assert len(asterisks(sip)) == 1
            assert pbxsim("asterisk-status").stdout.startswith("Asterisk is up, process ")
            ami = started_at(file)
            async with served(file, "--asterisk", f"127.0.0.1:{ami}") as (client, server):
                assert json.loads(await client.ask("/readyz"))["status"] == "ready"
                await client.ask(f"{VOIPSUN}&action=originate&srcExtenInternalNum=100&dstNum=102")
                await client.until("/_pbxsim/calls", lambda calls: [call["cause"] for call in calls] == [20])
                server.terminate()
                assert server.wait(10) == 0
            assert len(asterisks(sip)) == 1, "an Asterisk that runs by itself is not ended"
            again = pbxsim("asterisk-up", str(file))
            assert (again.returncode, again.stderr) == (
                3, "an Asterisk is up already, for the PBX documented: `make asterisk-down` ends it\n",
            )  # fmt: skip
        finally:
            ended = pbxsim("asterisk-down")
        assert (ended.returncode, ended.stdout) == (0, "Asterisk is down\n")
        assert asterisks(sip) == []


def test_the_configuration_for_an_asterisk_of_ones_own_is_private(tmp_path: Path) -> None:
    done = pbxsim("asterisk-conf", "documented", "--out", str(tmp_path / "conf"))
    assert done.returncode == 0
    assert "[sip100@udp](line)" in (tmp_path / "conf/pjsip.conf").read_text()
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "conf").iterdir()} == {0o600}
    secret = re.search(r"secret = (\S+)", (tmp_path / "conf/manager.conf").read_text())
    assert secret is not None
    assert secret[1] not in done.stdout
