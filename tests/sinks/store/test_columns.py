"""Rows that are kept as columns are rows to whoever asks for those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.sinks.store.columns import Columns, columns_of, interleaved, transposed
from pbxsim.sinks.store.spill import Spill

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = (("office",) * 3, (1, 2, 3), (b"a", b"b", b""))
_ROWS = [("office", 1, b"a"), ("office", 2, b"b"), ("office", 3, b"")]


def test_they_are_counted_given_in_order_and_given_by_place_and_in_part() -> None:
    rows = Columns(_COLUMNS)
    assert (len(rows), list(rows), rows[0], rows[-1], list(rows[1:])) == (3, _ROWS, _ROWS[0], _ROWS[2], _ROWS[1:])
    with pytest.raises(IndexError):
        rows[3]


def test_columns_of_rows_are_the_same_however_those_are_kept() -> None:
    assert columns_of(_ROWS) == columns_of(Columns(_COLUMNS)) == _COLUMNS


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[st.integers()] * width), min_size=1)))
def test_rows_become_columns_and_columns_rows(rows: list[tuple[int, ...]]) -> None:
    columns = list(transposed(rows, len(rows[0])))
    assert columns == list(zip(*rows, strict=True))
    assert interleaved(columns) == [value for row in rows for value in row]


def test_what_waits_on_disk_is_rows(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "some.spill", 1 << 20)
    spill.append([("cdr", Columns(_COLUMNS)), ("ledger", _ROWS)])
    (frame,) = spill.next(1)
    assert frame.work == [("cdr", _ROWS), ("ledger", _ROWS)]
    spill.close()
