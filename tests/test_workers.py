"""`pbxsim serve --workers N`: real processes, each with a share of the PBXs and a port of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.request import urlopen

import msgspec
import pytest

from pbxsim import workers
from pbxsim.cli import main
from tests.ports import own_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE: Final = 30.0


@pytest.fixture
def pbxs(tmp_path: Path) -> list[str]:
    """Give three PBXs that one server may have."""
    file = tmp_path / "office.yaml"
    assert main(["init", str(file)]) == 0
    return ["documented", "call-centre", str(file)]


DEAF: Final = """import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.write(0, b'{"url": "http://127.0.0.1:8080", "pbxs": [], "pid": 1}\\n')
while True:
    signal.pause()
"""


@contextmanager
def serving(ready: Path, port: int, *more: str) -> Iterator[subprocess.Popen[str]]:
    """Start it in a process group of its own, so that nothing of it is left whatever a test does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pbxsim", "serve", "--port", str(port), "--ready-file", str(ready), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"XDG_DATA_HOME": str(ready.parent)},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=_PATIENCE)


def told(process: subprocess.Popen[str], ready: Path, workers: int) -> dict[str, Any]:
    """Wait until all say what they serve; give what stands in the file."""
    assert process.stdout is not None
    seen = 0
    while seen < workers:
        line = process.stdout.readline()
        assert line, "it has ended"
        seen += line.endswith("/_pbxsim/openapi.json'\n")
    while not ready.exists():  # written when the last has said so
        assert process.poll() is None
    content: dict[str, Any] = msgspec.json.decode(ready.read_bytes())
    return content


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Take the port of a server that has just been killed, before another has it."""
    while True:
        with suppress(OSError):
            listener = socket.create_server(("127.0.0.1", port))
            break
    with listener:
        yield


def script(folder: Path, does: str) -> str:
    """Write a program to be begun as a worker."""
    file = folder / "worker"
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o755)
    return str(file)


def names_at(url: str) -> list[str]:
    """Ask a server which PBXs it has."""
    with urlopen(f"{url}/_pbxsim/pbxs", timeout=_PATIENCE) as reply:
        return [each["name"] for each in msgspec.json.decode(reply.read())]


@pytest.mark.slow
def test_pbxs_are_shared_out_in_turns_and_a_server_that_dies_begins_anew_where_it_was(
    pbxs: list[str], tmp_path: Path
) -> None:
    port, ready = own_port(), tmp_path / "ready.json"
    with serving(ready, port, *pbxs, "--workers", "2") as process:
        content = told(process, ready, 2)
        first, second = content["workers"]
        assert (content["url"], content["pid"]) == (f"http://127.0.0.1:{port}", process.pid)
        assert content["pbxs"] == ["documented", "office", "call-centre"]
        assert names_at(first["url"]) == first["pbxs"] == ["documented", "office"]
        assert names_at(second["url"]) == second["pbxs"] == ["call-centre"]
        assert second["url"] == f"http://127.0.0.1:{port + 1}"
        os.kill(second["pid"], signal.SIGKILL)
        assert process.stderr is not None
        assert process.stderr.readline() == (
            f"ERROR pbxsim: the server at {second['url']} ended with -9: it begins anew\n"
        )
        again = f"WARNING pbxsim: the server at {second['url']} is there again\n"
        assert again in iter(process.stderr.readline, "")
        assert names_at(second["url"]) == ["call-centre"]
        written = msgspec.json.decode(ready.read_bytes())
        assert written["workers"][1] == second | {"pid": written["workers"][1]["pid"]}
        assert written["workers"][1]["pid"] != second["pid"]
        assert sorted(file.name for file in (tmp_path / "pbxsim").glob("*.sqlite3")) == [
            f"pbxsim-{port}.sqlite3",
            f"pbxsim-{port + 1}.sqlite3",
        ]
        process.terminate()
        assert process.wait(_PATIENCE) == 0
        assert not ready.exists()
        with pytest.raises(ProcessLookupError):  # nobody of the group is left
            os.killpg(process.pid, 0)


@pytest.mark.slow
def test_workers_end_with_the_process_that_started_them_however_that_ends(pbxs: list[str], tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving(ready, 0, *pbxs, "--workers", "3", "--clock", "paused") as process:
        told(process, ready, 3)
        process.kill()
        process.communicate(timeout=_PATIENCE)  # which returns when the last of them has let go of our pipes


@pytest.mark.slow
def test_one_that_cannot_begin_ends_all_and_says_why(pbxs: list[str], tmp_path: Path) -> None:
    port = own_port()
    with (
        socket.create_server(("127.0.0.1", port + 1)),
        serving(tmp_path / "ready", port, *pbxs, "--workers", "2") as process,
    ):
        _, error = process.communicate(timeout=_PATIENCE)
        assert process.returncode == 3
        assert error.startswith(f"cannot listen on 127.0.0.1 port {port + 1}: ")
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


@pytest.mark.slow
def test_one_that_cannot_begin_anew_ends_all_and_nobody_is_begun_for_those_that_end(
    pbxs: list[str], tmp_path: Path
) -> None:
    ready = tmp_path / "ready.json"
    with serving(ready, 0, *pbxs, "--workers", "2", "--db", ":memory:") as process:
        second = told(process, ready, 2)["workers"][1]
        os.kill(second["pid"], signal.SIGKILL)
        with taken(int(second["url"].rpartition(":")[2])):
            _, error = process.communicate(timeout=_PATIENCE)
        assert process.returncode == 3
        first_line, *others = error.splitlines()
        assert first_line == f"ERROR pbxsim: the server at {second['url']} ended with -9: it begins anew"
        assert [line.partition(" 127.0.0.1 ")[0] for line in others] == ["cannot listen on"]
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)


@pytest.mark.skipif(os.name != "posix", reason="a program that is a script")
def test_a_worker_that_a_signal_ends_before_it_serves_is_told_of(
    pbxs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", script(tmp_path, "kill -9 $$"))
    assert main(["serve", *pbxs, "--workers", "2"]) == 3
    assert "a server was ended by signal 9 before it served\n" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="a program that is a script")
def test_a_worker_is_told_its_share_before_all_and_looks_for_modules_only_where_we_do(
    pbxs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", script(tmp_path, f'echo "$@" >> {tmp_path}/begun; exit 3'))
    monkeypatch.chdir(tmp_path)
    assert main(["serve", "--workers", "3", "--port", "0", "--", *pbxs]) == 3
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["serve", "--workers", "3", "--port", "0", "--", *pbxs]) == 3
    given = f"-m pbxsim serve --worker 0:0 --workers 3 --port 0 -- {' '.join(pbxs)}"
    assert (tmp_path / "begun").read_text().splitlines() == [f"-P {given}", given]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--workers", "4"], "--workers 4: each PBX is one process's, and there are 3"),
        (["--workers", "2", "--port", "65535"], "--workers 2: each has a port of its own, so --port is at most 65534"),
        (["--workers", "2", "--db", "calls.sqlite3"], "--workers 2: an SQLite file is one process's: leave --db out"),
        (["--workers", "2", "--engine", "sip"], "--workers 2: the telephones of the engine sip have one server;"),
    ],
)
def test_what_several_processes_cannot_share_is_refused(
    options: list[str], why: str, pbxs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *pbxs, *options]) == 2
    assert f"pbxsim serve: error: {why}" in capsys.readouterr().err


def test_pbxs_that_clash_are_refused_as_by_one_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(tmp_path / f"{name}.yaml") for name in ("north", "south")]
    for file in files:
        assert main(["init", file, "--name", "office"]) == 0
    assert main(["serve", *files, "--workers", "2"]) == 1
    assert "office" in capsys.readouterr().err


@pytest.mark.slow
async def test_one_that_does_not_end_is_ended_by_force(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "_GOES", 0.2)
    monkeypatch.setattr(workers, "_program", lambda: [sys.executable, "-c", DEAF])
    worker = workers._Worker(["serve"], workers.Share(0, 1, 8080))  # noqa: SLF001 - a process that ends is no test
    await worker.begin()
    await asyncio.wait_for(worker.end(), _PATIENCE)
    assert worker._process is not None  # noqa: SLF001
    assert worker._process.returncode == -signal.SIGKILL  # noqa: SLF001
    assert "the server at http://127.0.0.1:8080 does not end: it is ended by force" in caplog.text
