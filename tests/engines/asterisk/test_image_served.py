"""A real Asterisk in a real container: a call that is recorded, and that no end of anybody leaves a container."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import tempfile
import wave
from array import array
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.engines.asterisk.exchange import own_ports
from tests.engines.asterisk.images import IMAGE, WITHOUT_ASTERISK, containers, podman_with_images
from tests.engines.asterisk.serving import Client, pbxsim, served
from tests.engines.asterisk.test_moved_recording import PBX
from tests.engines.asterisk.test_served import started_at

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("panoramisk", reason="no Asterisk can be spoken to: panoramisk is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.asterisk]

CALL: Final = "/api/api.php?username=u&password=p&action=originate&srcExtenInternalNum=100&dstNum=101"
OPTIONS: Final = ("--asterisk-image", IMAGE)


@pytest.fixture(scope="module")
def podman() -> Iterator[str]:
    """Give podman, which knows the images."""
    with podman_with_images() as program:
        yield program


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a PBX whose telephones are acted inside Asterisk."""
    section = {**own_ports(), "lines": [{"line": user, "simulated": True} for user in ("100", "101")]}
    written = tmp_path / "office.yaml"
    written.write_text(f"{PBX}asterisk: {json.dumps(section)}\n", "utf-8")
    return written


async def heard(client: Client) -> int:
    """Have a call, and give how loud its recording is."""
    await client.ask(CALL)
    (recording,) = await client.until("/_pbxsim/recordings", bool)
    with wave.open(BytesIO(await client.fetch(recording["url"]))) as sound:
        loudest: int = max(array("h", sound.readframes(sound.getnframes())))
        return loudest


async def until_gone(podman: str) -> None:
    """Wait until there is no container."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + 20
    while left := await asyncio.to_thread(containers, podman):
        assert loop.time() < ends, left


def clients_of(container: str) -> list[int]:
    """Give the processes of the clients that run a container."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if f"\0--name={container}\0" in (process / "cmdline").read_text():
                found.append(int(process.name))
    return found


async def test_a_call_is_recorded_and_a_server_that_is_ended_leaves_no_container(podman: str, file: Path) -> None:
    async with served(file, *OPTIONS) as (client, server):
        assert await heard(client) > 500, "nothing was said"
        (name,) = containers(podman)
        assert name.startswith("pbxsim-asterisk-office-")
        server.terminate()
        assert await asyncio.to_thread(server.wait, 20) == 0
        assert containers(podman) == []


async def test_a_server_that_is_killed_takes_its_container_with_it(podman: str, file: Path) -> None:
    async with served(file, *OPTIONS) as (_, server):
        assert len(containers(podman)) == 1
        server.kill()
        server.wait(10)
    await until_gone(podman)


async def test_a_container_whose_server_and_client_were_killed_is_gone_after_the_next_start(
    podman: str, file: Path
) -> None:
    async with served(file, *OPTIONS) as (_, server):
        (name,) = containers(podman)
        server.send_signal(signal.SIGSTOP)
        for process in clients_of(name):
            os.kill(process, signal.SIGKILL)
        server.kill()
        server.wait(10)
    assert containers(podman) == [name]
    async with served(file, *OPTIONS) as (client, server):
        assert await heard(client) > 500, "nothing was said"
        assert containers(podman) == [name]
        server.terminate()
        assert await asyncio.to_thread(server.wait, 20) == 0
    assert containers(podman) == []


async def test_an_asterisk_whose_container_was_removed_is_started_again(podman: str, file: Path) -> None:
    async with served(file, *OPTIONS) as (client, server):
        (name,) = containers(podman)
        await asyncio.to_thread(subprocess.run, [podman, "rm", "--force", name], check=True, capture_output=True)
        await client.until("/readyz", lambda ready: ready["status"] == "ready" and containers(podman) == [name])
        assert await heard(client) > 500, "nothing was said"
        server.terminate()
        assert await asyncio.to_thread(server.wait, 20) == 0
    assert containers(podman) == []


async def test_one_that_stays_is_shown_served_with_and_ended_by_hand(
    podman: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="up-") as short:
        monkeypatch.setattr(tempfile, "tempdir", short)
        monkeypatch.setenv("TMPDIR", short)
        started = pbxsim("asterisk-up", str(file), *OPTIONS)
        try:
            assert started.returncode == 0, started.stderr
            (name,) = containers(podman)
            assert pbxsim("asterisk-status").stdout.startswith(f"Asterisk is up, container {name}\n")
            ami = started_at(file)
            async with served(file, "--asterisk", f"127.0.0.1:{ami}") as (client, server):
                assert await heard(client) > 500, "nothing was said"
                server.terminate()
                assert await asyncio.to_thread(server.wait, 20) == 0
            assert containers(podman) == [name], "an Asterisk that runs by itself is not ended"
            refused = pbxsim("serve", str(file), "--engine", "asterisk", "--port", "0", *OPTIONS)
            assert refused.returncode == 3
            assert "where Asterisk is to listen for SIP, cannot be had" in refused.stderr
            assert containers(podman) == [name], "a server's own start does not end it either"
        finally:
            ended = pbxsim("asterisk-down")
        assert (ended.returncode, ended.stdout) == (0, "Asterisk is down\n")
        assert containers(podman) == []
        assert pbxsim("asterisk-status").returncode == 3


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (
            "localhost/nobody/has:this",
            "podman has no image localhost/nobody/has:this: `podman pull localhost/nobody/has:this",
        ),
        (WITHOUT_ASTERISK, f"no Asterisk can be started of the image {WITHOUT_ASTERISK}: "),
    ],
)
@pytest.mark.parametrize("command", [("serve", "--engine", "asterisk", "--port", "0"), ("asterisk-up",)])
def test_an_image_that_is_not_fit_is_one_sentence_and_exit_3(
    podman: str, file: Path, image: str, why: str, command: tuple[str, ...]
) -> None:
    done = pbxsim(*command, str(file), "--asterisk-image", image)
    assert (done.returncode, done.stdout) == (3, "")
    (said,) = done.stderr.splitlines()
    assert said.startswith(why)
    assert containers(podman) == []
