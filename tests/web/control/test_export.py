"""What was asked comes out as a test that passes and as command lines, both without any credential."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from pbxsim.testing import ControlRefused, PbxServer
from pbxsim.testing.control import Control
from tests.test_replay import FILE
from tests.testing.conftest import originate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each serves a PBX


def exported(file: Path, form: str) -> str:
    """Have a PBX live, and export it."""
    with PbxServer(str(file)) as pbx:
        originate(pbx, "102", customCDR1='it\'s "one"')
        pbx.advance(2.25)
        pbx.phone("102").busy()
        originate(pbx, "102", password="c4nary wrong")
        originate(pbx, "102")
        pbx.incoming("777123456", "222333555", name="Žofie")
        pbx.run_until_idle()
        assert len(pbx.cdrs) == 3
        return Control(pbx.url).raw("GET", "/export", as_=form).decode()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give a PBX file."""
    path = tmp_path / "shop.yaml"
    path.write_text(FILE, "utf-8")
    return path


def test_the_test_runs_and_passes_and_fails_where_something_else_comes_of_it(shop: Path, tmp_path: Path) -> None:
    text = exported(shop, "pytest")
    assert "c4nary" not in text
    assert "pbx.vendors['voipsun']['users'][0]['password']" in text
    is_installed = bool(entry_points(group="pytest11", name="pbxsim"))
    plugin = [] if is_installed else ["-p", "pbxsim.testing.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, "test_recorded.py"]
    (tmp_path / "test_recorded.py").write_text(text, "utf-8")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "1 passed" in done.stdout, done.stdout
    (tmp_path / "test_recorded.py").write_text(text.replace("ANSWERED", "BUSY"), "utf-8")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "1 failed" in done.stdout, done.stdout


def test_the_lines_are_a_shells_and_say_what_they_need(shop: Path, tmp_path: Path) -> None:
    text = exported(shop, "curl")
    assert "c4nary" not in text
    assert text.count("\ncurl -sS ") >= 6
    script = tmp_path / "lines.sh"
    script.write_text(text, "utf-8")
    assert subprocess.run(["sh", "-n", str(script)], check=False, timeout=10).returncode == 0
    needed = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=False, timeout=10)
    assert "pbx.vendors[voipsun][users][0][password]" in needed.stderr


@pytest.mark.parametrize("form", ["pytest", "curl"])
@pytest.mark.parametrize("password", ["c4nary pass/word", "c4nary-pass~w0rd"])
def test_a_secret_that_is_escaped_or_names_a_header_is_in_neither(shop: Path, form: str, password: str) -> None:
    shop.write_text(FILE.replace("c4nary pass/word", password), "utf-8")
    escaped = "".join(f"%{ord(letter):02x}" for letter in password)
    in_json = "".join(f"\\u{ord(letter):04X}" for letter in password)
    headers = {password if " " not in password else "X": "1", "Content-Type": "application/json"}
    with PbxServer(str(shop)) as pbx:
        url = f"{pbx.url}/api/api.php?username=app&password={escaped}&pass=%6d%69sspelt&action=listcalls&x%2Fy=%41%20"
        urlopen(Request(url, f'{{"a":"{in_json}"}}'.encode(), headers)).close()
        text = Control(pbx.url).raw("GET", "/export", as_=form).decode().replace("\\\\", "\\")
    assert "x%2Fy=A%20" in text
    for found in (password, password.capitalize(), escaped, in_json, "c4nary", "misspelt", "%6d%69sspelt"):
        assert found not in text


def test_what_is_not_all_known_is_not_exported(shop: Path) -> None:
    with PbxServer(str(shop)) as pbx:
        pbx.restore(pbx.snapshot())
        with pytest.raises(ControlRefused, match="409 not all that was asked is known: it went back to a snapshot"):
            pbx.ask("GET", "/export")
