"""Several servers behind a real HAProxy, run as `pbxsim haproxy-conf` and docs/many-processes.md say."""

from __future__ import annotations

import shlex
import socket
import stat
import subprocess
import sys
from base64 import b64encode
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, quote_plus

import msgspec
import pytest

from pbxsim.cli import main
from tests.databases import postgresql_server, postgresql_url
from tests.haproxies import NoHaproxy, running_haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE: Final = 30.0
_TRIES: Final = 20_000  # a look of the proxy every half second, a millisecond or more for each try
_PASSWORDS: Final = {"north": "change-me", "south": 'Süd / "2"; + 50%:=&#'}
_KEYS: Final = {"north": "change-me-too", "south": "k2"}
_TOKENS: Final = {"north": "t1", "south": "t2, 'Süd'; t1"}
_VUM: Final = {"north": "GIVENFIRST01", "south": "SECOND&01"}
_FORM: Final = "Content-Type: application/x-www-form-urlencoded"
_ORIGINATE: Final = "/api/v4/call/originate/act"
_ORDER: Final = '{"caller":"201","callee":"202","context":"office","caller_id":"201"}'


__all__ = ["postgresql_server", "postgresql_url"]


class Served(NamedTuple):
    """Where clients come to, where each server is, and what it was started with."""

    front: int
    ports: dict[str, int]
    commands: dict[str, list[str]]
    running: dict[str, subprocess.Popen[str]]


def wrote(name: str, folder: Path) -> str:
    """Write a PBX file with credentials of its own."""
    file = folder / f"{name}.yaml"
    assert main(["init", str(file), "--name", name]) == 0
    text = file.read_text("utf-8")
    secret = _PASSWORDS[name].replace('"', '\\"')
    text = text.replace("change-me-too", _KEYS[name]).replace("password: change-me", f'password: "{secret}"')
    text = text.replace("pass: change-me", f'pass: "{secret}"').replace("GIVENFIRST01", _VUM[name])
    text = text.replace("- {mode: both", f'- {{mode: token, api_key: "{_TOKENS[name]}"}}\n      - {{mode: both')
    for key in ("OWNFIRST0001", "CALLBACK0001", "INFO00000001"):
        text = text.replace(key, f"{key}-{name}")
    file.write_text(text, "utf-8")
    return str(file)


def free_ports(count: int) -> int:
    """Give the first of ports that are free, one after the other."""
    while True:
        with ExitStack() as held, suppress(OSError, OverflowError):
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for port in range(first + 1, first + count):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return int(first)


def started(command: list[str], *more: str) -> subprocess.Popen[str]:
    """Start a server as the command told, with its clock held, and wait until it says where it is."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--clock", "paused", "--log", "none", *more], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("pbxsim ")
    return process


def ended(process: subprocess.Popen[str]) -> None:
    """End a server at once."""
    process.kill()
    process.communicate(timeout=_PATIENCE)


def configured(folder: Path, front: int, files: list[str]) -> list[str]:
    """Have the configuration written; give the commands that it tells to start, one for each file."""
    command = ["haproxy-conf", *files, "--out", str(folder), "--listen", f"127.0.0.1:{front}"]
    done = subprocess.run(
        [sys.executable, "-m", "pbxsim", *command, "--first-port", str(front + 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    first, *commands, last = done.stdout.splitlines()
    assert first == f"{folder} has the configuration of an HAProxy. Start the servers behind it:"
    assert last == f"and it: haproxy -f {folder}/haproxy.cfg"
    return commands


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    """Serve two PBXs in a process each, and an HAProxy before them; skipped where there is none."""
    names = ("north", "south")
    front = free_ports(1 + len(names))
    lines = configured(folder / "front", front, [wrote(name, folder) for name in names])
    commands = {name: [*shlex.split(line), *options] for name, line in zip(names, lines, strict=True)}
    running: dict[str, subprocess.Popen[str]] = {}
    try:
        with running_haproxy(folder / "front" / "haproxy.cfg"):
            for name, command in commands.items():
                running[name] = started(command)
            ports = dict(zip(names, range(front + 1, front + 3), strict=True))
            town = Served(front, ports, commands, running)
            for name in names:
                until_answered(town, requests_of(name)["VUM"])
            yield town
    except NoHaproxy as error:
        pytest.skip(str(error))
    finally:
        for process in running.values():
            ended(process)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve two PBXs that keep nothing."""
    with serving(tmp_path_factory.mktemp("town")) as town:
        yield town


def asked(port: int, request: str) -> bytes:
    """Send a request as it stands, and give all that comes."""
    with socket.create_connection(("127.0.0.1", port), _PATIENCE) as client:
        client.sendall(request.encode())
        return b"".join(iter(lambda: client.recv(65_536), b""))


def until_answered(town: Served, request: str) -> bytes:
    """Ask until the proxy knows that the server is there."""
    for _ in range(_TRIES):
        reply = asked(town.front, request)
        if b" 503 " not in reply[:16]:
            return reply
    raise AssertionError("the proxy never asked the server")


def http(method: str, target: str, *headers: str, body: str = "", connection: str = "close") -> str:
    """Spell a request; without another word the connection ends after it."""
    length = (f"Content-Length: {len(body.encode())}",) if body else ()
    head = (f"{method} {target} HTTP/1.1", "Host: pbx.example", f"Connection: {connection}", *headers, *length)
    return "\r\n".join((*head, "", body))


def without_date(reply: bytes) -> list[bytes]:
    """Give the lines of a reply but its Date, which is the world's."""
    return [line for line in reply.split(b"\r\n") if not line.startswith(b"Date: ")]


def body_of(reply: bytes) -> bytes:
    """Give a reply's body."""
    return reply.partition(b"\r\n\r\n")[2]


def simotel(name: str) -> tuple[str, ...]:
    """Give the headers by which Simotel knows who asks, and that of JSON."""
    basic = b64encode(f"client:{_PASSWORDS[name]}".encode()).decode()
    return f"X-APIKEY: {_KEYS[name]}", f"Authorization: Basic {basic}", "Content-Type: application/json"


def requests_of(name: str) -> dict[str, str]:
    """Give a request for each way in which a credential comes, with those of that PBX; none changes anything there."""
    voipsun = f"username=client&password={quote(_PASSWORDS[name], safe='')}&action=listcalls"
    duocom = f"principal=666111666&pass={quote_plus(_PASSWORDS[name])}&orden=1"
    vum = f"klic={quote(_VUM[name], safe='')}&cislo=no-number"
    key, basic, json = simotel(name)
    token, other = (f"X-APIKEY: {_TOKENS[each]}" for each in (name, "south" if name == "north" else "north"))
    return {
        "VUM": http("GET", f"/webapi.php?{vum}"),
        "VUM, a form": http("POST", "/ustredna/webapi.php", _FORM, body=vum),
        "VUM, an address that is not spelt as documented": http("GET", f"//ustredna/webapi%2Ephp?{vum}"),
        "VoIPSUN": http("GET", f"/api/api.php?{voipsun}"),
        "VoIPSUN, a form": http("POST", "/api/api.php", f"{_FORM}; charset=utf-8", body=voipsun),
        "VoIPSUN, a form over a query": http("POST", "/api/api.php?password=other", _FORM, body=voipsun),
        "Simotel": http("POST", "/api/v4/pbx/users/search", key, basic, json, body="{}"),
        "Simotel, not padded": http("POST", "/api/v4.1/pbx/users/search", key, basic.rstrip("="), json, body="{}"),
        "Simotel, a key": http("POST", "/api/v4/pbx/users/search", token, json, body="{}"),
        "Simotel, two keys": http("POST", "/api/v4/pbx/users/search", token, other, json, body="{}"),
        "Duocom": http("GET", f"/cgi-bin/oficinaweb/api_control_llamadas?{duocom}"),
        "Duocom, a form": http("POST", "/cgi-bin/telefacil2/api_control_llamadas", _FORM, body=duocom),
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", requests_of("north"))
@pytest.mark.parametrize("name", ["north", "south"])
def test_a_request_is_answered_by_the_pbx_that_has_its_credential(kind: str, name: str, town: Served) -> None:
    request = requests_of(name)[kind]
    other = "south" if name == "north" else "north"
    through = without_date(asked(town.front, request))
    assert through == without_date(asked(town.ports[name], request))
    assert through != without_date(asked(town.ports[other], request))


def calls(port: int) -> list[dict[str, object]]:
    """Give the calls in progress at a server's PBX."""
    found = asked(port, http("GET", "/_pbxsim/calls").replace("pbx.example", "localhost"))
    return msgspec.json.decode(body_of(found), type=list[dict[str, object]])


@pytest.mark.slow
def test_a_call_is_placed_once_and_at_its_pbx_alone(town: Served) -> None:
    before = {name: len(calls(port)) for name, port in town.ports.items()}
    order = http("PUT", "/api/v4/call/originate/act", *simotel("south"), body=_ORDER)
    assert b'"success": 1' in asked(town.front, order)
    after = {name: len(calls(port)) for name, port in town.ports.items()}
    assert after == before | {"south": before["south"] + 1}


@pytest.mark.slow
def test_one_connection_may_ask_several_pbxs(town: Served) -> None:
    first, second = (requests_of(name)["VUM"] for name in ("south", "north"))
    both = asked(town.front, first.replace("Connection: close", "Connection: keep-alive") + second)
    assert body_of(asked(town.ports["south"], first)) in both
    assert both.endswith(body_of(asked(town.ports["north"], second)))
    assert both.count(b"HTTP/1.1 200 OK\r\n") == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "request_",
    [
        http("GET", "/webapi.php?cislo=202"),
        http("GET", "/webapi.php?klic=nobodys&cislo=202"),
        http("POST", "/api/v4/pbx/users/search", "Content-Type: application/json", body="{}"),
        http("POST", "/api/v4/pbx/users/search", "X-APIKEY: nobodys", body="{}"),
        http("OPTIONS", "/api/v4/call/originate/act", "Access-Control-Request-Method: PUT", "Origin: http://crm"),
        http("GET", "/api/api.php?username=client&password=nobodys&action=listcalls"),
        http("DELETE", "/cgi-bin/oficinaweb/api_consumos"),
    ],
)
def test_a_credential_that_nobody_has_is_refused_by_the_first_pbx_in_the_vendors_words(
    request_: str, town: Served
) -> None:
    assert without_date(asked(town.front, request_)) == without_date(asked(town.ports["north"], request_))


@pytest.mark.slow
@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/_pbxsim/calls",
        "/_pbxsim",
        "//_pbxsim/calls",
        "/%5fpbxsim/calls",
        "/_pbxsim/../api/api.php",
        "/_pbxsim/%2e%2e/api/api.php",
        "http://localhost/_pbxsim/calls",
        "/livez",
        "/metrics",
        "/page/page.js",
        "/nowhere",
        "/api/api.php5",
    ],
)
def test_nothing_but_what_vendors_document_is_passed_on(target: str, town: Served) -> None:
    reply = asked(town.front, http("GET", target).replace("pbx.example", "localhost"))
    assert reply.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"Server: " not in reply  # it is the proxy's own


@pytest.mark.slow
def test_a_way_out_of_a_vendors_path_leads_to_the_vendor_and_not_to_the_control_api(town: Served) -> None:
    request = http("GET", "/api/v4/../../_pbxsim/calls").replace("pbx.example", "localhost")
    assert without_date(asked(town.front, request)) == without_date(asked(town.ports["north"], request))
    assert b'"success": 0' in asked(town.front, request)


@pytest.mark.slow
def test_a_credential_is_seen_at_the_beginning_of_a_long_form_and_not_at_its_end(town: Served) -> None:
    long = "cislo_kdo=" + "7" * 40_000
    first = http("POST", "/webapi.php", _FORM, body=f"klic={quote(_VUM['south'])}&{long}")
    last = http("POST", "/webapi.php", _FORM, body=f"{long}&klic={quote(_VUM['south'])}")
    refused = asked(town.ports["north"], first)
    assert without_date(asked(town.front, first)) == without_date(asked(town.ports["south"], first))
    assert without_date(asked(town.front, first)) != without_date(refused)
    assert without_date(asked(town.front, last)) == without_date(refused)


def read_otherwise() -> dict[str, str]:
    """Give requests in which the proxy does not see the credential that the PBX does."""
    key, password = quote(_VUM["south"], safe=""), quote(_PASSWORDS["south"], safe=";")
    part = f'--b\r\nContent-Disposition: form-data; name="klic"\r\n\r\n{_VUM["south"]}\r\n--b--\r\n'
    return {
        "a name that is encoded": http("GET", f"/webapi.php?%6Blic={key}"),
        "a name that comes twice": http("GET", f"/webapi.php?klic=nobodys&klic={key}"),
        "a semicolon that is not encoded": http(
            "GET", f"/api/api.php?username=client&password={password}&action=listcalls"
        ),
        "multipart": http("POST", "/webapi.php", "Content-Type: multipart/form-data; boundary=b", body=part),
    }


@pytest.mark.slow
@pytest.mark.parametrize("how", read_otherwise())
def test_a_credential_that_the_proxy_does_not_see_is_refused_by_the_first_pbx(how: str, town: Served) -> None:
    request = read_otherwise()[how]
    refused = without_date(asked(town.ports["north"], request))
    assert without_date(asked(town.front, request)) == refused
    assert without_date(asked(town.ports["south"], request)) != refused


@pytest.mark.slow
def test_who_asks_a_pbx_whose_server_is_gone_gets_503_and_others_notice_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as town:
        north, south = (requests_of(name)["VUM"] for name in ("north", "south"))
        good = without_date(asked(town.front, north))
        ended(town.running["north"])
        for _ in range(3):
            assert asked(town.front, north).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
            assert asked(town.front, south).startswith(b"HTTP/1.1 200 OK\r\n")
        town.running["north"] = started(town.commands["north"])
        assert without_date(until_answered(town, north)) == good


@pytest.mark.slow
def test_a_connection_that_is_cut_on_purpose_is_a_502_and_nothing_is_asked_twice(town: Served) -> None:
    faults = http("PUT", "/_pbxsim/faults", "Content-Type: application/json", body='{"faults": [{"fault": "reset"}]}')
    none = http("PUT", "/_pbxsim/faults", "Content-Type: application/json", body='{"faults": []}')
    assert b" 200 " in asked(town.ports["south"], faults.replace("pbx.example", "localhost"))[:16]
    try:
        assert asked(town.front, requests_of("south")["VUM"]).startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        shown = asked(town.ports["south"], http("GET", "/_pbxsim/faults").replace("pbx.example", "localhost"))
        assert b'"struck":1}' in shown
    finally:
        assert b" 200 " in asked(town.ports["south"], none.replace("pbx.example", "localhost"))[:16]


@pytest.mark.slow
def test_servers_may_keep_their_records_in_one_database(tmp_path: Path, postgresql_url: str) -> None:
    with serving(tmp_path, "--db", postgresql_url) as town:
        for name, times in (("north", 1), ("south", 2)):
            for _ in range(times):
                assert b'"success": 1' in asked(town.front, http("PUT", _ORIGINATE, *simotel(name), body=_ORDER))
            moved = http("POST", "/_pbxsim/clock/advance", "Content-Type: application/json", body='{"seconds": 60}')
            assert b" 200 " in asked(town.ports[name], moved.replace("pbx.example", "localhost"))[:16]
        assert {name: records(port) for name, port in town.ports.items()} == {"north": 1, "south": 2}
        for name, process in town.running.items():
            process.terminate()
            process.communicate(timeout=_PATIENCE)
            town.running[name] = started(town.commands[name])
        assert {name: records(port) for name, port in town.ports.items()} == {"north": 1, "south": 2}


def records(port: int) -> int:
    """Count the records of a server's PBX."""
    found = asked(port, http("GET", "/_pbxsim/cdrs").replace("pbx.example", "localhost"))
    return len(msgspec.json.decode(body_of(found)))


def test_what_is_written_is_its_owners_alone_and_has_no_secret(tmp_path: Path) -> None:
    files = [wrote(name, tmp_path) for name in ("north", "south")]
    written = [tmp_path / "front" / name for name in ("credentials.map", "haproxy.cfg")]
    for _ in range(2):  # anew, too
        assert main(["haproxy-conf", *files, "--out", str(tmp_path / "front")]) == 0
        assert sorted((tmp_path / "front").iterdir()) == written
        assert [stat.S_IMODE(file.stat().st_mode) for file in written] == [0o600, 0o600]
        written[1].chmod(0o644)
    text = "".join(file.read_text("utf-8") for file in written)
    assert [secret for secret in (*_PASSWORDS.values(), *_KEYS.values(), *_VUM.values()) if secret in text] == []


def test_what_to_start_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "the front"
    assert main(["haproxy-conf", "documented", "reception", "--out", str(folder), "--first-port", "9001"]) == 0
    assert capsys.readouterr().out == (
        f"{folder} has the configuration of an HAProxy. Start the servers behind it:\n"
        "  pbxsim serve documented --port 9001\n"
        "  pbxsim serve reception --port 9002\n"
        f"and it: haproxy -f '{folder}/haproxy.cfg'\n"
    )


def test_pbxs_that_cannot_be_told_apart_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = wrote("north", tmp_path)
    (tmp_path / "twin.yaml").write_text(Path(file).read_text("utf-8").replace("name: north", "name: twin"), "utf-8")
    assert main(["haproxy-conf", file, str(tmp_path / "twin.yaml"), "--out", str(tmp_path / "front")]) == 1
    told = capsys.readouterr().err
    assert "expected a credential that is PBX twin's alone: PBX north has it already" in told
    assert _VUM["north"] not in told
    assert not (tmp_path / "front").exists()


def test_pbxs_of_which_none_speaks_a_vendors_interface_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mute.yaml").write_text("name: mute\n", "utf-8")
    assert main(["haproxy-conf", str(tmp_path / "mute.yaml"), "--out", str(tmp_path / "front")]) == 1
    assert "none of these PBXs speaks a vendor's interface" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "front").touch()
    assert main(["haproxy-conf", "documented", "--out", str(tmp_path / "front")]) == 1
    assert f"{tmp_path}/front cannot be written: File exists" in capsys.readouterr().err


def test_more_servers_than_there_are_ports_are_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [wrote(name, tmp_path) for name in ("north", "south")]
    assert main(["haproxy-conf", *files, "--out", str(tmp_path / "front"), "--first-port", "65535"]) == 2
    assert "--first-port: with 2 PBXs at most 65534, not 65535" in capsys.readouterr().err
