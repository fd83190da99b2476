"""A PBX goes back to a snapshot, calls in progress and all, and everything comes as it would have come anyway."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from pbxsim.hosting.snapshot.snapshot import Snapshot, restore, taken
from tests.hosting.snapshot.histories import History
from tests.hosting.snapshot.town import town

if TYPE_CHECKING:
    from pathlib import Path

SHARES: Final = int(os.environ.get("PBXSIM_SNAPSHOT_SHARES", "2"))
"""Of fifty histories each, a minute of processor time; PBXSIM_SNAPSHOT_SHARES=20 lives through a thousand."""


def carried(snapshot: Snapshot) -> Snapshot:
    """Give a snapshot as it comes out of a file."""
    return msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)


def see_that_it_goes_on_alike(folder: Path, seed: int) -> None:
    """Take a snapshot in the middle of a history, and have the rest of it happen to three PBXs.

    One never stops, one is another PBX of the same file that has lived otherwise, one goes back to where it was.
    """
    history = History(town(folder, seed), seed)
    history.live(10 + seed % 60)
    history.bustle()
    snapshot = carried(taken(history.host))
    other = town(folder, seed)
    History(other, seed + 1).live(5)
    restore(other, snapshot)
    restored = history.goes_on_in(other)
    again = history.goes_on_in(history.host)
    rows, own_rows = len(history.log.rows), len(restored.log.rows)
    history.live(30)
    restored.live(30)
    expected, came = history.told(rows), restored.told(own_rows)
    for what in expected:
        assert came[what] == expected[what], (seed, what)

    restore(history.host, snapshot)
    third = again.goes_on_in(history.host)
    begun = len(third.log.rows)
    third.live(30)
    assert third.told(begun) == expected, seed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_restored_in_the_middle_of_a_random_history_it_goes_on_as_if_it_had_never_stopped(
    tmp_path: Path, seed: int
) -> None:
    see_that_it_goes_on_alike(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_random_histories_go_on_as_if_they_had_never_stopped(tmp_path: Path, share: int) -> None:
    for seed in range(1_000 + share * 50, 1_050 + share * 50):
        see_that_it_goes_on_alike(tmp_path, seed)


def test_it_is_the_same_whether_somebody_has_read_the_journal_or_not(tmp_path: Path) -> None:
    def snapshot(*, is_read: bool) -> bytes:
        history = History(town(tmp_path, 5), 5)
        history.live(20)
        assert not is_read or history.host.journal.entries()
        history.live(20)
        return msgspec.json.encode(taken(history.host))

    assert snapshot(is_read=True) == snapshot(is_read=False)
