"""How telephones register: told on the command line and by the control API, alike and each time the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.cli import main
from pbxsim.engines.asterisk import declaration
from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry, AsteriskLineEntry
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from pathlib import Path

SHOP = """
name: shop
extensions:
  - {internal: "100", user: sip100}
  - {internal: "101", user: "sip-101"}
  - {internal: "102", user: sip102}
asterisk:
  sip_port: 5070
  lines:
    - {line: sip100, secret: given-one}
    - {line: sip102, simulated: true}
vendors:
  voipsun: {users: [{username: crm, password: secret-of-crm}]}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the PBX file; what is derived from a key is derived from one of this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return str(file)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run `pbxsim phones`; give what it says."""
    assert main(["phones", *arguments]) == 0
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """The same, as JSON."""
    found: list[dict[str, Any]] = json.loads(told(capsys, *arguments, "--json"))
    return found


def test_each_line_is_told_with_server_user_and_password(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = listed(capsys, shop)
    assert first == {
        "pbx": "shop",
        "line": "sip100",
        "number": "100",
        "server": "127.0.0.1:5070",
        "user": "sip100",
        "secret": "given-one",
        "uri": "sip:sip100@127.0.0.1:5070",
        "ws": "ws://127.0.0.1:8088/ws",
    }
    assert second["uri"] == "sip:sip-101@127.0.0.1:5070"
    assert third == dict.fromkeys(("server", "user", "secret", "uri", "ws")) | {
        "pbx": "shop",
        "line": "sip102",
        "number": "102",
    }


def test_a_secret_that_nobody_gave_is_the_same_each_time(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = [listed(capsys, shop)[1]["secret"] for _ in range(2)]
    assert len(secrets[0]) >= 20
    assert secrets[0] == secrets[1]


def test_for_people_it_is_a_table(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, shop).splitlines()
    assert [line.split()[:3] for line in lines[:2]] == [
        ["number", "server", "user"],
        ["100", "127.0.0.1:5070", "sip100"],
    ]
    assert lines[3].split() == ["102", "-", "-", "(simulated)"]


def test_several_pbxs_are_told_one_behind_the_other(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [one["pbx"] for one in listed(capsys, shop, "documented")][:4] == ["shop", "shop", "shop", "documented"]


def test_a_file_with_a_fault_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: bad\nextensions: 5\n", encoding="utf-8")
    assert main(["phones", str(bad), "--json"]) == 1
    told_of = capsys.readouterr()
    assert told_of.out == ""
    assert "extensions" in told_of.err


def test_the_engine_tells_the_same_of_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    office = Office(extension("100"), extension("101"))
    entry = AsteriskEntry(
        lines=(AsteriskLineEntry(line="sip100", secret="given"), AsteriskLineEntry(line="sip101", simulated=True))
    )
    opened = declaration.open({"asterisk": entry, "phones": PhonesEntry()}, office.pbx)
    assert opened.account_of is not None
    account = opened.account_of("sip100")
    assert account is not None
    assert (account.server, account.user, account.secret) == ("127.0.0.1:5060", "sip100", "given")
    assert account.ws == "ws://127.0.0.1:8088/ws"
    assert opened.account_of("sip101") is None
