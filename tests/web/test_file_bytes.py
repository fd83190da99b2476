"""Ranges of a file: which bytes a Range header asks for, and that exactly these are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.web.file_bytes import FileBytes, RangeNotSatisfiable, asked_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=10-19", (10, 10)),
        ("bytes=90-", (90, 10)),
        ("bytes=0-", (0, 100)),
        ("bytes=90-1000", (90, 10)),
        ("bytes=99-99", (99, 1)),
        ("bytes=-1", (99, 1)),
        ("bytes=-100", (0, 100)),
        ("bytes=-1000", (0, 100)),
        ("BYTES=1-2", (1, 2)),
        ("bytes= 1-2 ", (1, 2)),
    ],
)
def test_one_range_is_understood(header: str, part: tuple[int, int]) -> None:
    assert asked_for(header, 100) == part


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "bytes", "bytes=", "bytes=-", "bytes=1", "bytes=a-b", "bytes=1-2,4-5", "bytes=2-1", "items=1-2"),
        *("bytes=1--2", "bytes=--1", "bytes=1-2;", "bytes=+1-2", "bytes=0x1-2", "bytes=١-٢", "bytes=1-2\n"),
        *("bytes=" + "9" * 19 + "-", "bytes=-" + "9" * 5000),
    ],
)
def test_anything_else_is_ignored_and_all_is_sent(header: str | None) -> None:
    assert asked_for(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=999999999999999999-", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_had(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        asked_for(header, 100)


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_of_an_empty_file_no_range_can_be_had(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        asked_for(header, 0)


@pytest.mark.slow
@given(st.integers(1, 300_000), st.data())
def test_what_is_given_lies_in_the_file(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, 2 * size))
    assert asked_for(f"bytes={first}-{last}", size) == (first, min(last, size - 1) - first + 1)


@pytest.mark.parametrize(
    ("first", "length"), [(0, 0), (0, 1), (5, 65_536), (65_535, 70_000), (0, 200_000), (199_999, 1)]
)
def test_exactly_these_bytes_are_given(tmp_path: Path, first: int, length: int) -> None:
    content = bytes(range(250)) * 800
    (tmp_path / "file").write_bytes(content)
    part = FileBytes((tmp_path / "file").open("rb"), first, length)
    pieces = list(part)
    part.close()
    assert b"".join(pieces) == content[first : first + length]
    assert max(map(len, pieces), default=0) <= 65_536


def test_a_file_that_became_shorter_ends_early(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"short")
    part = FileBytes((tmp_path / "file").open("rb"), 2, 100)
    assert b"".join(part) == b"ort"
    part.close()
