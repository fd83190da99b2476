"""Recorded calls: which they are, where the files lie, and that moverecord moves the file of a real call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import RecordingFailed
from tests.sinks.hostile_paths import BAD_NAMES, LEADING_OUT
from tests.sinks.listening import Heard, of
from tests.vendors.voipsun.built_in import BuiltIn
from tests.vendors.voipsun.client import SUCCESS, documented_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pbxsim.pbx.cdr import Cdr

HOME = "/var/spool/asterisk/monitor"
TALK_OF_20 = "990103020"


@pytest.fixture
def pbx(tmp_path: Path) -> Iterator[BuiltIn]:
    """Give the PBX `documented`, whose extension 100 records."""
    built = BuiltIn("documented", tmp_path / "recordings")
    yield built
    built.recorder.close(finish=True)


def _call(pbx: BuiltIn, action: str = "originate", **params: str) -> Cdr:
    """Have a call placed and run to its end; give its record, its file written."""
    assert pbx.ask(action, **params).body == SUCCESS
    pbx.advance(300)
    pbx.recorder.close(finish=True)
    *_, cdr = pbx.pbx.cdrs.find(CdrQuery())
    assert not pbx.pbx.calls.live
    return cdr


def _files(pbx: BuiltIn) -> dict[str, bytes]:
    return {f"/{path.relative_to(pbx.root)}": path.read_bytes() for path in pbx.root.rglob("*") if path.is_file()}


@pytest.mark.cites("S8", "R39")
def test_the_file_lies_where_the_request_says_and_holds_both_parties(pbx: BuiltIn) -> None:
    where = {"monitorPath": "/mnt/nas", "monitorFilename": "hovor.wav", "monitorType": "mixmonitor"}
    cdr = _call(pbx, srcExtenInternalNum="100", dstNum=TALK_OF_20, **where)

    assert (cdr.recording_folder, cdr.recording_file, cdr.talked) == ("/mnt/nas", "hovor.wav", 20)
    assert list(_files(pbx)) == ["/mnt/nas/hovor.wav"]
    heard = Heard(_files(pbx)["/mnt/nas/hovor.wav"])
    assert (heard.seconds, heard.channels) == (20, 2)
    assert heard.voices(3, 4) == of("100", TALK_OF_20)


@pytest.mark.cites("R39")
@pytest.mark.parametrize(
    ("wish", "place"),
    [
        ({}, "{home}/{unique}.wav"),
        ({"monitorPath": "/mnt/nas"}, "/mnt/nas/{unique}.wav"),
        ({"monitorFilename": "hovor.wav"}, "{home}/hovor.wav"),
        ({"monitorFilename": "hovor.mp3"}, "{home}/hovor.mp3"),
        ({"monitorFilename": "hovor"}, "{home}/hovor"),
    ],
)
def test_what_the_request_does_not_say_is_asterisks_folder_and_the_unique_id(
    pbx: BuiltIn, wish: dict[str, str], place: str
) -> None:
    cdr = _call(pbx, srcExtenInternalNum="100", dstNum=TALK_OF_20, **wish)
    at = place.format(home=HOME, unique=cdr.unique_id)
    assert f"{cdr.recording_folder}/{cdr.recording_file}" == at
    ((file, content),) = _files(pbx).items()
    assert file == at
    assert content.startswith(b"RIFF") is not at.endswith(".mp3")
    assert Heard(content).frames == 20 * 8_000


@pytest.mark.cites("R40")
def test_monitor_and_mixmonitor_leave_the_same_one_file(tmp_path: Path) -> None:
    left = []
    for application in ("monitor", "mixmonitor"):
        pbx = BuiltIn("documented", tmp_path / application)
        _call(pbx, srcExtenInternalNum="100", dstNum=TALK_OF_20, monitorType=application)
        left.append(_files(pbx))
    assert left[0] == left[1]
    assert len(left[0]) == 1


@pytest.mark.cites("S8", "R39")
def test_a_line_whose_recording_is_off_leaves_no_file(pbx: BuiltIn) -> None:
    cdr = _call(pbx, srcExtenInternalNum="102", dstNum=TALK_OF_20, monitorFilename="hovor.wav")
    assert (cdr.recording_folder, cdr.recording_file, _files(pbx)) == ("", "", {})


@pytest.mark.cites("R39")
def test_a_call_to_a_line_whose_recording_is_on_is_recorded(pbx: BuiltIn) -> None:
    cdr = _call(pbx, srcExtenInternalNum="102", dstNum="100")
    assert Heard(_files(pbx)[f"{HOME}/{cdr.unique_id}.wav"]).voices(1, 2) == of("102", "100")


@pytest.mark.cites("R39")
@pytest.mark.parametrize(("context", "recorded"), [("pospojeni", []), ("na-linku", ["/mnt/nas/d.wav"])])
def test_a_call_sent_into_a_context_is_recorded_where_a_line_that_records_answers(
    tmp_path: Path, context: str, recorded: list[str]
) -> None:
    to_the_line = '  - {name: na-linku, dialplan: voipsun, entries: {s: {extension: "100"}}}'
    pbx = BuiltIn("documented", tmp_path / "recordings", also={"contexts:": to_the_line})
    where = {"monitorPath": "/mnt/nas", "monitorFilename": "d.wav"}
    cdr = _call(pbx, "dial", dstNum="990103000", outrouteName="odchozi", context=context, **where)
    assert cdr.disposition.value == "ANSWERED"
    assert list(_files(pbx)) == recorded


@pytest.mark.cites("R39")
def test_a_listeners_own_call_is_never_recorded(pbx: BuiltIn) -> None:
    pbx.ask("originate", srcExtenInternalNum="102", dstNum=TALK_OF_20)
    pbx.advance(8)
    cdr = _call(pbx, "spying", srcExtenInternalNum="100", dstExtenInternalNum="102")
    assert [record.recording_file for record in pbx.pbx.cdrs.find(CdrQuery()) if record.id > 10000] == ["", ""]
    assert cdr.id == 10002


@pytest.mark.cites("S34")
def test_moverecord_moves_the_recording_of_a_real_call(pbx: BuiltIn) -> None:
    cdr = _call(pbx, srcExtenInternalNum="100", dstNum=TALK_OF_20, monitorFilename="hovor.wav")
    ((was, content),) = _files(pbx).items()
    assert was == f"{HOME}/hovor.wav"

    assert pbx.ask("moverecord", cdrId=str(cdr.id), path="/mnt/nas/2026", filename="b.wav").body == SUCCESS

    assert _files(pbx) == {"/mnt/nas/2026/b.wav": content}
    moved = pbx.pbx.cdrs.get(cdr.id)
    assert (moved.recording_folder, moved.recording_file) == ("/mnt/nas/2026", "b.wav")


@pytest.mark.cites("S34", "S46")
def test_moverecord_waits_for_a_recording_that_is_being_written(pbx: BuiltIn) -> None:
    assert pbx.ask("originate", srcExtenInternalNum="100", dstNum="990103000").body == SUCCESS
    pbx.advance(36)
    (cdr,) = pbx.pbx.cdrs.find(CdrQuery(call=1))
    assert (cdr.talked, cdr.billsec) == (30, 33)

    assert pbx.ask("moverecord", cdrId=str(cdr.id), path="/new").body == SUCCESS
    assert [(name, len(content)) for name, content in _files(pbx).items()] == [
        (f"/new/{cdr.unique_id}.wav", 44 + cdr.talked * 32_000)
    ]
    assert pbx.ask("moverecord", cdrId=str(cdr.id + 1), path="/new").body == documented_error(800)


@pytest.mark.cites("R41")
@pytest.mark.parametrize("parameter", ["monitorPath", "monitorFilename"])
def test_a_place_outside_is_no_error_of_the_request_and_takes_nothing_there(pbx: BuiltIn, parameter: str) -> None:
    before = sorted(pbx.root.parent.iterdir())
    told: list[RecordingFailed] = []
    pbx.pbx.events.subscribe(RecordingFailed, told.append)
    paths = [path for path in (*LEADING_OUT, *BAD_NAMES) if path.isprintable() and len(path) < 300]
    for path in paths:
        cdr = _call(pbx, srcExtenInternalNum="100", dstNum="990100002", **{parameter: path})
        assert (cdr.disposition.value, cdr.recording_folder, cdr.recording_file) == ("ANSWERED", "", "")
    assert len(told) == len(paths) > 30
    assert _files(pbx) == {}
    assert sorted(pbx.root.parent.iterdir()) in (before, [*before, pbx.root])


@pytest.mark.cites("S8", "R39")
def test_the_same_requests_leave_the_same_bytes(tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        pbx = BuiltIn("documented", tmp_path / name)
        for number in (TALK_OF_20, "990100007", "102"):
            _call(pbx, srcExtenInternalNum="100", dstNum=number)
        runs.append(_files(pbx))
    assert runs[0] == runs[1]
    assert len(runs[0]) == 3
