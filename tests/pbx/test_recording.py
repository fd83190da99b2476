"""Recordings: moving one moves the file first and the record's reference after, or neither."""

from __future__ import annotations

import pytest

from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.errors import CdrNotFound, NoRecording, PbxError, RecordingFolderRefused, RecordingMoveRefused
from pbxsim.pbx.events import RecordingMoved
from pbxsim.pbx.recording import Recordings
from pbxsim.sinks.cdr_memory import CdrMemory
from tests.pbx.records import like


class Files:
    """Files that are only noted; `refusal` is what the next move meets."""

    def __init__(self) -> None:
        self.moves: list[tuple[str, str, str, str]] = []
        self.refusal: PbxError | None = None

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Note the move."""
        if self.refusal is not None:
            raise self.refusal
        self.moves.append((from_folder, from_file, to_folder, to_file))


class Shelf:
    """The parts around `Recordings`, with one record that names a recording and one that does not."""

    def __init__(self) -> None:
        self.files = Files()
        self.archive = CdrMemory([like(recording_folder="/in", recording_file="a.wav"), like(id=4)])
        self.told: list[RecordingMoved] = []
        bus = EventBus()
        bus.subscribe(RecordingMoved, self.told.append)
        self.recordings = Recordings(cdrs=self.archive, files=self.files, bus=bus)

    def place(self) -> tuple[str, str]:
        """Tell where the record says the recording lies."""
        record = self.archive.get(3)
        return record.recording_folder, record.recording_file


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.mark.parametrize(
    ("folder", "file", "place"),
    [
        ("/out", "b.wav", ("/out", "b.wav")),
        ("/out", None, ("/out", "a.wav")),
        (None, "b.wav", ("/in", "b.wav")),
        (None, None, ("/in", "a.wav")),
        ("", "b.wav", ("", "b.wav")),
    ],
)
def test_the_record_follows_the_file(
    shelf: Shelf, folder: str | None, file: str | None, place: tuple[str, str]
) -> None:
    shelf.recordings.move(3, folder=folder, file=file)
    assert shelf.files.moves == [("/in", "a.wav", *place)]
    assert shelf.place() == place
    assert [event.cdr for event in shelf.told] == [shelf.archive.get(3)]


def test_a_second_move_starts_where_the_first_ended(shelf: Shelf) -> None:
    shelf.recordings.move(3, folder="/out", file="b.wav")
    shelf.recordings.move(3, folder=None, file="c.wav")
    assert shelf.files.moves[1] == ("/out", "b.wav", "/out", "c.wav")


@pytest.mark.parametrize("refusal", [RecordingFolderRefused(), RecordingMoveRefused("b.wav")], ids=str)
def test_a_move_that_is_refused_leaves_the_record_as_it_was(shelf: Shelf, refusal: PbxError) -> None:
    shelf.files.refusal = refusal
    with pytest.raises(type(refusal)):
        shelf.recordings.move(3, folder="/out", file="b.wav")
    assert shelf.place() == ("/in", "a.wav")
    assert shelf.told == []


def test_what_was_not_recorded_cannot_be_moved(shelf: Shelf) -> None:
    with pytest.raises(NoRecording):
        shelf.recordings.move(4, folder="/out", file="b.wav")
    with pytest.raises(CdrNotFound):
        shelf.recordings.move(5, folder="/out", file="b.wav")
    assert shelf.files.moves == []
