"""The reports about calls, from the call to the reply, and all records in pages of twenty.

Recordings to download: the bytes of the file, under the name that reports and events give, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import RecordingWish
from pbxsim.pbx.recording import Recordings
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from tests.vendors.simotel.client import Client, failure
from tests.vendors.simotel.report_client import ANY_TIME, Reports, record

if TYPE_CHECKING:
    from pathlib import Path

EMPTY_PAGE = b"""\
        "pagination": {
            "start": 0,
            "count": 20,
            "sorting": {
                "starttime": -1
            },
            "total": 0
        },
"""


@pytest.mark.cites("S303")
def test_quick_search_of_nothing_is_this() -> None:
    reply = Reports().report("quick/search", conditions={}, date_range=ANY_TIME, alike="true")
    head = b'{\n    "success": 1,\n    "message": "Requested operation is done successfully",\n    "data": {\n'
    assert reply.body == head + EMPTY_PAGE + b'        "data": []\n    }\n}'
    assert (reply.status, reply.content_type, reply.code, reply.hints) == (200, "application/json", "", ())


@pytest.mark.cites("S303")
def test_cdr_search_of_nothing_is_this() -> None:
    reply = Reports().report("cdr/search", conditions={}, date_range=ANY_TIME, alike="true")
    head = b'{\n    "success": 1,\n    "message": "",\n    "data": {\n'
    tail = b'        "target": "cdr",\n        "useGroupBy": false,\n        "data": []\n    }\n}'
    assert reply.body == head + EMPTY_PAGE + tail


@pytest.mark.cites("S304", "S306", "S307")
def test_an_originated_call_is_in_the_reports_once_it_is_over() -> None:
    client = Client()
    asking = Reports(client.settings, client.office)
    client.office.phones["557"].answers(after=2)
    client.office.phones["552"].answers(after=3, talks=40)
    client.ask(caller_id="Shop <0219>")
    assert asking.rows("quick/search") == []
    client.office.finish()
    (row,) = asking.rows("quick/search")
    assert (row["cuid"], row["src"], row["dst"], row["clid"]) == ("1700000000.1", "557", "552", '"Shop" <0219>')
    assert (row["duration"], row["wait"], row["billsec"]) == (45, 5, 40)
    assert (row["start"], row["answer"]) == ("1402-08-24 01:43:20", "2023-11-15 01:43:25")
    assert row["originated_call_id"] == "orig.call.1700000000.000000"
    assert [step["duration"] for step in row["route"]] == [0.0, 45.0]


@pytest.mark.cites("S308")
def test_all_records_come_in_twenties_each_behind_the_last_id_of_the_one_before() -> None:
    client = Reports()
    client.keep(*(record(number) for number in range(1, 46)))
    pages, last = [], ""
    while (page := client.data("cdr/ordered/id", _id=last))["data"]:
        pages.append([row["sequence"] for row in page["data"]])
        assert page["last_id"] == page["data"][-1]["_id"]
        last = page["last_id"]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert [one for page in pages for one in page] == [str(number) for number in range(1, 46)]


@pytest.mark.cites("S308", "R304")
@pytest.mark.parametrize("fields", [{}, {"_id": ""}, {"_id": None}, {"id_": ""}])
def test_without_an_id_they_come_from_the_beginning(fields: dict[str, object]) -> None:
    client = Reports()
    client.keep(record(4))
    assert [row["sequence"] for row in client.data("cdr/ordered/id", **fields)["data"]] == ["4"]


@pytest.mark.cites("R304")
def test_the_tables_spelling_of_the_id_counts_too() -> None:
    client = Reports()
    client.keep(record(4), record(5))
    first = client.data("cdr/ordered/id")["data"][0]["_id"]
    assert [row["sequence"] for row in client.data("cdr/ordered/id", id_=first)["data"]] == ["5"]


@pytest.mark.cites("S308", "R304")
def test_behind_the_last_record_there_is_nothing_and_the_id_comes_back() -> None:
    client = Reports()
    client.keep(record(4))
    last = client.data("cdr/ordered/id")["last_id"]
    reply = client.report("cdr/ordered/id", _id=last)
    head = b'{\n    "success": 1,\n    "message": "Requested operation is done successfully",\n    "data": {\n'
    assert reply.body == head + b'        "last_id": "%s",\n        "data": []\n    }\n}' % last.encode()


@pytest.mark.cites("R304")
def test_an_id_from_elsewhere_counts_by_its_time() -> None:
    client = Reports()
    client.keep(*(record(number) for number in range(1, 4)))  # they end 12 s after each full minute
    elsewhere = f"{1_689_753_600 + 120:08x}ffffffffffffffff"
    assert [row["sequence"] for row in client.data("cdr/ordered/id", _id=elsewhere)["data"]] == ["2", "3"]
    assert client.data("cdr/ordered/id", _id="f" * 24) == {"last_id": "f" * 24, "data": []}


@pytest.mark.cites("R304")
@pytest.mark.parametrize("text", ["5ddb9e92", "5DDB9E925171CD0429088BAD", "x" * 24, [], {"$oid": ""}])
def test_what_is_no_id_fails(text: object) -> None:
    reply = Reports().report("cdr/ordered/id", _id=text or ["x"])
    assert reply.body == failure("Requested operation failed")


@pytest.mark.cites("S302")
@pytest.mark.parametrize("cuid", ["1689753660.1", "1689753660.2", "9" * 13 + ".1", "x.1", "1689753660", "٣.1"])
def test_a_cuid_finds_its_call_or_nothing(cuid: str) -> None:
    client = Reports()
    client.keep(record(1))
    found = client.rows("quick/search", conditions={"cuid": cuid}, date_range={})
    assert [row["cuid"] for row in found] == [cuid] * (cuid == "1689753660.1")


def test_a_report_is_the_same_on_each_run() -> None:
    bodies = set()
    for _ in range(2):
        client = Reports()
        client.office.phones["564"].answers(after=4, talks=9)
        client.calls_in()
        client.office.advance(600 / 10)
        bodies.add(client.report("quick/search", date_range=ANY_TIME, alike=1).body)
        bodies.add(client.report("queue/search", date_range=ANY_TIME, alike=1).body)
    assert len(bodies) == 2
    assert record(1).end - record(1).start == 12 * SECOND


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


@pytest.mark.slow
@given(st.text(max_size=60))
def test_no_name_ever_raises(name: str) -> None:
    reply = Reports().report("audio/download", file=name)
    assert reply.status in (200, 404)
