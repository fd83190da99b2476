"""A watched file: what counts as a change."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from pbxsim.hosting.file_watch import FileWatch

if TYPE_CHECKING:
    from pathlib import Path


def test_a_change_is_told_once(tmp_path: Path) -> None:
    file, heard = tmp_path / "a.yaml", list[str]()
    file.write_text("one")
    watch = FileWatch({"a": file}, heard.append)
    watch.look()
    assert heard == []
    file.write_text("three")
    watch.look()
    watch.look()
    assert heard == ["a"]


def test_a_file_that_is_put_in_its_place_is_another(tmp_path: Path) -> None:
    file, heard = tmp_path / "a.yaml", list[str]()
    file.write_text("one")
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    watch = FileWatch({"a": file}, heard.append)
    (tmp_path / "new").write_text("two")
    os.utime(tmp_path / "new", ns=times)
    (tmp_path / "new").replace(file)
    watch.look()
    assert heard == ["a"]


def test_a_file_that_is_away_for_a_moment_has_not_changed(tmp_path: Path) -> None:
    file, heard = tmp_path / "a.yaml", list[str]()
    watch = FileWatch({"a": file}, heard.append)
    watch.look()
    assert heard == []
    file.write_text("here")
    watch.look()
    assert heard == ["a"]


async def test_it_looks_again_and_again_until_it_is_closed(tmp_path: Path) -> None:
    file, heard = tmp_path / "a.yaml", asyncio.Queue[str]()
    watch = FileWatch({"a": file}, heard.put_nowait, seconds=0.001)
    watch.start()
    for text in ("one", "four!"):
        file.write_text(text)
        assert await asyncio.wait_for(heard.get(), 5) == "a"
    watch.close()
    watch.close()


async def test_a_change_that_leads_to_an_exception_does_not_end_the_watch(tmp_path: Path) -> None:
    file, heard = tmp_path / "a.yaml", asyncio.Queue[str]()

    def changed(name: str) -> None:
        heard.put_nowait(name)
        raise OSError(name)

    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    watch = FileWatch({"a": file}, changed, seconds=0.001)
    watch.start()
    for text in ("one", "four!"):
        file.write_text(text)
        assert await asyncio.wait_for(heard.get(), 5) == "a"
    watch.close()
