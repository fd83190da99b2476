"""Every command and every sample file in README.md is run, as printed, but for the port; and the page stays short."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow  # nearly every one starts processes

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line for language, text in BLOCKS if language == "sh" for line in text.splitlines() if line and line[0] != "#"
]
LAYERS = next((text for language, text in BLOCKS if not language), "")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
YAML = [text for language, text in BLOCKS if language == "yaml"]
LINES = 270
PRINTED_URL = "http://127.0.0.1:8080"


def _environment() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=_environment(), capture_output=True, text=True, timeout=60, check=False
    )


def _serve(*arguments: str, folder: Path = ROOT) -> tuple[subprocess.Popen[str], str]:
    """Start a server and give it with the URL that its banner prints."""
    server = subprocess.Popen(
        [sys.executable, "-m", "pbxsim", "serve", *arguments],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    for line in server.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return server, found.group()
    raise AssertionError("the server ended before it told its address")


def _stop(server: subprocess.Popen[str]) -> int:
    server.terminate()
    assert server.stdout is not None
    server.stdout.read()
    server.stdout.close()
    return server.wait(timeout=30)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server, base = _serve("documented", "--port", "0")
    yield base
    assert _stop(server) == 0


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    (tmp_path / "my-pbx.yaml").write_text(YAML[0], encoding="utf-8")
    return tmp_path


def _starting(word: str) -> list[str]:
    return [command for command in COMMANDS if command.split()[0] == word]


def test_it_is_no_longer_than_a_user_reads() -> None:
    assert len(README.splitlines()) <= LINES


def test_every_fenced_block_is_run_here_but_for_the_one_that_draws_the_layers() -> None:
    assert README.count("```") == 2 * len(BLOCKS)
    assert [text for language, text in BLOCKS if language not in {"sh", "yaml"}] == [LAYERS]


def test_every_command_is_of_a_kind_that_is_run_here() -> None:
    assert {command.split()[0] for command in COMMANDS} == {"curl", "make", "pbxsim"}
    assert len(YAML) == 3


def test_the_layers_are_those_that_are_checked() -> None:
    (contract,) = (one for one in CONTRACTS if one["type"] == "layers")
    drawn = [part.strip().strip("()") for part in LAYERS.replace("\n", " ").split("->")]
    assert drawn == [layer for layer in contract["layers"] if layer != "__main__"]


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"`pbxsim ([a-z]+)", README))))
def test_a_command_in_a_sentence_is_one_that_there_is(verb: str, tmp_path: Path) -> None:
    assert _run(f"pbxsim {verb} --help", tmp_path).returncode == 0


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_a_link_leads_to_a_file(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("text", YAML)
def test_a_sample_file_is_a_pbx_without_fault(text: str, tmp_path: Path) -> None:
    (tmp_path / "sample.yaml").write_text(text, encoding="utf-8")
    done = _run("pbxsim check sample.yaml", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(", no fault\n")


@pytest.mark.parametrize("command", _starting("curl"))
def test_a_curl_line_works_as_printed(command: str, url: str, tmp_path: Path) -> None:
    assert PRINTED_URL in command
    done = _run(command.replace("curl ", "curl --silent --show-error --fail ", 1).replace(PRINTED_URL, url), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    if "/_pbxsim/" in command:
        json.loads(done.stdout)


def test_the_four_vendor_lines_each_place_a_call(url: str, tmp_path: Path) -> None:
    vendor_lines = [line for line in _starting("curl") if "/_pbxsim/" not in line]
    placed: list[str] = []
    for line in vendor_lines:
        before = _calls(url, tmp_path)
        _run(line.replace(PRINTED_URL, url), tmp_path)
        new = [call for call in _calls(url, tmp_path) if call["id"] not in {old["id"] for old in before}]
        assert len(new) == 1, line
        placed.append(new[0]["vendor"])
    assert placed == ["voipsun", "vum", "simotel", "duocom"]


def _calls(url: str, folder: Path) -> list[dict[str, str]]:
    calls: list[dict[str, str]] = json.loads(_run(f"curl -s '{url}/_pbxsim/calls?limit=1000'", folder).stdout)
    return calls


@pytest.mark.parametrize("command", _starting("make"))
def test_a_make_line_names_a_target_that_make_knows(command: str) -> None:
    # make run is `pbxsim serve`, run above; make test is this very run: here only that make would know what to do.
    assert shutil.which("make"), "make is needed to work on pbxsim"
    done = _run(command.replace("make ", "make --dry-run ", 1), ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [line for line in _starting("pbxsim") if " serve" not in line])
def test_a_pbxsim_line_succeeds_as_printed(command: str, sample: Path) -> None:
    done = _run(command, sample)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [line for line in _starting("pbxsim") if " serve" in line])
def test_a_serve_line_starts_a_server(command: str, sample: Path) -> None:
    server, base = _serve(*command.split()[2:], folder=sample)
    try:
        assert _run(f"curl --silent --fail {base}/livez", sample).returncode == 0
    finally:
        assert _stop(server) == 0
