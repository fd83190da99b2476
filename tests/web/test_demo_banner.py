"""What a demonstration prints: commands that a shell takes as they stand, of the first PBX with real telephones."""

from __future__ import annotations

import json
import shlex
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from pbxsim.engines.engine import SipAccount
from pbxsim.web.demo_banner import demo_banner
from pbxsim.web.page import telephone
from tests.web.town import Town, plan, running

if TYPE_CHECKING:
    from pbxsim.hosting.engine_session import EngineSession

URL = "http://127.0.0.1:8080"
HAS_SEGNO = find_spec("segno") is not None


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all telephones be real ones, and JsSIP be there."""
    from pbxsim.hosting.engine_session import EngineSession

    def account(_engine: EngineSession, user: str) -> SipAccount:
        return SipAccount(server="127.0.0.1:5060", user=user, secret="a secret", ws="ws://127.0.0.1:8088/ws")

    monkeypatch.setattr(EngineSession, "account_of", account)
    monkeypatch.setattr(telephone, "library", lambda: b"export default {};")


async def test_where_all_telephones_are_simulated_there_is_nothing_to_demonstrate(town: Town) -> None:
    assert demo_banner(town.server.hosts, URL, self_signed=False, needs_token=False) == ""


@pytest.mark.usefixtures("real")
async def test_the_command_is_one_that_a_shell_takes_and_the_control_api_does(town: Town) -> None:
    told = demo_banner(town.server.hosts, URL, self_signed=False, needs_token=False)
    (command,) = [line.strip() for line in told.splitlines() if line.startswith("  curl ")]
    words = shlex.split(command)
    assert words[:2] == ["curl", f"{URL}/_pbxsim/calls"]
    answered = await town.ask("POST", "/_pbxsim/calls", words[-1])
    assert answered.status == 201, answered.body
    called = json.loads(words[-1])
    (page,) = [line.strip() for line in told.splitlines() if "/phone?" in line]
    (line,) = parse_qs(urlsplit(page).query)["line"]
    directory = town.server.hosts.first().pbx.directory
    assert called["to"] in (*directory.line(line).extension.public, directory.line(line).extension.internal)
    assert "password a secret\n" in told
    assert ("▄" in told) is HAS_SEGNO, "a QR code"
    assert ("pip install 'pbxsim[qr]'" in told) is not HAS_SEGNO


@pytest.mark.usefixtures("real")
async def test_it_says_what_else_a_command_needs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone, "library", lambda: None)
    async with running(plan(), plan(name="village")) as town:
        told = demo_banner(town.server.hosts, URL, self_signed=True, needs_token=True)
    assert '  curl --insecure -H "Authorization: Bearer $PBXSIM_CONTROL_TOKEN" ' in told
    assert "/_pbxsim/calls?pbx=town" in told
    assert "&pbx=town\n" in told
    assert "`make phone` fetches it" in told


async def test_where_telephones_register_at_the_pbx_itself_softphones_are_told_of_in_words(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pbxsim.hosting.engine_session import EngineSession

    def account(_engine: EngineSession, user: str) -> SipAccount:
        return SipAccount(server="127.0.0.1:5060", user=user, secret="a secret")

    monkeypatch.setattr(EngineSession, "account_of", account)
    told = demo_banner(town.server.hosts, URL, self_signed=False, needs_token=False)
    for name in ("Linphone", "Zoiper", "MicroSIP"):
        (words,) = [line for line in told.splitlines() if name in line]
        assert "127.0.0.1:5060" in words
    assert "/phone?" not in told, "no browser can register there"
    assert "  server 127.0.0.1:5060   user " in told
    (command,) = [line.strip() for line in told.splitlines() if line.startswith("  curl ")]
    answered = await town.ask("POST", "/_pbxsim/calls", shlex.split(command)[-1])
    assert answered.status == 201, answered.body
