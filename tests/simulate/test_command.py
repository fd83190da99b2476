"""The command line of `pbxsim simulate`: lengths, exit codes, the bar that only a terminal sees."""

from __future__ import annotations

import argparse
import io
from typing import TYPE_CHECKING

import pytest

from pbxsim.cli import main
from pbxsim.clock.instant import HOUR, MINUTE, SECOND
from pbxsim.simulate.command import ProgressBar, span
from tests.simulate.shop import SHOP

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        """Tell that it is one."""
        return True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8h", 8 * HOUR),
        ("90m", 90 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("45s", 45 * SECOND),
        ("2d", 48 * HOUR),
        ("366d", 366 * 24 * HOUR),
    ],
)
def test_a_length_of_time_is_read(text: str, expected: int) -> None:
    assert span(text) == expected


@pytest.mark.parametrize("text", ["", "8", "0h", "h", "-1h", "1.5h", "8 h", "30m1h", "367d", "1h\n", "٣h"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="as 8h, 90m, 1h30m"):
        span(text)


def test_the_command_prints_the_summary_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, cdr = tmp_path / "shop.yaml", tmp_path / "cdr.csv"
    path.write_text(SHOP, encoding="utf-8")
    assert main(["simulate", str(path), "--calls", "20", "--cdr", str(cdr), "--seed", "3"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "calls: 20 placed" in told.out
    assert "seed 3" in told.out
    assert len(cdr.read_text(encoding="utf-8").splitlines()) == 21


def test_refused_input_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(tmp_path / "nowhere.yaml"), "--calls", "1"]) == 1
    assert main(["simulate", "documented", "--for", "1h"]) == 1
    told = capsys.readouterr().err
    assert "documented: traffic: nobody calls there" in told
    assert told.endswith('\ntraffic:\n  - to: "299299000"  # a public number of the PBX\n    per_hour: 60\n')


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--for", "soon"],
        ["--calls", "0"],
        ["--calls", "9" * 5000],
        ["--for", "1h", "--calls", "3"],
        ["--for", "1h", "--seed", "-1"],
    ],
)
def test_wrong_usage_ends_with_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "call-centre", *options])
    assert ended.value.code == 2
    assert "usage: pbxsim simulate" in capsys.readouterr().err


def test_a_terminal_sees_how_far_it_is_and_a_clean_line_at_the_end() -> None:
    terminal = Terminal()
    bar = ProgressBar(terminal)
    for share in (0.0, 0.005, 0.5, 1.0):
        bar(share)
    empty, half = "." * 50, "#" * 25 + "." * 25
    assert terminal.getvalue() == f"\r[{empty}]   0 %\r[{half}]  50 %\r\x1b[K"


def test_elsewhere_there_is_no_bar() -> None:
    stream = io.StringIO()
    ProgressBar(stream)(0.5)
    assert stream.getvalue() == ""
