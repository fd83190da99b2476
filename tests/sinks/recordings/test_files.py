"""Recordings as files under one root: moved in one step, nothing lost, and each refusal leaves everything as it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.errors import RecordingFolderRefused, RecordingMoveRefused, RecordingUnreadable
from pbxsim.sinks.recordings import files as recording_files
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


# -- moving -------------------------------------------------------------------------------------------------------


def test_an_absolute_folder_lies_under_the_root_and_is_made(sandbox: Sandbox) -> None:
    sandbox.move("/mnt/nas_server/asterisk/2018", "new_record.wav")
    assert (sandbox.root / "mnt/nas_server/asterisk/2018/new_record.wav").read_bytes() == RECORDING
    assert not (sandbox.root / "monitor/call.wav").exists()


def test_a_recording_is_renamed_in_its_folder(sandbox: Sandbox) -> None:
    sandbox.move(file="new_record.wav")
    assert (sandbox.root / "monitor/new_record.wav").read_bytes() == RECORDING
    assert [path.name for path in (sandbox.root / "monitor").iterdir()] == ["new_record.wav"]


def test_a_recording_keeps_its_name_in_another_folder(sandbox: Sandbox) -> None:
    sandbox.move("/mnt/nas")
    assert (sandbox.root / "mnt/nas/call.wav").read_bytes() == RECORDING


@pytest.mark.parametrize("folder", ["", "/", ".", "//", "/./"])
def test_an_empty_folder_is_the_root(sandbox: Sandbox, folder: str) -> None:
    sandbox.move(folder)
    assert (sandbox.root / "call.wav").read_bytes() == RECORDING


@pytest.mark.parametrize("folder", ["mnt/nas", "/mnt/nas", "//mnt//nas//", "./mnt/./nas/.", "mnt/nas/"])
def test_a_folder_may_be_spelt_in_several_ways(sandbox: Sandbox, folder: str) -> None:
    sandbox.move(folder)
    sandbox.move("monitor", source=(folder, "call.wav"))
    assert (sandbox.root / "monitor/call.wav").read_bytes() == RECORDING


@pytest.mark.parametrize("folder", ["monitor", "/monitor/", "./monitor"])
def test_a_move_to_where_it_lies_already_is_no_error_and_loses_nothing(sandbox: Sandbox, folder: str) -> None:
    before = sandbox.state_inside()
    sandbox.move(folder, "call.wav")
    assert sandbox.state_inside() == before


def test_the_file_itself_moves_and_is_not_copied(sandbox: Sandbox) -> None:
    before = (sandbox.root / "monitor/call.wav").stat()
    sandbox.move("/mnt")
    after = (sandbox.root / "mnt/call.wav").stat()
    assert (after.st_ino, after.st_nlink, after.st_mode) == (before.st_ino, 1, before.st_mode)


def test_the_root_itself_may_be_a_link(sandbox: Sandbox) -> None:
    (sandbox.base / "by-another-name").symlink_to("root")
    sandbox.files = RecordingRoot(sandbox.base / "by-another-name")
    sandbox.move("/mnt")
    assert (sandbox.root / "mnt/call.wav").read_bytes() == RECORDING


def test_a_root_stays_the_same_when_the_process_goes_elsewhere(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sandbox.base)
    sandbox.files = RecordingRoot(Path("root"))
    monkeypatch.chdir("/")
    sandbox.move("/mnt")
    assert (sandbox.root / "mnt/call.wav").read_bytes() == RECORDING


# -- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", ["a-file.wav", "monitor", "link", "dangling", "pipe"])
def test_what_has_the_new_name_already_is_never_overwritten(sandbox: Sandbox, taken: str) -> None:
    (sandbox.root / "link").symlink_to("a-file.wav")
    (sandbox.root / "dangling").symlink_to("nowhere")
    os.mkfifo(sandbox.root / "pipe")
    before = sandbox.state_inside()
    with pytest.raises(RecordingMoveRefused) as refusal:
        sandbox.move("/", taken)
    assert refusal.value.filename == f"/{taken}"
    assert sandbox.state_inside() == before


def test_a_second_name_of_the_same_file_is_not_overwritten_either(sandbox: Sandbox) -> None:
    os.link(sandbox.root / "monitor/call.wav", sandbox.root / "monitor/same.wav")
    before = sandbox.state_inside()
    with pytest.raises(RecordingMoveRefused):
        sandbox.move(file="same.wav")
    assert sandbox.state_inside() == before


@pytest.mark.parametrize(("folder", "file"), [("monitor", "gone.wav"), ("gone", "call.wav"), ("a-file.wav", "x")])
def test_a_recording_that_is_not_there_is_unreadable(sandbox: Sandbox, folder: str, file: str) -> None:
    before = sandbox.state_inside()
    with pytest.raises(RecordingUnreadable) as refusal:
        sandbox.move("/mnt/new", source=(folder, file))
    assert refusal.value.filename == f"{folder}/{file}"
    assert sandbox.state_inside() == before


@pytest.mark.parametrize("name", ["folder", "pipe", "socket", "null", "link-to-file"])
def test_what_is_no_regular_file_is_no_recording(sandbox: Sandbox, name: str) -> None:
    sandbox.add_links()
    sandbox.add_things()
    (sandbox.root / "folder").mkdir()
    with pytest.raises(RecordingUnreadable):
        sandbox.move("/mnt", source=("", name))
    assert (sandbox.root / name).lstat()


def test_a_recording_that_may_not_be_read_is_unreadable(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def without_permission(path: str | bytes, flags: int, *args: int, dir_fd: int | None = None) -> int:
        if path == b"call.wav":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *args, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", without_permission)
    with pytest.raises(RecordingUnreadable):
        sandbox.move("/mnt")


def test_without_a_root_nothing_can_be_read(tmp_path: Path) -> None:
    files = RecordingRoot(tmp_path / "none")
    with pytest.raises(RecordingUnreadable):
        files.move(from_folder="", from_file="call.wav", to_folder="", to_file="new.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["a-file.wav", "a-file.wav/new", "monitor/call.wav", "monitor/call.wav/deep/er"])
def test_a_file_in_the_folders_way_refuses_the_folder(sandbox: Sandbox, folder: str) -> None:
    before = sandbox.state_inside()
    with pytest.raises(RecordingFolderRefused):
        sandbox.move(folder)
    assert sandbox.state_inside() == before


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_parent_that_takes_no_folder_refuses_it(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    before = sandbox.state_inside()
    monkeypatch.setattr(os, "mkdir", _refuses(code))
    with pytest.raises(RecordingFolderRefused):
        sandbox.move("/mnt/new")
    assert sandbox.state_inside() == before


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EACCES, errno.EIO])
def test_a_move_that_the_system_refuses_leaves_neither_folders_nor_an_empty_file(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    before = sandbox.state_inside()
    monkeypatch.setattr(os, "rename", _refuses(code))
    with pytest.raises(RecordingMoveRefused) as refusal:
        sandbox.move("/mnt/new/folders/", "new.wav")
    assert refusal.value.filename == "/mnt/new/folders/new.wav"
    assert sandbox.state_inside() == before


def test_a_folder_in_which_no_file_can_be_made_refuses_the_move(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def read_only(path: str | bytes, flags: int, *args: int, dir_fd: int | None = None) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *args, dir_fd=dir_fd)

    before = sandbox.state_inside()
    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(RecordingMoveRefused):
        sandbox.move("/mnt")
    monkeypatch.undo()
    assert sandbox.state_inside() == before


def test_folders_that_were_there_before_stay_when_the_move_fails(sandbox: Sandbox) -> None:
    (sandbox.root / "empty").mkdir()
    with pytest.raises(RecordingMoveRefused):
        sandbox.move("empty/new", "no/name")
    assert list((sandbox.root / "empty").iterdir()) == []


def test_the_recording_is_looked_at_first_then_the_folder_then_the_name(sandbox: Sandbox) -> None:
    with pytest.raises(RecordingUnreadable):
        sandbox.move("../bad", "bad/name", source=("monitor", "gone.wav"))
    with pytest.raises(RecordingFolderRefused):
        sandbox.move("../bad", "bad/name")
    with pytest.raises(RecordingMoveRefused):
        sandbox.move("good", "bad/name")


@pytest.mark.parametrize(
    ("folder", "shown"), [("/mnt/nas", "/mnt/nas/a-file.wav"), ("mnt/", "mnt/a-file.wav"), ("", "a-file.wav")]
)
def test_a_refusal_carries_the_path_as_the_client_gave_it(sandbox: Sandbox, folder: str, shown: str) -> None:
    sandbox.files.place(folder, "a-file.wav", b"taken")
    with pytest.raises(RecordingMoveRefused) as refusal:
        sandbox.move(folder, "a-file.wav")
    assert refusal.value.filename == shown
    with pytest.raises(RecordingUnreadable) as unreadable:
        sandbox.move(source=(folder, "gone.wav"))
    assert unreadable.value.filename == shown.replace("a-file", "gone")


def test_a_system_that_cannot_walk_safely_refuses_everything(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_files, "_CAN_WALK", False)
    before = sandbox.state_inside()
    with pytest.raises(RecordingUnreadable):
        sandbox.move("/mnt")
    with pytest.raises(RecordingFolderRefused):
        sandbox.files.place("/mnt", "new.wav", b"new")
    assert sandbox.state_inside() == before
