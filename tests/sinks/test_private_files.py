"""Store, spill and recordings are their owner's alone, whatever the umask."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pbxsim.sinks.private_files import make_file, make_folder, private, write_file
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.store import location
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.lock import FileLock
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.spill import Spill
from pbxsim.sinks.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists instead")


@pytest.fixture(params=[0, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Give the modes of all that lies in a folder."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


@pytest.mark.usefixtures("umask")
def test_a_file_and_a_folder_with_those_above_it_are_the_owners(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    make_file(tmp_path / "a" / "file")
    with open(tmp_path / "a" / "b" / "file", "ab", opener=private):
        assert modes(tmp_path) == {"a": 0o700, "a/b": 0o700, "a/file": 0o600, "a/b/file": 0o600}


def test_what_is_there_keeps_the_mode_that_somebody_gave_it(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o750)
    (tmp_path / "open" / "file").touch()
    (tmp_path / "open" / "file").chmod(0o640)
    make_folder(tmp_path / "open")
    make_file(tmp_path / "open" / "file")
    assert modes(tmp_path) == {"open": 0o750, "open/file": 0o640}


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    make_file(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        make_folder(tmp_path / "file" / "below")


@pytest.mark.usefixtures("umask")
def test_recordings_and_their_folders_are(tmp_path: Path) -> None:
    root = RecordingRoot(tmp_path / "recordings")
    root.place("mnt/nas", "one.wav", b"RIFF")
    root.move(from_folder="mnt/nas", from_file="one.wav", to_folder="kept", to_file="two.wav")
    found = modes(tmp_path)
    assert found.pop("recordings/kept/two.wav") == 0o600
    assert found == dict.fromkeys(("recordings", "recordings/mnt", "recordings/mnt/nas", "recordings/kept"), 0o700)


@contextmanager
def nothing_but_ours(folder: Path) -> Iterator[None]:
    yield
    found = modes(folder)
    assert found
    wrong = {name: oct(mode) for name, mode in found.items() if mode not in (0o600, 0o700)}
    assert not wrong


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("is_fresh", [True, False])
async def test_a_store_with_all_that_lies_beside_it_is(tmp_path: Path, is_fresh: bool) -> None:
    place = StorePlace.of_file(tmp_path / "kept.sqlite3")
    spill = tmp_path / "spill"
    if not is_fresh:
        make_folder(spill)
        make_file(spill / f"{place.digest}-other.spill")  # then it is connected at once
    store = await Store.open(place, StoreSettings(spill=spill))
    try:
        await store.load("town")
        with nothing_but_ours(tmp_path):
            assert is_fresh or "kept.sqlite3-wal" in modes(tmp_path)
    finally:
        await store.close()


@pytest.mark.usefixtures("umask")
def test_a_spill_is_and_the_copy_of_a_damaged_one(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "deep" / "office.spill", 1 << 20)
    spill.append([("cdr", [("office", 1)])])
    spill.close()
    with (tmp_path / "deep" / "office.spill").open("ab") as torn:
        torn.write(b"torn")
    Spill(tmp_path / "deep" / "office.spill", 1 << 20).find()
    with nothing_but_ours(tmp_path):
        assert "deep/office.spill.damaged" in modes(tmp_path)


@pytest.mark.usefixtures("umask")
def test_a_lock_and_the_data_folder_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location, "_platform_folder", lambda: tmp_path / "share")
    folder = location.data_folder()
    with FileLock(folder / "x"), nothing_but_ours(tmp_path):
        assert folder.is_dir()


@pytest.mark.usefixtures("umask")
def test_a_file_that_is_written_is_even_if_another_was_there(tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    file.write_text("before and longer", "utf-8")
    file.chmod(0o644)
    write_file(file, "now: ž")
    assert file.read_bytes() == "now: ž".encode()
    assert modes(tmp_path) == {"secret.txt": 0o600}
