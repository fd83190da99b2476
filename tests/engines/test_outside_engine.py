"""An engine from outside: an installed package with an entry point is found, listed, served with; nothing is edited."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from importlib import invalidate_caches
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
import pytest

from pbxsim.app import Contradictory, Installation, ServeSettings, Unreachable, run
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import load
from pbxsim.config.packages import Packages
from pbxsim.config.schema import schema
from pbxsim.discovery import find_engines
from pbxsim.hosting.assemble import assemble
from tests.engines.outside import PBX, install

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

COLD = ("{dials", "{pressure: -1, dials")
NOBODY = ('dials: "100"', 'dials: "900"')


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install the engine, and write a PBX file for it; give the file."""
    monkeypatch.syspath_prepend(str(install(tmp_path)))
    invalidate_caches()
    file = tmp_path / "works.yaml"
    write(file)
    yield file
    sys.modules.pop("steam_pbxsim", None)


def write(file: Path, change: tuple[str, str] = ("", "")) -> None:
    """Write its PBX file, with something in it replaced."""
    file.write_text(PBX.replace(*change) if change[0] else PBX, "utf-8")


def steam(file: Path, **settings: Any) -> ServeSettings:  # noqa: ANN401 - whatever ServeSettings takes
    """Give the settings of a server with that engine."""
    return ServeSettings(pbxs=(str(file),), port=0, engines=find_engines("steam"), **settings)


class Client:
    """Asks the control API of a server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/_pbxsim"

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Ask; give status and content."""
        async with self._session.request(method, self._url + path, json=body) as reply:
            return reply.status, msgspec.json.decode(await reply.read())


@asynccontextmanager
async def served(made: Installation) -> AsyncIterator[Client]:
    """Serve it until the block ends."""
    await made.server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(session, f"http://127.0.0.1:{made.server.port}")
    finally:
        await made.server.stop()


# -- found, and what it says of PBX files -----------------------------------------------------------------------------


@pytest.mark.usefixtures("works")
def test_it_is_found_beside_ours() -> None:
    assert list(find_engines().found) == ["asterisk", "simulated", "sip", "steam"]
    assert find_engines("steam").chosen.title == "telephones driven by steam"


def test_it_is_gone_when_it_is_not_installed(tmp_path: Path) -> None:
    file = tmp_path / "works.yaml"
    write(file)
    with pytest.raises(PbxFileRefused, match="steam: found a mapping, expected a key that is known here"):
        load(str(file))


def test_one_file_serves_both_engines_and_each_gets_its_own_sections(works: Path) -> None:
    simulated, steaming = (
        assemble(load(str(works), engines=find_engines(name)), clock=Scheduler(0)) for name in ("simulated", "steam")
    )
    assert type(steaming.opened.engine).__name__ == "SteamEngine"
    assert vars(steaming.opened.engine)["boiler"].dials == "100"
    assert (steaming.pbx.handset, simulated.pbx.handset is None) == (None, False)


def test_it_checks_the_files_that_it_is_to_serve_and_no_others(works: Path) -> None:
    write(works, NOBODY)
    load(str(works))
    with pytest.raises(PbxFileRefused, match=r":7: steam\.dials: found '900', expected the SIP user of a line"):
        load(str(works), engines=find_engines("steam"))


def test_the_form_of_its_section_is_checked_whoever_serves_the_file(works: Path) -> None:
    write(works, ("{dials", "{presure: 3, dials"))
    with pytest.raises(PbxFileRefused, match=r"steam\.presure: found 3, .*\(did you mean pressure\?\)"):
        load(str(works))


def test_its_section_stands_in_the_schema_where_it_wants_to(works: Path) -> None:
    properties = schema(Packages({}, find_engines()))["$defs"]["PbxFile"]["properties"]
    assert list(properties)[:3] == ["name", "steam", "seed"]


# -- served -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_its_telephones_dial_by_themselves_at_the_pbxs_present(works: Path, tmp_path: Path) -> None:
    made = Installation(steam(works), tmp_path)
    async with served(made) as client:
        while not (calls := (await client.ask("GET", "/calls"))[1]):
            pass
        began = made.hosts.first().pbx.clock.now
        assert [(call["src"], call["dst"], call["vendor"]) for call in calls] == [("100", "101", "steam")]
        (call,) = made.hosts.first().pbx.calls.live.values()
        assert 0 < call.started_at <= began


async def test_how_its_telephones_register_is_told_by_line_and_as_a_picture(works: Path, tmp_path: Path) -> None:
    segno = pytest.importorskip("segno")
    async with served(Installation(steam(works), tmp_path)) as client:
        status, told = await client.ask("GET", "/phones/100/registration")
        uri = "sip:100:h%40t%20steam@192.0.2.7:5070"
        assert (status, told) == (
            200,
            {
                "line": "100",
                "server": "192.0.2.7:5070",
                "user": "100",
                "secret": "h@t steam",
                "uri": "sip:100@192.0.2.7:5070",
                "ws": "wss://192.0.2.7/ws",
                "qr": segno.make(uri, micro=False, error="m").svg_data_uri(scale=4, border=4),
            },
        )
        acted = (await client.ask("GET", "/phones/101/registration"))[1]
        assert [name for name, value in acted.items() if value is not None] == ["line", "user"]


async def test_its_clock_can_be_neither_set_nor_moved(works: Path, tmp_path: Path) -> None:
    async with served(Installation(steam(works), tmp_path)) as client:
        for method, path, body in (
            ("PUT", "/clock", {"rate": 0}),
            ("PUT", "/clock", {"rate": 60}),
            ("POST", "/clock/advance", {"seconds": 1}),
            ("POST", "/clock/next", {}),
            ("POST", "/clock/run-until-idle", {}),
        ):
            status, problem = await client.ask(method, path, body)
            assert (status, problem["detail"]) == (
                409,
                "this PBX's telephones live in real time: its clock cannot be held, go faster or be moved on",
            )
        assert (await client.ask("PUT", "/clock", {"rate": 1}))[0] == 200
        assert (await client.ask("POST", "/clock/advance", {"seconds": 0}))[0] == 200


async def test_when_the_pbx_begins_anew_the_engine_is_closed_and_another_started(works: Path, tmp_path: Path) -> None:
    made = Installation(steam(works), tmp_path)
    host = made.hosts.first()
    async with served(made) as client:
        before = vars(host.pbx.calls.engine)["told"]
        assert before == ["start"]
        assert (await client.ask("POST", "/reset", {}))[0] == 200
        after = vars(host.pbx.calls.engine)["told"]
        assert (before, after) == (["start", "close"], ["start"])
    assert after == ["start", "close"]


async def test_an_engine_that_cannot_begin_anew_is_told_of_and_the_next_reset_may_succeed(
    works: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = Installation(steam(works), tmp_path)
    async with served(made) as client:
        write(works, COLD)
        made.reload("works")
        status, problem = await client.ask("POST", "/reset", {})
        assert (status, problem["detail"]) == (503, "the boiler of steam is cold")
        assert "the engine steam cannot begin anew: the boiler of steam is cold" in caplog.text
        write(works)
        made.reload("works")
        assert (await client.ask("POST", "/reset", {}))[0] == 200


def test_a_held_or_fast_clock_is_refused(works: Path, tmp_path: Path) -> None:
    for rate in (0.0, 60.0):
        with pytest.raises(Contradictory, match="the telephones of the engine steam live in real time: its clock"):
            Installation(steam(works, rate=rate), tmp_path)


def test_an_engine_that_cannot_reach_what_it_works_with_ends_the_start(works: Path) -> None:
    write(works, COLD)
    told: list[str] = []
    with pytest.raises(Unreachable, match=r"^the boiler of steam is cold$"):
        run(steam(works), told.append)
    assert told == []


# -- the command line -------------------------------------------------------------------------------------------------


def pbxsim(works: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a process in which the engine is installed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(works.parent / "site"), *_own_path()])}
    command = [sys.executable, "-m", "pbxsim", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def serving(works: Path, *arguments: str) -> Iterator[str]:
    """Serve in such a process; give the URL."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(works.parent / "site"), *_own_path()]),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "pbxsim", "serve", str(works), "--port", "0", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            line = next(
                found for found in (re.search(r"http://127\.0\.0\.1:\d+", text) for text in server.stdout) if found
            )
            yield line[0]
        finally:
            server.terminate()


def _own_path() -> list[str]:
    return [path for path in [os.environ.get("PYTHONPATH", "")] if path]


@pytest.mark.slow
def test_the_commands_know_it(works: Path) -> None:
    for command in ("serve", "check"):
        told = " ".join(pbxsim(works, command, "--help").stdout.split())
        assert "steam: telephones driven by steam" in told
        assert "simulated: telephones that do" in told
    unknown = pbxsim(works, "serve", "--engine", "water")
    assert (unknown.returncode, unknown.stderr.splitlines()[-1]) == (
        2,
        "pbxsim serve: error: argument --engine: expected asterisk or simulated or sip or steam, not 'water'",
    )


@pytest.mark.slow
def test_the_command_line_refuses_a_held_clock_as_wrong_usage(works: Path) -> None:
    done = pbxsim(works, "serve", str(works), "--engine", "steam", "--clock", "paused")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "pbxsim serve: error: the telephones of the engine steam live in real time: its clock cannot be held, nor go"
        " faster; leave --clock out\n",
    )


@pytest.mark.slow
def test_the_command_line_tells_what_cannot_be_reached_in_one_sentence(works: Path) -> None:
    write(works, COLD)
    done = pbxsim(works, "serve", str(works), "--engine", "steam", "--port", "0", "--db", ":memory:")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "the boiler of steam is cold\n")


@pytest.mark.slow
def test_check_is_for_an_engine(works: Path) -> None:
    write(works, NOBODY)
    assert pbxsim(works, "check", str(works)).returncode == 0
    done = pbxsim(works, "check", "--engine", "steam", str(works))
    assert (done.returncode, done.stderr) == (
        1,
        f"{works}:7: steam.dials: found '900', expected the SIP user of a line\n",
    )


@pytest.mark.slow
async def test_a_server_in_its_own_process_serves_with_it(works: Path) -> None:
    with serving(works, "--engine", "steam", "--db", ":memory:") as url:
        async with aiohttp.ClientSession() as session:
            client = Client(session, url)
            while not (calls := (await client.ask("GET", "/calls"))[1]):
                pass
            assert calls[0]["vendor"] == "steam"
