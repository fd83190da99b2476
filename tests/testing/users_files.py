"""A new user's suite (users_suite/), laid out as the user has it; and a pytest that has the plugin."""

from __future__ import annotations

import shutil
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

SUITE: Final = Path(__file__).parent / "users_suite"
CASES: Final = 15

WAYS: Final = (("-n", "0"), ("-n", "4"), ("-n", "4", "--pbxsim-shared"))
"""How pytest is run with it: in one process; in four, with a server each; in four, with one server for all."""


def plugin() -> tuple[str, ...]:
    """Give the options with which pytest has the plugin also where pbxsim is not installed."""
    return () if entry_points(group="pytest11", name="pbxsim") else ("-p", "pbxsim.testing.pytest_plugin")


def lay_out(folder: Path) -> None:
    """Write the user's suite into a folder, under the names that pytest looks for."""
    for ours, theirs in (("users_conftest.py", "conftest.py"), ("users_cases.py", "test_shop.py")):
        shutil.copy(SUITE / ours, folder / theirs)
    shutil.copy(SUITE / "shop.yaml", folder / "shop.yaml")
    folder.joinpath("pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n", "utf-8")
