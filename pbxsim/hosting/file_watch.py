"""Notices that a file has changed, by looking now and then: no thread, no dependency, works on every file system."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Seen: TypeAlias = "tuple[int, int, int] | None"
"""A file's modification time, size and inode; None while it is not there."""


class FileWatch:
    """Calls `changed(name)` when the file of that name is another than at the last look. Looks every `seconds`."""

    def __init__(self, files: Mapping[str, Path], changed: Callable[[str], None], *, seconds: float = 1.0) -> None:
        self._files = dict(files)
        self._changed = changed
        self._seconds = seconds
        self._seen = {name: _look(path) for name, path in self._files.items()}
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to look, in the running event loop."""
        self._handle = asyncio.get_running_loop().call_later(self._seconds, self._again)

    def close(self) -> None:
        """Look no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def look(self) -> None:
        """Look once. A file that is not there has not changed: an editor may be about to put it back."""
        for name, path in self._files.items():
            seen = _look(path)
            if seen is not None and seen != self._seen[name]:
                self._seen[name] = seen
                self._changed(name)

    def _again(self) -> None:
        try:
            self.look()
        finally:
            self.start()  # whatever one change led to, the next one counts


def _look(path: Path) -> Seen:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
