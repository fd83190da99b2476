"""Recorded calls: an MP3 for each, named by the call's reference under the civil day of its request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.events import RecordingFailed
from pbxsim.sinks.recordings import formats
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from tests.sinks.listening import Heard, of
from tests.vendors.duocom.client import Client

if TYPE_CHECKING:
    from pathlib import Path

FILE = "duocom/666111666/2023-11-14/53010203.mp3"


def _recorded(client: Client, root: Path, **fields: str) -> dict[str, bytes]:
    """Have a call made and run to its end; give the files that there are then."""
    recorder = Recorder(RecordingRoot(root))
    recorder.attach(client.office.pbx)
    assert client.ask(llamante="990105000", llamado="990107020", **fields) == b"1\n53010203\n"
    client.office.finish()
    recorder.close(finish=True)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.cites("S7", "R17")
def test_a_recording_is_an_mp3_named_by_the_calls_reference(tmp_path: Path) -> None:
    client = Client()
    files = _recorded(client, tmp_path, grabar="1")
    (cdr,) = client.office.cdrs()
    assert list(files) == [FILE] == [f"{cdr.recording_folder}/{cdr.recording_file}"]
    assert files[FILE][:2] == b"\xff\xe3"
    heard = Heard(files[FILE])
    assert (heard.frames, heard.channels) == (cdr.billsec * 8_000, 2) == (20 * 8_000, 2)
    assert heard.voices(1, 2) == of("990105000", "990107020")


@pytest.mark.cites("S7")
def test_without_grabar_nothing_is_recorded(tmp_path: Path) -> None:
    client = Client()
    assert _recorded(client, tmp_path) == {}
    assert [cdr.recording_file for cdr in client.office.cdrs()] == [""]


@pytest.mark.cites("R17")
def test_without_the_encoder_the_call_goes_ahead_and_the_journal_can_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    client = Client()
    assert _recorded(client, tmp_path, grabar="1") == {}
    (cdr,) = client.office.cdrs()
    assert (cdr.billsec, cdr.recording_file) == (20, "")
    (failure,) = [event for event in client.office.heard if isinstance(event, RecordingFailed)]
    assert "pip install 'pbxsim[mp3]'" in failure.reason
