"""Recordings as files that are prepared, written bit by bit, read: whole or not at all, and never outside the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.errors import RecordingFolderRefused, RecordingMoveRefused, RecordingUnreadable
from tests.sinks.hostile_paths import BAD_NAMES, LEADING_OUT, NOT_FOLDERS, THROUGH_LINKS
from tests.sinks.sandbox import RECORDING

if TYPE_CHECKING:
    from typing import BinaryIO

    from tests.sinks.sandbox import Sandbox

HOSTILE = (*LEADING_OUT, *THROUGH_LINKS, *NOT_FOLDERS, *BAD_NAMES)


def _nothing(file: BinaryIO) -> None:
    raise AssertionError("nobody should write here")


def _numbered(paths: tuple[str, ...]) -> list[str]:
    return [f"{index}-{ascii(path)[1:-1][:24]}" for index, path in enumerate(paths)]


@pytest.mark.parametrize("path", HOSTILE, ids=_numbered(HOSTILE))
def test_a_hostile_path_is_neither_prepared_nor_written_nor_read(sandbox: Sandbox, path: str) -> None:
    sandbox.add_links()
    sandbox.add_things()
    inside, outside = sandbox.state_inside(), sandbox.state_outside()
    for file in ("new.wav", "secret.wav"):
        with pytest.raises(RecordingFolderRefused):
            sandbox.files.prepare(path, file)
        with pytest.raises(RecordingFolderRefused):
            sandbox.files.compose(path, file, _nothing)
        with pytest.raises(RecordingUnreadable):
            sandbox.files.open(path, file)
    if path != "a-file.wav":  # no folder, but a good file
        with pytest.raises(RecordingMoveRefused):
            sandbox.files.prepare("", path)
        with pytest.raises(RecordingMoveRefused):
            sandbox.files.compose("", path, _nothing)
        with pytest.raises(RecordingUnreadable):
            sandbox.files.open("", path)
    assert (sandbox.state_inside(), sandbox.state_outside()) == (inside, outside)


def test_preparing_makes_the_folder_and_touches_no_file(sandbox: Sandbox) -> None:
    sandbox.files.prepare("/mnt/nas", "a.wav")
    assert list((sandbox.root / "mnt/nas").iterdir()) == []
    sandbox.files.prepare("monitor", "call.wav")
    assert (sandbox.root / "monitor/call.wav").read_bytes() == RECORDING


def test_a_folder_that_was_made_for_a_name_that_is_none_goes_away_again(sandbox: Sandbox) -> None:
    before = sandbox.state_inside()
    with pytest.raises(RecordingMoveRefused):
        sandbox.files.prepare("/mnt/nas", "no/name")
    assert sandbox.state_inside() == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no"), OSError(28, "No space left on device")])
def test_what_fails_while_it_is_written_leaves_all_as_it_was(sandbox: Sandbox, error: BaseException) -> None:
    def write(file: BinaryIO) -> None:
        file.write(b"half")
        raise error

    before = sandbox.state_inside()
    with pytest.raises(RecordingMoveRefused if isinstance(error, OSError) else type(error)):
        sandbox.files.compose("monitor", "call.wav", write)
    with pytest.raises(RecordingMoveRefused if isinstance(error, OSError) else type(error)):
        sandbox.files.compose("new/folder", "new.wav", write)
    assert sandbox.state_inside() == before


def test_what_is_written_bit_by_bit_is_there_at_once_when_it_is_whole(sandbox: Sandbox) -> None:
    def write(file: BinaryIO) -> None:
        for bit in (b"one", b"two"):
            file.write(bit)
            assert (sandbox.root / "monitor/call.wav").read_bytes() == RECORDING

    sandbox.files.compose("monitor", "call.wav", write)
    assert (sandbox.root / "monitor/call.wav").read_bytes() == b"onetwo"


def test_a_file_that_is_open_can_be_read_while_it_moves(sandbox: Sandbox) -> None:
    with sandbox.files.open("/monitor", "call.wav") as file:
        sandbox.move("/new", "b.wav")
        assert file.read() == RECORDING


@pytest.mark.parametrize("name", ["monitor", "link-to-file", "pipe", "socket", "null", "gone", ""])
def test_only_a_regular_file_is_opened(sandbox: Sandbox, name: str) -> None:
    sandbox.add_links()
    sandbox.add_things()
    with pytest.raises(RecordingUnreadable):
        sandbox.files.open("", name)
