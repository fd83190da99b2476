"""Recordings that a PBX file puts in place: whole or not at all, and no file stays open."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.errors import RecordingFolderRefused, RecordingMoveRefused, RecordingUnreadable
from pbxsim.sinks.recordings.files import RecordingRoot
from tests.sinks.sandbox import RECORDING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from tests.sinks.sandbox import Sandbox


def _refuses(code: int) -> Callable[..., NoReturn]:
    """Give a system call that always fails so; as root, no permission would ever be missing."""

    def refuse(*_args: object, **_options: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return refuse


def test_placing_makes_the_root_and_the_folders(tmp_path: Path) -> None:
    RecordingRoot(tmp_path / "deep" / "root").place("/var/spool/asterisk/monitor", "call.wav", RECORDING)
    assert (tmp_path / "deep/root/var/spool/asterisk/monitor/call.wav").read_bytes() == RECORDING


def test_placing_takes_the_place_of_a_recording_of_that_name(sandbox: Sandbox) -> None:
    sandbox.files.place("monitor", "call.wav", b"as the PBX file says")
    assert (sandbox.root / "monitor/call.wav").read_bytes() == b"as the PBX file says"
    assert [path.name for path in (sandbox.root / "monitor").iterdir()] == ["call.wav"]


@pytest.mark.parametrize("name", ["monitor", "pipe", "link-to-file", "link-dangling"])
def test_placing_replaces_nothing_but_a_file(sandbox: Sandbox, name: str) -> None:
    sandbox.add_links()
    sandbox.add_things()
    inside, outside = sandbox.state_inside(), sandbox.state_outside()
    with pytest.raises(RecordingMoveRefused) as refusal:
        sandbox.files.place("", name, b"new")
    assert refusal.value.filename == name
    assert (sandbox.state_inside(), sandbox.state_outside()) == (inside, outside)


def test_placing_that_fails_half_way_leaves_the_old_recording_whole(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sandbox.state_inside()
    monkeypatch.setattr(os, "rename", _refuses(errno.EIO))
    with pytest.raises(RecordingMoveRefused):
        sandbox.files.place("monitor", "call.wav", b"new")
    with pytest.raises(RecordingMoveRefused):
        sandbox.files.place("brand/new", "call.wav", b"new")
    assert sandbox.state_inside() == before


def test_placing_under_a_root_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RecordingFolderRefused):
        RecordingRoot(tmp_path / "file" / "root").place("", "call.wav", RECORDING)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files are open")
def test_whatever_happens_no_file_stays_open(sandbox: Sandbox) -> None:
    sandbox.add_links()
    before = _open_files()
    bad = (("..", "a"), ("a-file.wav", "b"), ("new", "a/b"), ("/", "a-file.wav"), ("link-outside", "c"))
    for turn in range(20):
        for folder, file in bad:
            with pytest.raises((RecordingFolderRefused, RecordingMoveRefused)):
                sandbox.move(folder, file)
        sandbox.move(f"deep/{turn}/deeper")
        sandbox.move("monitor", source=(f"deep/{turn}/deeper", "call.wav"))
    assert _open_files() == before


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_recording_is_taken_away_and_what_is_not_there_is_no_error(sandbox: Sandbox) -> None:
    sandbox.files.remove("/monitor", "call.wav")
    assert not (sandbox.root / "monitor/call.wav").exists()
    sandbox.files.remove("/monitor", "call.wav")
    sandbox.files.remove("/nowhere", "call.wav")


@pytest.mark.parametrize("name", ["..", "a/b", "", "sub"])
def test_only_a_regular_file_is_taken_away(sandbox: Sandbox, name: str) -> None:
    (sandbox.root / "monitor/sub").mkdir()
    before = sandbox.state_inside()
    with pytest.raises(RecordingUnreadable):
        sandbox.files.remove("monitor", name)
    assert sandbox.state_inside() == before
