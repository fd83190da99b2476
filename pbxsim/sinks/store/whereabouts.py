"""Where stores are when nobody says where: files in the user's data folder."""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.lock import FileLock, Locked

if TYPE_CHECKING:
    from collections.abc import Iterator

_log: Final = logging.getLogger("pbxsim.store")
_SCRATCH: Final = re.compile(r"run-(\d+)-(\d+)\.sqlite3")
_BESIDE: Final = ("", "-wal", "-shm", "-journal", ".lock")


def data_folder() -> Path:
    """Give the folder for pbxsim's data, and make it; a temporary one where it cannot be made."""
    folder = _platform_folder() / "pbxsim"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "not writable")
    except OSError as error:
        temporary = Path(tempfile.mkdtemp(prefix="pbxsim-data-"))
        _log.warning("the data folder %s cannot be used (%s): data goes to %s", folder, error.strerror, temporary)
        return temporary
    return folder


def default_place(port: int) -> Path:
    """Give the file of the server on that port: what it stored is there when it is started again."""
    return data_folder() / f"pbxsim-{port}.sqlite3"


def scratch_place() -> StorePlace:
    """Give a fresh file for this run only, which the store removes when it is closed.

    Those that were left by runs that were killed are removed now.
    """
    folder = data_folder()
    for left in _left(folder):
        remove(left)
    for number in count(1):
        file = folder / f"run-{os.getpid()}-{number}.sqlite3"
        if not file.exists() and not Path(f"{file}.lock").exists():
            return StorePlace.of_file(file, is_scratch=True)
    raise AssertionError("numbers do not end")


def remove(file: Path) -> None:
    """Remove an SQLite file and what lies beside it."""
    for ending in _BESIDE:
        with suppress(OSError):
            Path(f"{file}{ending}").unlink(missing_ok=True)
    for spill in file.parent.glob(f"{StorePlace.of_file(file).digest}-*.spill*"):
        with suppress(OSError):
            spill.unlink(missing_ok=True)


def _left(folder: Path) -> Iterator[Path]:
    """Find files of runs that are no more: nobody holds their lock."""
    for file in sorted(folder.glob("run-*.sqlite3*")):
        database = file.with_name(file.name.partition(".sqlite3")[0] + ".sqlite3")
        if _SCRATCH.fullmatch(database.name) is None:
            continue
        try:
            FileLock(database).release()
        except (Locked, OSError):
            continue
        yield database


def _platform_folder() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
