"""The command line, as a process: what it prints, what it returns, how it is stopped."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from pbxsim import __version__, discovery
from pbxsim.cli import main
from pbxsim.discovery import find_vendors
from pbxsim.pbx import calls
from pbxsim.testing import PbxServer
from tests.test_app import pbx_file

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow  # nearly every one starts processes

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PBXSIM_")}


class Server:
    """A `pbxsim serve` in a process of its own, which writes its banner there."""

    def __init__(self, process: subprocess.Popen[str], stdout: IO[str]) -> None:
        self.process = process
        self.banner = ""
        for line in stdout:
            self.banner += line
            if "openapi.json" in line:
                break
        found = re.search(r"https?://\S+", self.banner)
        assert found, self.banner
        self.url = found.group()

    def ask(self, path: str, body: object = None, *, method: str = "", token: str = "") -> Any:  # noqa: ANN401 - JSON
        """Ask the control API."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        request = urllib.request.Request(self.url + path, data, headers, method=method or None)
        trusting = ssl._create_unverified_context() if self.url.startswith("https") else None  # noqa: SLF001 - no other way
        with urllib.request.urlopen(request, timeout=30, context=trusting) as reply:
            return json.load(reply)

    def stop(self, by: int = signal.SIGTERM) -> int:
        """Stop it; give its exit code."""
        self.process.send_signal(by)
        return self.process.wait(timeout=30)


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[Server]:
    """Serve on a free port until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "pbxsim", "serve", "--port", "0", *arguments],
        env={**CLEAN, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield Server(process, process.stdout)
        finally:
            process.terminate()  # not killed: that would leave its folder behind


@contextmanager
def serving_in_a_terminal(*arguments: str) -> Iterator[Server]:
    """Serve on a free port until the block ends, with a person to read what is printed."""
    ours, its = os.openpty()
    with (
        os.fdopen(ours, encoding="utf-8") as screen,
        subprocess.Popen(
            [sys.executable, "-m", "pbxsim", "serve", "--port", "0", *arguments],
            env=CLEAN,
            stdout=its,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        os.close(its)
        try:
            yield Server(process, screen)
        finally:
            process.terminate()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "pbxsim", *arguments],
        env={**CLEAN, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# -- serve ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("curl") is None, reason="the banner's lines are for curl, and there is none")
def test_each_vendors_line_in_the_banner_places_a_call() -> None:
    with serving_in_a_terminal("--clock", "paused") as server:
        lines = [line.strip() for line in server.banner.splitlines() if line.startswith("    curl")]
        for number, line in enumerate(lines[:4], start=1):
            done = subprocess.run([*shlex.split(line), "-s"], capture_output=True, check=True)
            calls = server.ask("/_pbxsim/calls")
            assert len(calls) == number, (line, done.stdout)
            assert calls[-1]["state"] in ("dialing", "ringing")
        for line in lines[4:]:
            shown = subprocess.run([*shlex.split(line), "-s"], capture_output=True, check=True)
            json.loads(shown.stdout)
        server.ask("/_pbxsim/clock/run-until-idle", {})
        assert [cdr["vendor"] for cdr in server.ask("/_pbxsim/cdrs?after=10000")] == [
            "voipsun",
            "vum",
            "simotel",
            "duocom",
        ]


def test_a_banner_that_is_kept_has_no_credentials_and_says_so() -> None:
    with serving("--clock", "paused") as server:
        assert "username=voipsun&password=***&action=originate" in server.banner
        assert "klic=***&cislo=" in server.banner
        assert "-H 'X-APIKEY: ***' -H 'Authorization: Basic ***'" in server.banner
        assert "&pass=***'" in server.banner
        assert "(credentials are shown in a terminal only: *** stands for what the PBX file says)\n" in server.banner
        assert server.banner.count("    curl") == 7


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_gracefully_when_asked_and_leaves_nothing_behind(tmp_path: Path, by: int) -> None:
    with serving(TMPDIR=str(tmp_path)) as server:
        assert [path.name[:7] for path in tmp_path.iterdir()] == ["pbxsim-"]
        assert server.stop(by) == 0
        assert server.process.stderr is not None
        assert server.process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


def test_under_nohup_a_closed_terminal_does_not_stop_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a child inherits that, as from `nohup`
    try:
        with serving("--clock", "paused") as server:
            server.process.send_signal(signal.SIGHUP)
            assert server.ask("/_pbxsim/calls") == []
            assert server.stop() == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_killed_server_can_be_started_again_on_its_port(tmp_path: Path) -> None:
    with serving("--clock", "paused", TMPDIR=str(tmp_path)) as server:
        server.ask("/_pbxsim/calls", {"from": "100", "to": "102"})
        port = server.url.rpartition(":")[2]
        server.stop(signal.SIGKILL)
    with serving("--clock", "paused", "--port", port) as again:
        assert again.url == server.url
        assert again.ask("/_pbxsim/calls") == []


def test_a_port_that_is_taken_is_said_to_be() -> None:
    with serving() as server:
        done = run("serve", "--port", server.url.rpartition(":")[2])
        assert done.returncode == 3
        assert done.stdout == ""
        assert done.stderr.startswith(f"cannot listen on 127.0.0.1 port {server.url.rpartition(':')[2]}: ")
        assert done.stderr.endswith(": another pbxsim is there; --port 0 takes any port that is free\n")
        assert done.stderr.count("\n") == 1


def test_who_never_served_leaves_no_store(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = run("serve", "--port", port, "--db", str(tmp_path / "calls.sqlite3"))
    assert done.returncode == 3
    assert done.stderr.endswith("; --port 0 takes any port that is free\n")
    assert "pbxsim is there" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_options_stand_on_the_command_line_or_in_the_environment(tmp_path: Path) -> None:
    environment = {
        "PBXSIM_CLOCK": "paused",
        "PBXSIM_SEED": "5",
        "PBXSIM_START_AT": "2030-01-01",
        "PBXSIM_CONTROL_TOKEN": "t",
    }
    with serving("--seed", "6", pbx_file(tmp_path), **environment) as server:
        assert "PBX shop: clock paused, from 2030-01-01T00:00:00.000000Z, seed 6" in server.banner
        with pytest.raises(urllib.error.HTTPError, match="401"):
            server.ask("/_pbxsim/clock")
        assert server.ask("/_pbxsim/clock", token="t")["now"] == "2030-01-01T00:00:00.000000Z"


@pytest.mark.slow
def test_a_program_that_starts_it_reads_where_it_is_from_a_file(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with serving("--ready-file", str(ready), "documented") as server:
        told = json.loads(ready.read_text(encoding="utf-8"))
        assert told == {"url": server.url, "pbxs": ["documented"], "pid": server.process.pid}
        assert list(tmp_path.iterdir()) == [ready]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_ready_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", "--db", ":memory:", "--ready-file", str(tmp_path / "no" / "where")]) == 1
    assert "--ready-file" in capsys.readouterr().err


@pytest.mark.slow
def test_a_held_clock_keeps_its_records_in_memory_unless_told_where(tmp_path: Path) -> None:
    with serving("--clock", "paused", "documented") as server:
        assert "memory" in server.banner
    with serving("--clock", "paused", "--db", str(tmp_path / "x.sqlite3"), "documented") as server:
        assert "x.sqlite3" in server.banner


def test_several_pbxs_are_served_in_the_order_given(tmp_path: Path) -> None:
    with serving(pbx_file(tmp_path, "b"), "documented", pbx_file(tmp_path, "a", "jan", "200")) as server:
        assert server.ask("/readyz")["pbxs"] == ["b", "documented", "a"]


def test_a_clock_can_run_faster() -> None:
    with serving("--clock", "1000000") as server:
        server.ask("/_pbxsim/calls", {"from": "100", "to": "102"})
        while not (cdrs := server.ask("/_pbxsim/cdrs?after=10000")):
            pass
        assert cdrs[0]["disposition"] == "ANSWERED"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the banner's lines are for curl, and there is none")
def test_https_with_a_certificate_made_for_the_start() -> None:
    with serving_in_a_terminal("--tls", "self-signed", "--clock", "paused") as server:
        assert server.url.startswith("https://127.0.0.1:")
        line = shlex.split(next(line for line in server.banner.splitlines() if line.startswith("    curl")))
        assert subprocess.run([*line, "-s"], capture_output=True, check=True).stdout == b'{"success":"true"}'
        assert len(server.ask("/_pbxsim/calls")) == 1


def test_a_changed_file_is_read_again_and_a_bad_one_refused(tmp_path: Path) -> None:
    file = Path(pbx_file(tmp_path))
    with serving(str(file), "--watch", "--clock", "paused") as server:
        assert server.process.stderr is not None
        file.write_text("nme: shop\n", encoding="utf-8")
        told = [server.process.stderr.readline() for _ in range(2)]
        assert told[0].endswith("shop.yaml has changed, and is refused; the PBX goes on as it was\n")
        assert told[1].startswith(f"{file}:1: nme: ")
        assert [phone["internal"] for phone in server.ask("/_pbxsim/phones")] == ["100", "299"]
        pbx_file(tmp_path, number="150")
        while not server.process.stderr.readline().endswith("the PBX shop begins anew\n"):
            pass
        assert [phone["internal"] for phone in server.ask("/_pbxsim/phones")] == ["150", "299"]


def test_limits_of_connections_stand_on_the_command_line_and_in_the_environment() -> None:
    with serving("--clock", "paused", "--connections", "3", PBXSIM_FIRST_BYTE_TIMEOUT="0.05") as server:
        where = urllib.parse.urlsplit(server.url)
        with socket.create_connection((where.hostname, where.port), timeout=10) as mute:
            assert mute.recv(1) == b""
        with urllib.request.urlopen(server.url + "/metrics", timeout=30) as reply:
            assert b'pbxsim_connections_cut_total{limit="first_byte"} 1.0\n' in reply.read()


def test_more_connections_than_open_files_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert main(["serve", "--port", "0", "--db", ":memory:", "--connections", str(min(soft, 1_000_000))]) == 2
    assert f"--connections: this process may have {soft} files open, so " in capsys.readouterr().err


def test_log_lines_can_be_json(tmp_path: Path) -> None:
    file = Path(pbx_file(tmp_path))
    with serving(str(file), PBXSIM_WATCH="1", PBXSIM_LOG_FORMAT="json") as server:
        pbx_file(tmp_path, number="150")
        assert server.process.stderr is not None
        line = json.loads(server.process.stderr.readline())
        assert (line["level"], line["logger"]) == ("info", "pbxsim")
        assert line["message"].endswith("the PBX shop begins anew")


def test_the_same_commands_give_the_same_journal_in_two_processes(tmp_path: Path) -> None:
    def journal(hash_seed: str) -> bytes:
        with serving("documented", "--clock", "paused", PYTHONHASHSEED=hash_seed) as server:
            for body in ({"from": "777123456", "to": "299299000"}, {"from": "100", "to": "990103020"}):
                server.ask("/_pbxsim/calls", body)
                server.ask("/_pbxsim/clock/advance", {"seconds": 7})
            server.ask("/_pbxsim/clock/run-until-idle", {})
            with urllib.request.urlopen(server.url + "/_pbxsim/journal?format=jsonl", timeout=30) as reply:
                return bytes(reply.read())

    first = journal("1")
    assert first == journal("2")
    assert first.count(b"\n") > 20


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "nothing: expected a file, or a built-in PBX: "),
        (["{shop}", "{shop}"], "name: found 'shop', expected a name of its own: "),
        (["{bad}"], "bad.yaml:1: nme: "),
        (["--tls", "a:b"], "--tls a:b: expected self-signed, or the paths of a certificate and its key as CERT:KEY"),
    ],
)
def test_what_cannot_be_served_is_refused_with_the_reason(tmp_path: Path, arguments: list[str], told: str) -> None:
    (tmp_path / "bad.yaml").write_text("nme: shop\n", encoding="utf-8")
    places = {"shop": pbx_file(tmp_path), "bad": str(tmp_path / "bad.yaml")}
    done = run("serve", "--port", "0", *(text.format(**places) for text in arguments))
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["serv"], "invalid choice: 'serv'"),
        (["srve"], "(did you mean serve?)"),
        (["serve", "--prot", "9"], "unrecognized arguments: --prot (did you mean --port?)"),
        (["serve", "--prot=9"], "unrecognized arguments: --prot=9 (did you mean --port?)"),
        (["serve", "--por", "1"], "unrecognized arguments: --por (did you mean --port?)"),
        (["serve", "--port", "65536"], "--port: expected a port from 0 to 65535, not '65536'"),
        (["serve", "--port", "x"], "--port: expected a port from 0 to 65535, not 'x'"),
        (["serve", "--clock", "fast"], "--clock: expected real, paused, or how many times faster"),
        (["serve", "--clock", "nan"], "--clock: expected real, paused, or how many times faster"),
        (["serve", "--start-at", "noon"], "--start-at: expected a moment in ISO 8601 from 1970 to 2199"),
        (["serve", "--start-at", "2500-01-01"], "--start-at: expected a moment in ISO 8601 from 1970 to 2199"),
        (["serve", "--connections", "0"], "--connections: expected a whole number from 1 to 1000000, not '0'"),
        (["serve", "--header-timeout", "0"], "--header-timeout: expected seconds from 0.01 to 86400, not '0'"),
        (["serve", "--keep-alive", "nan"], "--keep-alive: expected seconds from 0.01 to 86400, not 'nan'"),
        (["serve", "--seed", "x"], "--seed: expected a whole number from 0"),
        (["serve", "--seed", "-1"], "--seed: expected a whole number from 0"),
        (["check", "--engine", "steam", "documented"], "--engine: expected asterisk or simulated or sip, not 'steam'"),
        (["serve", "--engine", "steam"], "--engine: expected asterisk or simulated or sip, not 'steam'"),
        (["serve", "--allow-live-calls", "420,x"], "--allow-live-calls: expected beginnings of numbers, as +420,00420"),
        (["serve", "--allow-live-calls", "4"], "--allow-live-calls: expected beginnings of numbers, as +420,00420"),
        (["serve", "--asterisk-image", "--rm"], "argument --asterisk-image: expected one argument"),
        (["serve", "--asterisk-image=--rm"], "--asterisk-image: expected the name of a container image, not '--rm'"),
        (["asterisk-up", "--asterisk-image", "a b"], "--asterisk-image: expected the name of a container image"),
        (["serve", "--live-calls", "0"], "--live-calls: expected a whole number from 1 to 1000000, not '0'"),
        (["serve", "--live-minutes", "0"], "--live-minutes: expected a whole number from 1 to 1000000, not '0'"),
        (["serve", "--log-format", "xml"], "--log-format: expected text or json, not 'xml'"),
        (["serve", "--db", "oracle://h/d"], "--db: no database is known by oracle://; expected a file, sqlite:///"),
        (["serve", "--db", "postgresql://h"], "--db: postgresql:// needs the name of one database behind the host"),
        (["serve", "--db-flush-ms", "0"], "--db-flush-ms: expected a whole number from 1 to 60000, not '0'"),
        (["serve", "--db-keep-days", "x"], "--db-keep-days: expected a whole number from 0 to 36500, not 'x'"),
        (["serve", "--db-synchronous", "maybe"], "--db-synchronous: expected off or normal or full, not 'maybe'"),
        (["check"], "the following arguments are required: FILE"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PBXSIM_PORT", "x", "--port: PBXSIM_PORT: expected a port"),
        ("PBXSIM_ENGINE", "steam", "--engine: PBXSIM_ENGINE: expected asterisk or simulated or sip, not 'steam'"),
        ("PBXSIM_DB", "x://y", "--db: PBXSIM_DB: no database is known by x://"),
        ("PBXSIM_WATCH", "maybe", "PBXSIM_WATCH: expected 1 or 0, not 'maybe'"),
        ("PBXSIM_OPEN", "maybe", "PBXSIM_OPEN: expected 1 or 0, not 'maybe'"),
        (
            "PBXSIM_ASTERISK_IMAGE",
            "-v",
            "--asterisk-image: PBXSIM_ASTERISK_IMAGE: expected the name of a container image",
        ),
        ("PBXSIM_CONTROL_TOKEN", "", "--control-token: PBXSIM_CONTROL_TOKEN: is empty: for none leave it out"),
    ],
)
def test_wrong_usage_in_the_environment_is_told_by_the_variables_name(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    try:
        code = main(["serve"])
    except SystemExit as ended:  # argparse's way of saying so
        code = int(ended.code or 0)
    assert code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("given", ["", " ", "two words", "t\u00f6ken", "t0ken\n"])
def test_a_token_that_no_header_can_carry_is_a_mistake_and_not_shown(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--control-token", given])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "--control-token: " in told
    assert not given.strip() or given not in told


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "pbx.example"])
def test_beyond_the_loopback_a_control_api_without_a_token_is_refused(host: str) -> None:
    done = run("serve", "--port", "0", "--host", host)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pbxsim serve: error: without --control-token whoever reaches ")
    assert "--open" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "warns"),
    [
        (["--open"], {}, True),
        ([], {"PBXSIM_OPEN": "1"}, True),
        (["--control-token", "t"], {}, False),
        (["--open", "--control-token", "t"], {}, False),
    ],
)
def test_beyond_the_loopback_it_serves_with_a_token_or_when_told_to_be_open(
    arguments: list[str], environment: dict[str, str], warns: bool
) -> None:
    with serving("--host", "0.0.0.0", "--db", ":memory:", *arguments, **environment) as server:
        assert server.ask("/livez") == {"status": "alive"}
        assert server.stop() == 0
        assert server.process.stderr is not None
        said = server.process.stderr.read()
    assert (
        said == warns * "WARNING pbxsim: whoever reaches 0.0.0.0 may use the control API: there is no --control-token\n"
    )


def test_other_commands_do_not_mind_what_serve_is_told_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PBXSIM_PORT", "x")
    assert main(["numbers"]) == 0


# -- the other commands -----------------------------------------------------------------------------------------------


def test_check_finds_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pbx_file(tmp_path)
    assert main(["check", file]) == 0
    assert capsys.readouterr().out == f"{file}: PBX shop, no fault\n"


def test_check_takes_several_files_and_goes_on_after_a_bad_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, shop = tmp_path / "bad.yaml", pbx_file(tmp_path)
    bad.write_text("nme: a\n", encoding="utf-8")
    assert main(["check", "documented", str(bad), shop]) == 1
    told = capsys.readouterr()
    assert told.out == f"documented: PBX documented, no fault\n{shop}: PBX shop, no fault\n"
    assert told.err.startswith(f"{bad}:1: nme: ")


def test_check_hears_what_a_vendor_says_of_its_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("name: a\nvendors: {vum: {context: nowhere}}\n", encoding="utf-8")
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"{file}:2: vendors.vum.context: found 'nowhere', expected ")


def test_an_address_is_looked_at_though_the_setting_beside_it_has_the_wrong_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.yaml"
    events = 'events: {method: post, address: "localhost:9000/x"}'
    file.write_text(f"name: shop\nvendors: {{simotel: {{accounts: [], {events}}}}}\n")
    assert main(["check", str(file)]) == 1
    told = capsys.readouterr().err
    assert "events.method: found 'post', expected one of GET, POST (did you mean POST?)" in told
    assert "events.address: expected an http(s) URL" in told
    assert "`http://` is missing" in told


def test_check_takes_a_built_in_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "voipsun-manual"]) == 0
    assert "PBX voipsun-manual, no fault" in capsys.readouterr().out


def test_files_are_checked_together_too_and_each_fault_names_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = "vendors: {voipsun: {users: [{username: crm, password: s3cret}]}}"
    alpha, beta = tmp_path / "alpha.yaml", tmp_path / "beta.yaml"
    for file in (alpha, beta):
        file.write_text(f"name: {file.stem}\n{user}\n", encoding="utf-8")
    for arguments in (["check"], ["serve", "--port", "0", "--db", ":memory:"]):
        assert main([*arguments, str(alpha), str(beta)]) == 1
        told = capsys.readouterr().err
        assert told.startswith(f"{beta}:2: vendors.voipsun.users[0]: expected a credential that is PBX beta's alone: ")
        assert told.endswith(f"PBX alpha has it already, in {alpha}:2: vendors.voipsun.users[0]\n")
        assert "s3cret" not in told
    assert main(["check", str(beta)]) == 0


def test_check_tells_every_fault_on_a_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        "name: bad\nseed: x\nextension: []\nqueues: [{name: q, members: [{agent: '9'}]}]\n", encoding="utf-8"
    )
    assert main(["check", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{file}:{number}" for number in (2, 3, 4)]
    assert "seed: found 'x', expected" in lines[0]


def test_schema_is_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "voipsun" in json.dumps(schema)


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    program = f"{shlex.quote(sys.executable)} -m pbxsim schema | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", program], env=CLEAN, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_a_broken_vendor_package_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise discovery.BrokenVendor("pbxsim_acme offers no vendor")

    monkeypatch.setattr(discovery, "find_vendors", fail)
    for arguments in (["check", "documented"], ["schema"]):
        assert main(arguments) == 1
        assert capsys.readouterr().err == "pbxsim_acme offers no vendor\n"


def test_a_broken_engine_package_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: str = "") -> None:
        raise discovery.BrokenEngine("pbxsim_steam offers no engine")

    monkeypatch.setattr(discovery, "find_engines", fail)
    for arguments in (["serve"], ["serve", "--help"], ["check", "documented"], ["schema"]):
        assert main(arguments) == 1
        assert capsys.readouterr().err == "pbxsim_steam offers no engine\n"


def test_numbers_has_a_line_for_each_digit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["numbers"]) == 0
    table = [line for line in capsys.readouterr().out.splitlines() if line[:1].isdigit()]
    assert [line.split()[:2] for line in table] == [[str(digit), f"990{digit}03020"] for digit in range(1, 8)]
    assert table[0].endswith("rings RR seconds, answers, hangs up after TTT seconds of talk")


def test_the_version_tells_whether_the_core_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    core = "pure Python" if (calls.__file__ or "").endswith(".py") else "compiled core"
    assert capsys.readouterr().out == f"pbxsim {__version__} ({core})\n"


@pytest.mark.parametrize("command", ["numbers", "schema"])
def test_what_only_serving_needs_is_not_read_for_other_commands(command: str) -> None:
    program = (
        "import sys; from pbxsim.cli import main; main(sys.argv[1:]);"
        "assert not {'aiohttp', 'asyncio', 'ssl', 'jsonschema', 'cryptography'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, command], env=CLEAN, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_collector_rests_while_all_is_imported_and_works_for_every_command_but_a_servers() -> None:
    program = (
        "import gc, pbxsim.__main__ as command; assert not gc.isenabled();"
        "command.main(['numbers']); assert gc.isenabled()"
    )
    done = subprocess.run([sys.executable, "-c", program], env=CLEAN, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


NOT_READ_FOR_A_START = """
aiohttp.client aiohttp.web aiohttp.web_app aiohttp.web_fileresponse aiohttp.web_urldispatcher aiohttp.web_ws
cryptography jsonschema sqlite3 uvloop pbxsim.config.copies pbxsim.config.refusal pbxsim.config.schema
pbxsim.engines.asterisk.asterisk_settings pbxsim.engines.asterisk.session pbxsim.engines.line_settings
pbxsim.engines.sip.sip_settings pbxsim.engines.sip.work pbxsim.hosting.admission pbxsim.hosting.call_failure
pbxsim.hosting.file_watch pbxsim.hosting.snapshot pbxsim.sinks.outbox.worker pbxsim.sinks.recordings.formats
pbxsim.sinks.recordings.sound pbxsim.sinks.store.spill pbxsim.vendors.duocom.actions pbxsim.vendors.duocom.webcall
pbxsim.vendors.simotel.actions pbxsim.vendors.simotel.events pbxsim.vendors.simotel.reports
pbxsim.vendors.voipsun.actions pbxsim.vendors.voipsun.calls pbxsim.vendors.vum.actions
pbxsim.vendors.vum.placeholders pbxsim.web.control.routes pbxsim.web.control.trying pbxsim.web.tls
yaml.reader.NON_PRINTABLE
"""
"""What somebody may ask of a server, and is imported when he does; of `yaml.reader` a pattern is compiled."""

SERVES = """
import os, sys

class Out:
    said = ""
    def write(self, text):
        self.said += text
        if "http://" in self.said:
            is_compiled = vars(sys.modules["yaml"].reader.Reader.NON_PRINTABLE).keys() != {"_given"}
            sys.__stdout__.write(" ".join([*sys.modules, *["yaml.reader.NON_PRINTABLE"] * is_compiled]))
            sys.__stdout__.flush()
            os._exit(0)
    def __getattr__(self, name):
        return getattr(sys.__stdout__, name)

sys.stdout = Out()
from pbxsim.cli import main
main(["serve", "documented", "--port", "0", "--clock", "paused"])
"""
"""Ends as soon as the banner is there, and tells what was imported until then."""


def test_a_start_reads_nothing_that_only_a_request_needs() -> None:
    done = subprocess.run([sys.executable, "-c", SERVES], env=CLEAN, capture_output=True, text=True, check=True)
    read = set(done.stdout.split())
    assert {"pbxsim.app", "pbxsim.vendors.vum.api", "aiohttp.web_server"} <= read
    assert sorted(read.intersection(NOT_READ_FOR_A_START.split())) == []


@pytest.mark.parametrize("vendors", [[name] for name in find_vendors()] + [list(find_vendors())])
@pytest.mark.parametrize("queues", [[], ["orders"], ["orders", "sales"]])
def test_init_writes_a_file_that_check_accepts_for_each_vendor(
    vendors: list[str], queues: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "pbx.yaml")
    chosen = [word for name in vendors for word in ("--vendor", name)]
    chosen += [word for name in queues for word in ("--queue", name)]
    assert main(["init", file, "--agents", "3", *chosen]) == 0
    assert main(["check", file]) == 0
    assert capsys.readouterr().out.endswith(f"{file}: PBX office, no fault\n")


def test_what_init_writes_is_served_and_each_vendors_line_places_a_call(tmp_path: Path) -> None:
    file = str(tmp_path / "pbx.yaml")
    assert main(["init", file, "--queue", "orders"]) == 0
    with PbxServer(file) as pbx:
        assert [queue["name"] for queue in pbx.queues] == ["orders"]
        pbx.incoming("777123456", "222333445")
        pbx.run_until_idle()
        assert [cdr.disposition for cdr in pbx.cdrs] == ["ANSWERED"]
        assert pbx.vendors.keys() == find_vendors().keys()


def test_init_overwrites_nothing_and_says_which_vendor_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\n")
    assert main(["init", str(file)]) == 1
    assert file.read_text() == "name: mine\n"
    assert main(["init", "-", "--vendor", "simotl"]) == 2
    assert "did you mean simotel?" in capsys.readouterr().err
