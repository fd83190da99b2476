"""What holds for all tests: whatever a server keeps goes into a folder of this run, never into the user's own.

At the end, tests that should be marked `slow` are named.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Final

import pytest
from hypothesis import settings

from tests.durations import unmarked

_VARIABLE: Final = "XDG_DATA_HOME"  # where a store is that nobody gave a place: see sinks/store/location.py
_folder = pytest.StashKey[str]()

settings.register_profile("untimed", deadline=None)  # a machine that stops for a second is no fault of the code
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Give servers that tests start a data folder of their own. Workers of pytest-xdist inherit it."""
    if not hasattr(config, "workerinput"):
        config.stash[_folder] = os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="pbxsim-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    if _folder in config.stash:
        shutil.rmtree(config.stash[_folder], ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that are slow and not marked so."""
    reports = [one for some in terminalreporter.stats.values() for one in some if isinstance(one, pytest.TestReport)]
    for line in unmarked(reports):
        terminalreporter.write_line(line, yellow=True)
