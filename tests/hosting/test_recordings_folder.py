"""Which recordings were moved while one PBX lived; what becomes of the folder is in tests/test_app.py."""

from __future__ import annotations

import copy

import msgspec

from pbxsim.hosting.recordings_folder import Moves
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import RecordingMoved
from tests.config.paper import built

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
