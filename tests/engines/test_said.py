"""Two sides that stand in files of their own become the sound of a call."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.engines.said import Part, SaidFolder

if TYPE_CHECKING:
    from pathlib import Path


def _whole(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def test_parts_stand_where_they_begin_and_what_is_in_none_is_silence() -> None:
    folder = SaidFolder(_whole)
    files = [folder.path / name for name in ("a", "b", "c", "none")]
    for file, samples in zip(files[:3], ([1] * 4_000, [2] * 9_000, [3] * 16_000), strict=True):
        file.write_bytes(array("h", samples).tobytes())
    parts = [Part(0, files[0], files[1]), Part(SECOND, files[2], files[3])]
    sound = array("h", b"".join(folder.put_together(parts, 2)))
    assert list(sound[::2]) == [1] * 4_000 + [0] * 4_000 + [3] * 8_000
    assert list(sound[1::2]) == [2] * 9_000 + [0] * 7_000
    assert list(folder.path.iterdir()) == []


def test_half_a_sample_at_the_end_of_a_file_is_not_read() -> None:
    folder = SaidFolder(_whole)
    (folder.path / "a").write_bytes(b"\1\0\2")
    part = Part(0, folder.path / "a", folder.path / "b")
    assert b"".join(folder.put_together([part], 1))[:8] == b"\1\0\0\0\0\0\0\0"
