"""A lock on a file, which falls free when the process ends, however it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pbxsim.sinks.private_files import private

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from types import TracebackType


class Locked(Exception):
    """Another process has it."""


class FileLock:
    """Takes `<file>.lock` for this process, at once or not at all. Raises Locked, OSError."""

    def __init__(self, file: Path) -> None:
        self.path = Path(f"{file}.lock")
        self._held: IO[bytes] = open(self.path, "ab", opener=private)  # noqa: SIM115 - it is held
        try:
            _take(self._held)
        except OSError as error:
            self._held.close()
            raise Locked(str(self.path)) from error

    def release(self) -> None:
        """Let others have it."""
        self._held.close()

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def _take(held: IO[bytes]) -> None:
    if sys.platform == "win32":
        held.seek(0)
        msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
