"""A fifth vendor from outside: an installed package with an entry point is found and served; nothing is edited."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import invalidate_caches
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import assemble
from pbxsim.kit.request import Request
from pbxsim.testing.office import START

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = '''
"""Far Away Telecom: a vendor that pbxsim has never heard of."""

import msgspec

from pbxsim.pbx.call import CallOrder
from pbxsim.kit.reply import Reply
from pbxsim.kit.vendor import Vendor


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    greeting: str = "hello"


class FarAwayInterface:
    def __init__(self, settings, pbx):
        self.settings, self.pbx = settings, pbx

    def claims(self, exchange):
        return True

    def answer(self, exchange):
        number = exchange.params.text("number")
        first = self.pbx.dialplan.resolve(number, "default")
        call = self.pbx.calls.originate(CallOrder(vendor="faraway", first=first, src=number, dst=number, second=number))
        return Reply(body=f"{self.settings.greeting} {number}".encode(), content_type="text/plain", call=call.number)

    def curl(self, base_url):
        return f"curl '{base_url}/faraway/dial?number=100'"


vendor = Vendor(
    name="faraway",
    title="Far Away Telecom",
    settings=Settings,
    paths=("/faraway/dial",),
    open=FarAwayInterface,
)
'''
PBX = """
name: far
extensions:
  - {internal: "100"}
vendors:
  faraway: {greeting: ahoj}
"""
URL = re.compile(r"curl '(http://127\.0\.0\.1:\d+/faraway/dial\?number=100)'")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a folder with the package as an installer leaves it: the code, and beside it its metadata."""
    site = tmp_path / "site"
    (site / "faraway_pbxsim").mkdir(parents=True)
    (site / "faraway_pbxsim/__init__.py").write_text(PACKAGE, "utf-8")
    metadata = site / "faraway_pbxsim-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: faraway-pbxsim\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text("[pbxsim.vendors]\nfaraway = faraway_pbxsim:vendor\n", "utf-8")
    (tmp_path / "far.yaml").write_text(PBX, "utf-8")
    return site


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the folder where Python looks for packages."""
    monkeypatch.syspath_prepend(str(site))
    invalidate_caches()
    yield
    sys.modules.pop("faraway_pbxsim", None)


@pytest.mark.usefixtures("installed")
def test_it_is_found_beside_ours() -> None:
    found = find_vendors()
    assert list(found) == sorted(found)
    assert {"duocom", "faraway", "simotel", "voipsun", "vum"} <= set(found)
    assert found["faraway"].title == "Far Away Telecom"


def test_it_is_gone_when_it_is_not_installed() -> None:
    assert "faraway" not in find_vendors()


@pytest.mark.usefixtures("installed")
def test_a_pbx_file_may_speak_it_and_its_settings_are_checked_like_ours(tmp_path: Path) -> None:
    built = assemble(load(str(tmp_path / "far.yaml")), clock=Scheduler(START))
    reply = built.interfaces["faraway"].answer(Request("GET", "/faraway/dial", "number=100"))
    assert reply.body == b"ahoj 100"
    assert reply.call is not None
    call = built.pbx.calls.find(reply.call)
    assert call is not None
    assert [leg.peer for leg in call.legs] == ["100"]


@pytest.mark.slow
def test_the_server_serves_it_and_prints_its_command_line(site: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "pbxsim", "serve", str(tmp_path / "far.yaml"), "--port", "0", "--clock", "paused"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            line = next((found for found in map(URL.search, server.stdout) if found), None)
            assert line is not None
            with urlopen(line[1], timeout=10) as reply:
                assert reply.read() == b"ahoj 100"
        finally:
            server.terminate()
