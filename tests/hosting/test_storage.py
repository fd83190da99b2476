"""Where records last, seen from outside: servers that are started, stopped, killed and started again."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from pbxsim.clock.instant import SECOND, iso, parse_iso
from pbxsim.hosting.storage import InMemory, Wanted, opened
from pbxsim.sinks.store.errors import StoreUnreachable
from tests.test_cli import Server, run, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # nearly every one starts processes

PAID = "/cgi-bin/oficinaweb/oficinaweb_webcallservice?principal=666111666&pass=MiClaveSecreta&llamante={}&llamado={}"
FREE = "/api/api.php?username=voipsun&password=secretpwd&action=originate&srcExtenInternalNum=100&dstNum=990100001"


def get(server: Server, path: str) -> bytes:
    """Ask a vendor's interface."""
    with urlopen(server.url + path, timeout=30) as reply:
        body: bytes = reply.read()
    return body


def call(server: Server, path: str = FREE) -> None:
    """Have a call made and ended."""
    assert get(server, path)
    server.ask("/_pbxsim/clock/run-until-idle", {})


def cdrs(server: Server) -> list[dict[str, Any]]:
    """Read the records."""
    listed: list[dict[str, Any]] = server.ask("/_pbxsim/cdrs")
    return listed


def credit(server: Server) -> str:
    """Read what Duocom's customer has left."""
    accounts: list[dict[str, str]] = server.ask("/_pbxsim/accounts")
    return next(account["credit"] for account in accounts if account["name"] == "duocom")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_goes_on_from_its_store(tmp_path: Path, by: int) -> None:
    options = "--clock", "paused", "--db", str(tmp_path / "kept.sqlite3")
    with serving(*options) as server:
        assert f"Call records are in {tmp_path / 'kept.sqlite3'}\n" in server.banner
        call(server)
        call(server, PAID.format("990103010", "990100001"))
        before, resumed, now = cdrs(server), credit(server), server.ask("/_pbxsim/clock")["now"]
        server.stop(by)
    with serving(*options) as server:
        assert (cdrs(server), credit(server)) == (before, resumed)
        assert server.ask("/_pbxsim/clock")["now"] == iso(parse_iso(now) + SECOND), "where it stopped, a second on"
        call(server)
        after = cdrs(server)
    assert [cdr["id"] for cdr in after] == [10_000, 10_001, 10_002, 10_003]
    assert len({cdr["uniqueid"] for cdr in after}) == len({cdr["call"] for cdr in after}) == 4


def test_a_reset_forgets_what_was_stored(tmp_path: Path) -> None:
    options = "--clock", "paused", "--db", str(tmp_path / "kept.sqlite3")
    with serving(*options) as server:
        call(server)
        server.ask("/_pbxsim/reset", {})
        assert [cdr["id"] for cdr in cdrs(server)] == [10_000]
        server.stop(signal.SIGKILL)
    with serving(*options) as server:
        assert [cdr["id"] for cdr in cdrs(server)] == [10_000]
        assert server.ask("/_pbxsim/clock")["now"] == "2026-01-01T00:00:01.000000Z"


def test_a_changed_file_goes_on_from_what_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    text = "name: shop\nextensions: [{internal: '100'}]\nvendors: {voipsun: {users: [{username: u, password: p}]}}\n"
    file.write_text(text, encoding="utf-8")
    path = FREE.replace("voipsun", "u", 1).replace("secretpwd", "p")
    with serving(str(file), "--clock", "60", "--watch", "--db", str(tmp_path / "kept.sqlite3")) as server:
        call(server, path)
        file.write_text(text.replace("'100'", "'101'"), encoding="utf-8")
        while server.ask("/_pbxsim/phones")[0]["internal"] != "101":
            continue
        assert [cdr["id"] for cdr in cdrs(server)] == [1]
        call(server, path.replace("=100&", "=101&"))
        assert [(cdr["id"], cdr["call"]) for cdr in cdrs(server)] == [(1, 1), (2, 2)]


def test_with_a_held_clock_a_changed_file_begins_anew_whatever_the_store(tmp_path: Path) -> None:
    file, database = tmp_path / "shop.yaml", tmp_path / "kept.sqlite3"
    text = "name: shop\nextensions: [{internal: '100'}]\nvendors: {voipsun: {users: [{username: u, password: p}]}}\n"
    file.write_text(text, encoding="utf-8")
    path = FREE.replace("voipsun", "u", 1).replace("secretpwd", "p")
    options = str(file), "--clock", "paused", "--watch", "--db", str(database)
    with serving(*options) as server:
        call(server, path)
        server.ask("/_pbxsim/phones/100/dnd", {"on": True})
        file.write_text(text.replace("'100'", "'101'"), encoding="utf-8")
        while server.ask("/_pbxsim/phones")[0]["internal"] != "101":
            continue
        assert cdrs(server) == []
        assert server.ask("/_pbxsim/clock")["now"] == "2026-01-01T00:00:00.000000Z"
        call(server, path.replace("=100&", "=101&"))
        assert [(cdr["id"], cdr["call"]) for cdr in cdrs(server)] == [(1, 1)]
        server.stop()
    with closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT id, src FROM cdr").fetchall() == [(1, "000")]
        assert kept.execute("SELECT keyname FROM astdb WHERE family = 'lines'").fetchall() == []


AGENT = "agentNumber=1000&agentPin=1234"
SET = (
    f"action=agentlogin&srcExtenInternalNum=100&{AGENT}",
    f"action=agentadd&queueName=FrontaIT&penalty=3&{AGENT}",
    f"action=agentpause&{AGENT}",
)
MASKS = "/cgi-bin/oficinaweb/apimascaras?principal=666111666&pass=MiClaveSecreta&ani=911000222"


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_set_while_a_server_ran_is_so_in_the_next_until_a_reset(tmp_path: Path, by: int) -> None:
    options = "--clock", "paused", "--db", str(tmp_path / "kept.sqlite3")

    def seen(server: Server) -> object:
        return (
            [{k: v for k, v in queue.items() if k == "members"} for queue in server.ask("/_pbxsim/queues")],
            server.ask("/_pbxsim/agents"),
            [(one["user"], one["do_not_disturb"], one["diversion"]) for one in server.ask("/_pbxsim/phones")],
            get(server, MASKS),
        )

    with serving(*options) as server:
        assert "goes on from an earlier run" not in server.banner
        first = seen(server)
        for action in SET:
            assert b"true" in get(server, f"/api/api.php?username=voipsun&password=secretpwd&{action}")
        server.ask("/_pbxsim/phones/sip100/dnd", {"on": True})
        server.ask("/_pbxsim/phones/sip100/divert", {"when": "busy", "to": "101"})
        assert get(server, MASKS + "&accion=poner&mascara=911222333") == b"1\n"
        before = seen(server)
        server.ask("/_pbxsim/clock/advance", {"seconds": 1})  # which returns when all is stored
        server.stop(by)
    with serving(*options) as server:
        assert "  goes on from an earlier run: 1 record; POST /_pbxsim/reset forgets them\n" in server.banner
        assert seen(server) == before != first
        server.ask("/_pbxsim/reset", {})
        assert seen(server) == first
        server.ask("/_pbxsim/clock/advance", {"seconds": 1})
        server.stop(by)
    with serving(*options) as server:
        assert seen(server) == first


def test_an_account_that_a_changed_file_does_not_name_keeps_its_credit(tmp_path: Path) -> None:
    file, database = tmp_path / "shop.yaml", tmp_path / "kept.sqlite3"
    account = "name: shop\naccounts: [{name: payer, credit: 10, currency: EUR, tariff: t}]\ntariffs: [{name: t}]\n"
    file.write_text(account, encoding="utf-8")
    with serving(str(file), "--clock", "60", "--watch", "--db", str(database)) as server:
        server.ask("/_pbxsim/accounts/payer/credit", {"amount": "5"})
        for text, names in (("name: shop\n", []), (account, ["payer"])):
            file.write_text(text, encoding="utf-8")
            while [one["name"] for one in server.ask("/_pbxsim/accounts")] != names:
                continue
        assert [one["credit"] for one in server.ask("/_pbxsim/accounts")] == ["15.00"]
        server.stop()
    with closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT id, amount, balance FROM ledger ORDER BY id").fetchall() == [
            (1, 10_000_000, 10_000_000),
            (2, 5_000_000, 15_000_000),
        ]


def test_recordings_last_as_long_as_their_records(tmp_path: Path) -> None:
    options = "--clock", "paused", "--db", str(tmp_path / "kept.sqlite3")
    with serving(*options) as server:
        call(server)
        recorded = get(server, "/_pbxsim/cdrs/10001/recording")
        assert recorded.startswith(b"RIFF")
        get(server, "/api/api.php?username=voipsun&password=secretpwd&action=moverecord&cdrId=10000&filename=moved.wav")
        moved = get(server, "/_pbxsim/cdrs/10000/recording")
    with serving(*options) as server:
        assert get(server, "/_pbxsim/cdrs/10001/recording") == recorded
        assert get(server, "/_pbxsim/cdrs/10000/recording") == moved
        assert cdrs(server)[0]["recording"].endswith("/moved.wav")
        names = sorted(path.name for path in tmp_path.rglob("*.wav"))
        assert "record.wav" not in names
        server.ask("/_pbxsim/reset", {})
        assert [path.name for path in tmp_path.rglob("*.wav")] == ["record.wav"]


def test_two_servers_cannot_have_one_store(tmp_path: Path) -> None:
    options = "--db", str(tmp_path / "kept.sqlite3")
    with serving(*options):
        done = run("serve", "--port", "0", *options)
    assert (done.returncode, done.stdout) == (3, "")
    assert "kept.sqlite3 is in use by another process" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("{folder}/nowhere/kept.sqlite3", "nowhere/kept.sqlite3 cannot be used: No such file or directory"),
        ("{folder}/text.sqlite3", "text.sqlite3 cannot be used: "),
        ("postgresql://u:hush@127.0.0.1:1/d", "postgresql://u:***@127.0.0.1:1/d cannot be used: "),
        ("mysql://u:hush@127.0.0.1:1/d", "mysql://u:***@127.0.0.1:1/d cannot be used: "),
    ],
)
def test_a_store_that_cannot_be_is_said_to_be_unreachable(tmp_path: Path, place: str, told: str) -> None:
    (tmp_path / "text.sqlite3").write_text("this is no database, " * 100, encoding="utf-8")
    done = run("serve", "--port", "0", "--db", place.format(folder=tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stderr


def test_a_run_leaves_no_file_behind(tmp_path: Path) -> None:
    with serving(XDG_DATA_HOME=str(tmp_path)) as server:
        assert "until it stops\n" in server.banner
        call(server)
        (file,) = tmp_path.rglob("*.sqlite3")
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("SELECT count(*) FROM cdr").fetchone() == (2,)
        assert server.stop() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    with serving(XDG_DATA_HOME=str(tmp_path)) as server:
        call(server)
        server.stop(signal.SIGKILL)
    (resumed,) = tmp_path.rglob("*.sqlite3")
    with serving(XDG_DATA_HOME=str(tmp_path)) as server:
        assert not resumed.exists()
        assert [cdr["id"] for cdr in cdrs(server)] == [10_000]


def test_nothing_is_written_where_records_are_to_be_in_memory(tmp_path: Path) -> None:
    with serving("--clock", "paused", "--db", ":memory:", XDG_DATA_HOME=str(tmp_path)) as server:
        assert "Call records are in memory, until it stops\n" in server.banner
        call(server)
        assert len(cdrs(server)) == 2
        assert "store" not in server.ask("/readyz")
    assert list(tmp_path.iterdir()) == []


async def test_a_server_with_a_port_of_its_own_has_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "XDG_DATA_HOME", str(tmp_path))
    async with opened(Wanted(port=8080, lasts=True), {"shop": 10}) as storage:
        assert storage.words == str(tmp_path / "pbxsim" / "pbxsim-8080.sqlite3")
        assert storage.recordings == tmp_path / "pbxsim" / "pbxsim-8080.sqlite3-recordings"
        assert storage.resumed("shop").saved.is_empty


async def test_in_memory_nothing_was_left() -> None:
    async with opened(Wanted(place=":memory:"), {"shop": 10}) as storage:
        assert isinstance(storage, InMemory)
        assert storage.resumed("shop").saved.is_empty
        await storage.record_store("shop").settled()


async def test_a_store_is_let_go_of_when_what_it_holds_cannot_be_read(tmp_path: Path) -> None:
    wanted = Wanted(place=str(tmp_path / "kept.sqlite3"))
    async with opened(wanted, {"shop": 10}):
        with pytest.raises(StoreUnreachable, match="in use"):
            async with opened(wanted, {"shop": 10}):
                pass
    async with opened(wanted, {"shop": 10}) as storage:
        assert storage.resumed("shop").saved.is_empty
