"""CONTRIBUTING.md is one page; every target of make and every path that it names is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TARGETS: Final = sorted(set(re.findall(r"(?:^|`)make ([a-z]+(?:-[a-z]+)*)", PAGE, re.MULTILINE)))
PATHS: Final = sorted(
    {quoted for quoted in re.findall(r"`([\w./-]+)`", PAGE) if "/" in quoted} | set(re.findall(r"\]\(([^)]+)\)", PAGE))
)
LONGEST: Final = 70
"""Lines: more is more than one page."""


def test_it_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= LONGEST


def test_it_tells_how_to_add_each_thing_and_names_each_habit() -> None:
    assert re.findall(r"^\*\*(.+?)\.\*\*", PAGE, re.MULTILINE) == [
        "A vendor",
        "An engine",
        "A control route",
        "A view of the page",
        "An event",
        "A database table",
        "A dependency",
    ]
    named = {"dev", "quick", "check", "test", "bench", "mutants", "fuzz", "lowest", "pythons", "changelog"}
    assert named <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_one_that_make_lists(target: str) -> None:
    assert shutil.which("make"), "make is needed to work on pbxsim"
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert re.search(rf"^  {target} ", listed, re.MULTILINE)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()
