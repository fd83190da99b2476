"""Where stores are when nobody says where."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from pbxsim.sinks.store.location import default_place, scratch_place
from pbxsim.sinks.store.lock import FileLock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a home of our own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "folder"),
    [("linux", ".local/share"), ("darwin", "Library/Application Support"), ("win32", "Local")],
)
def test_a_server_has_a_file_for_its_port_where_the_system_keeps_data(
    platform: str, folder: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert default_place(8080) == home / folder / "pbxsim" / "pbxsim-8080.sqlite3"
    assert (home / folder / "pbxsim").is_dir()


def test_the_data_folder_may_be_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    assert default_place(1) == home / "data" / "pbxsim" / "pbxsim-1.sqlite3"


def test_where_no_data_folder_can_be_made_a_temporary_one_is_and_it_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "file").write_text("in the way")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "file"))
    with caplog.at_level(logging.WARNING):
        place = default_place(1)
    assert place.parent.is_dir()
    assert "cannot be used" in caplog.text
    place.parent.rmdir()


def test_a_scratch_file_is_fresh_and_those_of_runs_that_are_no_more_go(home: Path) -> None:
    folder = default_place(1).parent
    for name in ("run-1-1.sqlite3", "run-1-1.sqlite3-wal", "run-2-1.sqlite3", "run-notes.sqlite3", "pbxsim-1.sqlite3"):
        (folder / name).write_bytes(b"x")
    with FileLock(folder / "run-2-1.sqlite3"):
        place = scratch_place()
    assert place.is_scratch
    assert place.file == folder / f"run-{os.getpid()}-1.sqlite3"
    assert not place.file.exists()
    left = sorted(one.name for one in folder.iterdir())
    assert left == ["pbxsim-1.sqlite3", "run-2-1.sqlite3", "run-2-1.sqlite3.lock", "run-notes.sqlite3"]


def test_two_scratch_files_of_one_process_differ() -> None:
    first = scratch_place()
    assert first.file is not None
    with FileLock(first.file):
        assert scratch_place().file != first.file
