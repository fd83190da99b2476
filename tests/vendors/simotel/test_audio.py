"""Recordings to download: the bytes of the file, under the name that reports and events give, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.call import RecordingWish
from pbxsim.pbx.recording import Recordings
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from tests.vendors.simotel.client import failure
from tests.vendors.simotel.report_client import Reports, record

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    b'<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n'
    b"<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n"
)


class Studio(Reports):
    """The PBX with a folder of recordings, in which one call has been recorded."""

    def __init__(self, root: Path, file: str = "") -> None:
        super().__init__()
        self.recorder = Recorder(RecordingRoot(root))
        self.recorder.attach(self.office.pbx)
        self.office.phones["101"].answers(talks=3)
        self.office.call("100", "101", recording=RecordingWish("kept", file, regardless=True))
        self.office.finish()


@pytest.mark.cites("S312", "R314")
@pytest.mark.parametrize(
    ("file", "record_name", "content_type", "begins"),
    [
        ("", "20231114_1700000000.1.wav", "audio/x-wav", b"RIFF"),
        ("talk.mp3", "20231114_1700000000.1.mp3", "audio/mpeg", b"\xff\xe3"),
    ],
)
def test_the_file_comes_as_it_is_even_if_it_is_being_written(
    tmp_path: Path, file: str, record_name: str, content_type: str, begins: bytes
) -> None:
    studio = Studio(tmp_path, file)
    reply = studio.report("audio/download", file=record_name)
    assert (reply.status, reply.content_type, reply.code, reply.hints) == (200, content_type, "", ())
    (written,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert reply.body == written.read_bytes()
    assert reply.body.startswith(begins)
    (row,) = studio.rows("quick/search")
    assert row["record"] == record_name


@pytest.mark.cites("S312", "R314")
@pytest.mark.parametrize(
    "file",
    [
        "20231114_1700000000.1.mp3",  # it is a WAV file
        "20231113_1700000000.1.wav",
        "20231114_1700000000.2.wav",
        "1700000000.1.wav",
        "kept/1700000000.1.wav",
        "../../etc/passwd",
        "20200921_1600675211.10033.1.mp3",
    ],
)
def test_what_no_record_names_is_the_web_servers_page(tmp_path: Path, file: str) -> None:
    reply = Studio(tmp_path).report("audio/download", file=file)
    assert (reply.status, reply.body) == (404, PAGE)
    assert reply.content_type == "text/html; charset=iso-8859-1"
    assert reply.hints == (f"no record names a recording {file!r}",)


@pytest.mark.cites("R314")
def test_a_file_that_has_gone_is_not_found(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.recorder.close(finish=True)
    (tmp_path / "kept" / "1700000000.1.wav").unlink()
    reply = studio.report("audio/download", file="20231114_1700000000.1.wav")
    assert (reply.status, reply.body) == (404, PAGE)
    assert reply.hints == ("the recording of record 1 is not there",)


@pytest.mark.cites("R314")
def test_it_is_found_by_the_same_name_where_it_was_moved_to(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    moved = Recordings(cdrs=studio.office.archive, files=studio.recorder, bus=studio.office.pbx.events)
    moved.move(1, folder="elsewhere", file="b.wav")
    assert studio.report("audio/download", file="20231114_1700000000.1.wav").status == 200


def test_without_a_folder_of_recordings_nothing_is_found() -> None:
    client = Reports()
    client.keep(record(1, recording_folder="/monitor", recording_file="a.wav"))
    assert client.report("audio/download", file="20230719_1689753660.1.wav").status == 404


@pytest.mark.cites("S312")
@pytest.mark.parametrize("fields", [{}, {"file": ""}, {"file": None}])
def test_the_file_is_required(fields: dict[str, object]) -> None:
    assert Reports().report("audio/download", **fields).body == failure("Field 'file':value is missing")


@given(st.text(max_size=60))
def test_no_name_ever_raises(name: str) -> None:
    reply = Reports().report("audio/download", file=name)
    assert reply.status in (200, 404)
