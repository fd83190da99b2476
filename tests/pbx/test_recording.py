"""Recordings: moving one moves the file first and the record's reference after, or neither."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.call import CallKind, RecordingWish
from pbxsim.pbx.errors import (
    CdrNotFound,
    NoRecording,
    PbxError,
    RecordingFolderRefused,
    RecordingMoveRefused,
    RecordingUnreadable,
)
from pbxsim.pbx.events import RecordingFailed, RecordingMoved
from pbxsim.pbx.recording import HOME, Recordings
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import Office, extension
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


class RecordStore:
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
def record_store() -> RecordStore:
    return RecordStore()


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
    record_store: RecordStore, folder: str | None, file: str | None, place: tuple[str, str]
) -> None:
    record_store.recordings.move(3, folder=folder, file=file)
    assert record_store.files.moves == [("/in", "a.wav", *place)]
    assert record_store.place() == place
    assert [event.cdr for event in record_store.told] == [record_store.archive.get(3)]


def test_a_second_move_starts_where_the_first_ended(record_store: RecordStore) -> None:
    record_store.recordings.move(3, folder="/out", file="b.wav")
    record_store.recordings.move(3, folder=None, file="c.wav")
    assert record_store.files.moves[1] == ("/out", "b.wav", "/out", "c.wav")


@pytest.mark.parametrize("refusal", [RecordingFolderRefused(), RecordingMoveRefused("b.wav")], ids=str)
def test_a_move_that_is_refused_leaves_the_record_as_it_was(record_store: RecordStore, refusal: PbxError) -> None:
    record_store.files.refusal = refusal
    with pytest.raises(type(refusal)):
        record_store.recordings.move(3, folder="/out", file="b.wav")
    assert record_store.place() == ("/in", "a.wav")
    assert record_store.told == []


def test_what_was_not_recorded_cannot_be_moved(record_store: RecordStore) -> None:
    with pytest.raises(NoRecording):
        record_store.recordings.move(4, folder="/out", file="b.wav")
    with pytest.raises(CdrNotFound):
        record_store.recordings.move(5, folder="/out", file="b.wav")
    assert record_store.files.moves == []


# -- which calls are recorded, and what their files are called ----------------------------------------------------


class Notes:
    """A recorder that only notes what it is asked for; `refusal` is what it meets that with."""

    def __init__(self, refusal: PbxError | None = None) -> None:
        self.prepared: list[tuple[str, str]] = []
        self._refusal = refusal

    def hear(self, source: object) -> None:
        raise AssertionError("nobody says anything here")

    def prepare(self, folder: str, file: str) -> None:
        """Note the place."""
        self.prepared.append((folder, file))
        if self._refusal is not None:
            raise self._refusal


def _office(recorder: Notes | None) -> Office:
    recording = extension("100")
    recording.records = True
    office = Office(recording, extension("102"), extension("103"))
    office.pbx.calls.recorder = recorder
    return office


def _place(office: Office, first: str, second: str, wish: RecordingWish | None = None) -> tuple[str, str]:
    """Connect two for two seconds; give what the call's record names."""
    call = office.call(first, second, recording=wish, talk_limit=2 * SECOND)
    office.finish()
    record = office.cdr(call)
    return record.recording_folder, record.recording_file


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        (None, (HOME, "1700000000.1.wav")),
        (RecordingWish(), (HOME, "1700000000.1.wav")),
        (RecordingWish("/mnt"), ("/mnt", "1700000000.1.wav")),
        (RecordingWish("", "a.wav"), (HOME, "a.wav")),
        (RecordingWish("..", "../a"), ("..", "../a")),
    ],
)
def test_a_file_is_called_what_the_order_says_else_by_the_calls_unique_id(
    wish: RecordingWish | None, place: tuple[str, str]
) -> None:
    notes = Notes()
    assert _place(_office(notes), "100", "102", wish) == place
    assert notes.prepared == [place]


@pytest.mark.parametrize(
    ("first", "second", "wish", "is_recorded"),
    [
        ("100", "102", None, True),
        ("102", "100", None, True),
        ("102", "103", None, False),
        ("102", "103", RecordingWish("a", "b.wav"), False),
        ("102", "103", RecordingWish(regardless=True), True),
        ("100", "990100000", None, True),
    ],
)
def test_a_call_is_recorded_where_a_partys_extension_records_or_it_is_asked_for_regardless(
    first: str, second: str, wish: RecordingWish | None, is_recorded: bool
) -> None:
    notes = Notes()
    assert bool(_place(_office(notes), first, second, wish)[1]) is bool(notes.prepared) is is_recorded


def test_where_nobody_records_no_record_names_a_recording() -> None:
    assert _place(_office(None), "100", "102", RecordingWish("a", "b.wav", regardless=True)) == ("", "")


def test_a_spys_own_call_is_not_recorded() -> None:
    notes = Notes()
    office = _office(notes)
    talk = office.call("102", "103", talk_limit=9 * SECOND)
    office.call("100", kind=CallKind.SPY, spied_channel=talk.legs[0])
    office.finish()
    assert notes.prepared == []


@pytest.mark.parametrize("refusal", [RecordingFolderRefused(), RecordingMoveRefused("/mnt/a.wav")])
def test_a_place_that_is_refused_is_told_and_the_call_ends_as_ever(refusal: PbxError) -> None:
    refusal.__cause__ = OSError(28, "No space left on device")
    office = _office(Notes(refusal))
    assert _place(office, "100", "102", RecordingWish("/mnt", "a.wav")) == ("", "")
    (failure,) = [event for event in office.heard if isinstance(event, RecordingFailed)]
    assert (failure.call, failure.folder, failure.file) == (1, "/mnt", "a.wav")
    assert failure.reason == "No space left on device"
    assert office.cdrs()[0].billsec == 2
    assert office.pbx.events.failures == []


class Reader:
    """Files that can be read: each says where it lies."""

    def read(self, folder: str, file: str) -> bytes:
        """Give its place."""
        return f"{folder} {file}".encode()


def test_a_recording_is_read_from_where_its_record_says(record_store: RecordStore) -> None:
    record_store.recordings.reader = Reader()
    assert record_store.recordings.content(record_store.archive.get(3)) == b"/in a.wav"


def test_what_was_not_recorded_or_cannot_be_read_has_no_content(record_store: RecordStore) -> None:
    with pytest.raises(RecordingUnreadable):
        record_store.recordings.content(record_store.archive.get(3))
    with pytest.raises(NoRecording):
        record_store.recordings.content(record_store.archive.get(4))
