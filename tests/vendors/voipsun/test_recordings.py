"""moverecord: recordings that really move, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vendors.voipsun.built_in import BuiltIn
from tests.vendors.voipsun.client import SUCCESS, documented_error

if TYPE_CHECKING:
    from pathlib import Path

HOME = "/var/spool/asterisk/monitor/2018"
TARGET = "/mnt/nas_server/asterisk/2018"


@pytest.fixture
def pbx(tmp_path: Path) -> BuiltIn:
    """Give the PBX `documented`, whose record 10000 has a recording."""
    built = BuiltIn("documented", tmp_path / "recordings")
    built.place_recordings()
    return built


def _files(pbx: BuiltIn) -> dict[str, bytes]:
    return {f"/{path.relative_to(pbx.root)}": path.read_bytes() for path in pbx.root.rglob("*") if path.is_file()}


def _reference(pbx: BuiltIn) -> str:
    record = pbx.pbx.cdrs.get(10000)
    return f"{record.recording_folder}/{record.recording_file}"


@pytest.mark.cites("S34")
@pytest.mark.parametrize(
    ("example", "now_at"),
    [
        ("24-moverecord-path-and-filename", f"{TARGET}/new_record.wav"),
        ("25-moverecord-path", f"{TARGET}/record.wav"),
        ("26-moverecord-filename", f"{HOME}/new_record.wav"),
    ],
)
def test_the_file_is_moved_and_the_record_knows_it(pbx: BuiltIn, example: str, now_at: str) -> None:
    ((was_at, content),) = _files(pbx).items()
    assert was_at == f"{HOME}/record.wav"

    assert pbx.replay(example).body == SUCCESS

    assert _files(pbx) == {now_at: content}
    assert _reference(pbx) == now_at


@pytest.mark.cites("S34")
def test_it_can_be_moved_again_from_where_it_is_then(pbx: BuiltIn) -> None:
    for example in ("24-moverecord-path-and-filename", "25-moverecord-path", "26-moverecord-filename"):
        assert pbx.replay(example).body == SUCCESS
    assert pbx.ask("moverecord", cdrId="10000", path=HOME, filename="record.wav").body == SUCCESS

    assert list(_files(pbx)) == [f"{HOME}/record.wav"]


@pytest.mark.cites("S46", "R11")
@pytest.mark.parametrize("cdr_id", ["10001", "0", "abc", "-10000", "10000.0", "1 OR 1=1", "99999999999999999999"])
def test_a_record_that_is_not_there_is_not_found(pbx: BuiltIn, cdr_id: str) -> None:
    assert pbx.ask("moverecord", cdrId=cdr_id, path="/x").body == documented_error(800)


@pytest.mark.cites("S46")
def test_a_record_without_a_recording_has_none_to_move(pbx: BuiltIn) -> None:
    pbx.ask("originate", srcExtenInternalNum="102", dstNum="800123456")
    pbx.advance(120)

    assert pbx.ask("moverecord", cdrId="10001", path="/x").body == documented_error(801)


@pytest.mark.cites("S46", "R34")
def test_a_recording_that_is_not_where_the_record_says_is_named(tmp_path: Path) -> None:
    pbx = BuiltIn("documented", tmp_path)

    reply = pbx.replay("24-moverecord-path-and-filename")

    assert reply.body == documented_error(811, FILENAME=f"{HOME}/record.wav")


@pytest.mark.cites("S46")
@pytest.mark.parametrize("path", ["/mnt/taken/2018", "/mnt/taken", "/mnt/../../etc", ".."])
def test_a_folder_that_cannot_be_made_is_refused(pbx: BuiltIn, path: str) -> None:
    pbx.files.place("/mnt", "taken", b"a file where a folder should be")
    before = _files(pbx)

    assert pbx.ask("moverecord", cdrId="10000", path=path).body == documented_error(810)

    assert _files(pbx) == before
    assert _reference(pbx) == f"{HOME}/record.wav"


@pytest.mark.cites("S46", "R34")
@pytest.mark.parametrize("filename", ["taken.wav", "..", "a/b.wav", "../record.wav"])
def test_a_name_that_cannot_be_taken_is_refused_and_named(pbx: BuiltIn, filename: str) -> None:
    pbx.files.place(TARGET, "taken.wav", b"somebody else's")
    before = _files(pbx)

    reply = pbx.ask("moverecord", cdrId="10000", path=TARGET, filename=filename)

    assert reply.body == documented_error(812, **{"NEW FILENAME": f"{TARGET}/{filename}"})
    assert _files(pbx) == before
    assert _reference(pbx) == f"{HOME}/record.wav"


@pytest.mark.cites("R3")
def test_a_missing_recording_is_told_before_a_bad_folder_and_that_before_a_bad_name(tmp_path: Path) -> None:
    pbx = BuiltIn("documented", tmp_path)
    wrong = {"path": "..", "filename": ".."}

    assert pbx.ask("moverecord", cdrId="1", **wrong).code == "800"
    assert pbx.ask("moverecord", cdrId="10000", **wrong).code == "811"
    pbx.place_recordings()
    assert pbx.ask("moverecord", cdrId="10000", **wrong).code == "810"
    assert pbx.ask("moverecord", cdrId="10000", path=TARGET, filename="..").code == "812"
