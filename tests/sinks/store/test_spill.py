"""The file of what waits, when somebody damages, cuts or removes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.sinks.store import rows
from pbxsim.sinks.store.errors import SpillFailed
from pbxsim.sinks.store.spill import Spill

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.sinks.store.rows import Work


def _work(number: int) -> Work:
    return [(rows.MOVED, [("folder", f"file number {number}", "office", number)])]


def _spill(folder: Path, count: int) -> Spill:
    spill = Spill(folder / "deep" / "office.spill", 1 << 20)
    for number in range(1, count + 1):
        spill.append(_work(number))
    return spill


def _rest(spill: Spill, size: int = 1) -> list[Work]:
    """Take all that waits, in pieces."""
    found: list[Work] = []
    while not spill.is_empty:
        frames = spill.next(size)
        found += [frame.work for frame in frames]
        spill.taken(frames)
    return found


def _damage(file: Path, text: bytes) -> None:
    content = file.read_bytes()
    assert content.count(text) == 1
    file.write_bytes(content.replace(text, bytes(len(text))))


@pytest.mark.parametrize("size", [1, 1000])
def test_what_was_put_there_comes_in_order_and_the_file_goes(tmp_path: Path, size: int) -> None:
    spill = _spill(tmp_path, 3)
    assert spill.rows == 3
    assert _rest(spill, size) == [_work(1), _work(2), _work(3)]
    assert (spill.rows, spill.lost) == (0, 0)
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_damaged_transaction_does_not_take_those_behind_it_along(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _spill(tmp_path, 3).close()
    file = tmp_path / "deep" / "office.spill"
    _damage(file, b"file number 2")
    damaged = file.read_bytes()
    again = Spill(file, 1 << 20)
    again.find()
    assert again.rows == 2
    again.append(_work(4))
    assert _rest(again) == [_work(1), [], _work(3), _work(4)]
    assert "1 transactions in it and 0 bytes at its end cannot be read" in caplog.text
    assert (tmp_path / "deep" / "office.spill.damaged").read_bytes() == damaged


def test_a_torn_end_is_cut_off_and_kept_beside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _spill(tmp_path, 3).close()
    file = tmp_path / "deep" / "office.spill"
    torn = file.read_bytes()[:-5]
    file.write_bytes(torn)
    again = Spill(file, 1 << 20)
    again.find()
    again.append(_work(4))
    assert _rest(again) == [_work(1), _work(2), _work(4)]
    assert "bytes at its end cannot be read" in caplog.text
    assert (tmp_path / "deep" / "office.spill.damaged").read_bytes() == torn


def test_what_is_damaged_while_it_is_in_use_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    spill = _spill(tmp_path, 3)
    _damage(tmp_path / "deep" / "office.spill", b"file number 2")
    assert _rest(spill) == [_work(1), [], _work(3)]
    assert (spill.rows, spill.lost) == (0, 1)


def test_what_is_cut_off_while_it_is_in_use_is_counted_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spill = _spill(tmp_path, 4)
    file = tmp_path / "deep" / "office.spill"
    file.write_bytes(file.read_bytes()[: file.read_bytes().index(b"file number 2")])
    assert _rest(spill) == [_work(1), []]
    assert (spill.rows, spill.lost) == (0, 3)
    assert "was cut off by somebody" in caplog.text
    spill.append(_work(5))
    assert _rest(spill) == [_work(5)]


def test_a_file_that_somebody_removed_is_there_again_with_all_that_waited(tmp_path: Path) -> None:
    spill = _spill(tmp_path, 2)
    file = tmp_path / "deep" / "office.spill"
    file.unlink()
    file.parent.rmdir()
    spill.append(_work(3))
    again = Spill(file, 1 << 20)
    again.find()
    assert again.rows == 3
    assert _rest(spill) == [_work(1), _work(2), _work(3)]
    assert not file.exists()


def test_a_file_that_somebody_removed_gives_what_waited_in_it(tmp_path: Path) -> None:
    spill = _spill(tmp_path, 2)
    (tmp_path / "deep" / "office.spill").unlink()
    assert _rest(spill) == [_work(1), _work(2)]


def test_where_a_removed_file_cannot_be_made_again_nothing_is_lost(tmp_path: Path) -> None:
    spill = _spill(tmp_path, 2)
    file = tmp_path / "deep" / "office.spill"
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("in the way", encoding="ascii")
    with pytest.raises(SpillFailed):
        spill.append(_work(3))
    file.parent.unlink()
    spill.append(_work(3))
    assert _rest(spill) == [_work(1), _work(2), _work(3)]
