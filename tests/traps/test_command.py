"""`pbxsim traps` on the command line: the card as text and JSON, and what the process returns."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.cli import Exit, main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = """
name: shop
dialplans: [{name: main}]
extensions: [{internal: "100", dialplan: main}]
vendors: {voipsun: {users: [{username: crm, password: change-me}]}}
"""
CLIENT = """
import os, sys
from urllib.request import Request, urlopen


def ended(url):
    wish = b'{"of": "cdrs", "timeout_seconds": 10}'
    with urlopen(Request(f"{url}/_pbxsim/wait", wish, {"Content-Type": "application/json"})) as reply:
        return b'"met":true' in reply.read()


number, url = os.environ["PBXSIM_NUMBER"], os.environ["PBXSIM_URL"]
query = f"username=crm&password=change-me&action=originate&srcExtenInternalNum=100&dstNum={number}"
said = urlopen(f"{url}/api/api.php?{query}").read()
print("change-me")
sys.exit(__VERDICT__)
"""
ONLY = ("--only", "voipsun/error-with-200", "--only", "voipsun/taken-then-busy")

pytestmark = pytest.mark.slow  # each runs an integration several times


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Give a PBX file."""
    path = tmp_path / "shop.yaml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


@pytest.fixture
def client(tmp_path: Path) -> Callable[[str], list[str]]:
    """Give what makes the option of a command that says yes or no."""

    def option(verdict: str) -> list[str]:
        script = tmp_path / "client.py"
        script.write_text(CLIENT.replace("__VERDICT__", verdict), encoding="utf-8")
        return ["--client", f"{sys.executable} {script}"]

    return option


def test_a_client_that_passes_is_done_and_what_was_not_tried_is_told(
    file: str, client: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["traps", file, *ONLY, *client("b'true' not in said")]) == Exit.DONE
    assert capsys.readouterr().out.splitlines() == [
        "PBX shop, spoken to as voipsun",
        "passed     voipsun/error-with-200              an error has status 200 too, and its success is the text"
        ' "false", which is not empty (S35)',
        'not tried  voipsun/taken-then-busy             success "true" says that the PBX was given the instruction, not'
        " what came of it (R2)",
        f"{'':47}what it knows in the end only --check can tell",
        "S: what the vendor's manual says; R: how pbxsim reads it; README.md in pbxsim/vendors/NAME has all",
        "1 passed, 0 fell in, 1 not tried",
    ]


def test_one_that_falls_in_returns_1_and_no_secret_is_in_the_card(
    file: str, client: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["traps", file, *ONLY, "--json", *client("0")]) == Exit.REFUSED
    card = json.loads(capsys.readouterr().out)
    assert {name: card[name] for name in ("pbx", "vendors", "passed", "fell_in", "not_tried")} == {
        "pbx": "shop",
        "vendors": ["voipsun"],
        "passed": 0,
        "fell_in": 1,
        "not_tried": 1,
    }
    fallen = card["marks"][0]
    assert (fallen["vendor"], fallen["trap"], fallen["statement"]) == ("voipsun", "error-with-200", "S35")
    assert fallen["why"] == (
        "it says that the call was placed (exit 0: ***); voipsun had answered with its error 100: 200"
        ' {"success":"false","errno":"100","reason":"Unauthorized user or bad permissions"}'
    )


@pytest.mark.parametrize(
    "verdict", ["os.environ['PBXSIM_DISPOSITION'] != 'BUSY'", "os.environ['PBXSIM_TRAP'] != 'none'"]
)
def test_a_check_is_a_command_that_is_told_what_came_of_the_calls(
    file: str, client: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str], tmp_path: Path, verdict: str
) -> None:
    check = tmp_path / "check.py"
    check.write_text(f"import os, sys\nsys.exit(os.environ['PBXSIM_TRAP'] != 'none' and {verdict})\n", encoding="utf-8")
    asked = [*ONLY[2:], "--check", f"{sys.executable} {check}", *client("0")]
    assert main(["traps", file, *asked]) == (Exit.DONE if "BUSY" in verdict else Exit.REFUSED)
    assert ("the check says that something is wrong: exit 1" in capsys.readouterr().out) == ("BUSY" not in verdict)


def test_a_client_that_waits_for_the_calls_end_itself_is_tried_while_the_clock_runs(
    file: str, client: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = "b'true' not in said or not ended(url)"
    assert main(["traps", file, *ONLY[:2], "--clock", "600", *client(verdict)]) == Exit.DONE
    assert "1 passed, 0 fell in" in capsys.readouterr().out


WRONG = {
    "no client": ([], Exit.USAGE, "the following arguments are required: --client"),
    "nothing": (
        ["--client", ""],
        Exit.USAGE,
        "pbxsim traps: error: --client: a command, or an address, and not nothing",
    ),
    "a bad quote": (
        ["--client", "true", "--check", "a 'b"],
        Exit.USAGE,
        'error: --check "a \'b": No closing quotation',
    ),
    "no such trap": (
        ["--client", "CLIENT", "--only", "nope"],
        Exit.USAGE,
        "pbxsim traps: error: --only nope: there is no such trap for it; there are voipsun/error-with-200, ",
    ),
    "it fails anyway": (["--client", "false"], Exit.REFUSED, "without any trap it says that it placed no call: exit 1"),
    "not there": (["--client", "no-such-command"], Exit.UNREACHABLE, "no-such-command: No such file or directory"),
    "nobody there": (["--client", "http://127.0.0.1:1/"], Exit.UNREACHABLE, "http://127.0.0.1:1/: Cannot connect"),
}


@pytest.mark.parametrize("why", WRONG)
def test_what_cannot_be_tried_is_told_by_its_exit_code(
    file: str, client: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str], why: str
) -> None:
    arguments, code, told = WRONG[why]
    arguments = [client("0")[1] if word == "CLIENT" else word for word in arguments]
    try:
        came_to = main(["traps", file, *arguments])
    except SystemExit as ended:  # as argparse has it
        came_to = Exit(ended.code)  # type: ignore[arg-type]  # a number, here
    assert came_to == code
    assert told in capsys.readouterr().err


def test_a_pbx_file_that_is_not_sound_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["traps", str(tmp_path / "none.yaml"), "--client", "true"]) == Exit.REFUSED
    assert "none.yaml" in capsys.readouterr().err


def test_ctrl_c_is_told_by_its_exit_code_and_is_no_pass(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = "import os, signal; os.kill(os.getppid(), signal.SIGINT); signal.pause()"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
    try:
        assert main(["traps", file, "--client", f"{sys.executable} -c '{code}'"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "interrupted\n")
