"""Which recordings were moved while one PBX lived, and what a reset writes; whole servers are in tests/test_app.py."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.hosting.assemble import assemble
from pbxsim.hosting.recordings_folder import Moves, RecordingsFolder
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import RecordingMoved
from tests.config.paper import built, loaded

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.hosting.assemble import Assembled

PAST = """
cdrs:
  - {id: 7, start: 2026-01-01, src: "1", dst: "2", recording: {folder: /rec, file: a.wav, seconds: 1}}
  - {id: 8, start: 2026-01-01, src: "1", dst: "2"}
"""


def moved() -> list[RecordingMoved]:
    """Move the recordings of two records."""
    cdrs = built(PAST).pbx.cdrs.find(CdrQuery())
    return [RecordingMoved(msgspec.structs.replace(cdr, recording_folder="/b")) for cdr in cdrs]


def test_only_the_files_own_are_remembered() -> None:
    moves = Moves({7})
    for event in moved():
        moves.on_moved(event)
    assert {number: cdr.recording_folder for number, cdr in moves.away.items()} == {7: "/b"}


def test_what_an_earlier_pbx_moved_is_still_away_and_the_earlier_one_learns_nothing_more() -> None:
    first, other = moved()
    before = Moves({7, 8})
    before.on_moved(first)
    after = Moves({7, 8}, before.away)
    after.on_moved(other)
    assert (list(before.away), list(after.away)) == ([7], [7, 8])


def test_a_copy_remembers_for_itself() -> None:
    moves = Moves({7})
    copy.deepcopy(moves).on_moved(moved()[0])
    assert moves.away == {}


def begun(folder: RecordingsFolder) -> Assembled:
    """Have a PBX begin with its recordings in that folder."""
    return assemble(loaded(PAST), clock=Scheduler(0), folder=folder)


def made(tmp_path: Path) -> RecordingsFolder:
    """Give a folder of ours for the recordings of PAST."""
    return RecordingsFolder(tmp_path / "own", loaded(PAST).file, keep=False)


def found(tmp_path: Path) -> dict[str, int]:
    """Give the files below a folder with the number by which the file system knows each."""
    own = tmp_path / "own"
    return {str(file.relative_to(own)): file.stat().st_ino for file in own.rglob("*") if file.is_file()}


def test_a_reset_writes_no_recording_anew_that_lies_there_as_it_was_placed(tmp_path: Path) -> None:
    folder = made(tmp_path)
    begun(folder)
    before = found(tmp_path)
    begun(folder)
    assert found(tmp_path) == before
    assert list(before) == ["rec/a.wav"]


def test_a_reset_puts_back_what_was_moved_and_takes_away_what_was_recorded(tmp_path: Path) -> None:
    folder = made(tmp_path)
    recorder = begun(folder).recorder
    assert recorder is not None
    recorder.move(from_folder="rec", from_file="a.wav", to_folder="other", to_file="b.wav")
    assert list(found(tmp_path)) == ["other/b.wav"]
    begun(folder)
    assert list(found(tmp_path)) == ["rec/a.wav"]


def test_a_reset_puts_back_what_somebody_cleared_up(tmp_path: Path) -> None:
    folder = made(tmp_path)
    begun(folder)
    (tmp_path / "own" / "rec" / "a.wav").unlink()
    begun(folder)
    assert list(found(tmp_path)) == ["rec/a.wav"]


def test_another_file_of_the_pbx_finds_nothing_of_the_earlier_ones_recordings(tmp_path: Path) -> None:
    first = made(tmp_path)
    begun(first)
    other = loaded(PAST.replace("a.wav", "c.wav"))
    folder = RecordingsFolder(tmp_path / "own", other.file, keep=False, before=first)
    assemble(other, clock=Scheduler(0), folder=folder)
    assert list(found(tmp_path)) == ["rec/c.wav"]
