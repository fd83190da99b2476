"""The file of an SQLite store itself: held for this process alone, and looked at for what others do to it.

The lock beside it (lock.py) has a name that may be removed, and a file has as many names as there are hard links to it.
So the file is locked too, whatever name it is reached by: one byte far behind those that SQLite locks, by a lock of the
open file description, which goes with the process and which no other descriptor's close takes away. Linux has those;
elsewhere the lock beside it is all there is.

What is damaged while it is open would be found at the next start only: SQLite reads from its cache and writes to its
log. Between two of our transactions nobody else has any business in the file, so where it has changed it is checked.
"""

from __future__ import annotations

import os
import struct
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from pbxsim.sinks.private_files import private
from pbxsim.sinks.store.errors import DatabaseFailed, StoreInUse

if sys.platform == "linux":
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path

_LOCKED_BYTE: Final = 1 << 62
"""SQLite locks bytes from 1 << 30 on, and no database of it is that long."""

_MAGIC: Final = b"SQLite format 3\0"
_LARGEST_PAGE: Final = 65_536  # said as 1


class _Seen(NamedTuple):
    """What a file looks like from outside. The log grows whenever somebody else writes, which is no damage."""

    inode: int
    size: int
    changed_ns: int
    log_inode: int
    log_size: int


class DatabaseFile:
    """One file, from `hold` to `close`, which is to come after all connections: POSIX gives up SQLite's locks then."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._log = file.with_name(f"{file.name}-wal")
        self._descriptor: int | None = None
        self._seen: _Seen | None = None

    def hold(self) -> None:
        """Take the file for this process, made where it is missing. Raises StoreInUse, OSError.

        To be called again at each new connection, before it: the file may be another one than it was.
        """
        if self._descriptor is not None and self._is_there(self._descriptor):
            return
        self.close()
        descriptor = private(str(self._file), os.O_RDWR | os.O_CREAT)
        if not _is_locked(descriptor):
            os.close(descriptor)
            raise StoreInUse(f"the store {self._file} is in use by another process, perhaps by another name")
        self._descriptor = descriptor

    def close(self) -> None:
        """Let others have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = self._seen = None

    @property
    def is_as_left(self) -> bool:
        """Tell whether nobody has changed it since `left`."""
        try:
            now, then = self._look(), self._seen
        except OSError:
            return False
        return then is None or (now[:4] == then[:4] and now.log_size >= then.log_size)

    def check(self) -> None:
        """See that it is whole where somebody has changed it since `left`. Raises DatabaseFailed."""
        if self._seen is not None and not self.is_as_left:
            self.see_that_it_is_there()
            self._see_that_it_is_not_cut()
            self._see_that_it_is_whole()
            self._seen = None

    def see_that_it_is_there(self) -> None:
        """See that its name still means it: SQLite goes on writing to a deleted file. Raises DatabaseFailed."""
        if self._descriptor is None or not self._is_there(self._descriptor):
            raise DatabaseFailed(f"{self._file} has vanished")

    def left(self) -> None:
        """Note how a transaction of ours has left it."""
        self._seen = self._look()

    def _look(self) -> _Seen:
        file = self._file.stat()
        try:
            log = self._log.stat()
        except FileNotFoundError:
            return _Seen(file.st_ino, file.st_size, file.st_mtime_ns, 0, 0)
        return _Seen(file.st_ino, file.st_size, file.st_mtime_ns, log.st_ino, log.st_size)

    def _is_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(self._file.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _see_that_it_is_not_cut(self) -> None:
        """Compare its length with what its head says, before SQLite opens it: it forgets the log of an empty file."""
        assert self._descriptor is not None
        head = os.pread(self._descriptor, 100, 0) if sys.platform != "win32" else self._file.read_bytes()[:100]
        if len(head) < 100 or not head.startswith(_MAGIC):
            raise DatabaseFailed(f"{self._file} is damaged: it does not begin as a database does")
        (page,), (pages,) = struct.unpack_from(">H", head, 16), struct.unpack_from(">I", head, 28)
        if os.fstat(self._descriptor).st_size < (_LARGEST_PAGE if page == 1 else page) * pages:
            raise DatabaseFailed(f"{self._file} is damaged: it was cut short")

    def _see_that_it_is_whole(self) -> None:
        """Have SQLite look through it, on a connection that has nothing of it in its cache."""
        import sqlite3  # a start need not wait for it

        with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=rw", uri=True)) as fresh:
            ((found,),) = fresh.execute("PRAGMA quick_check(1)")
        if found != "ok":
            raise DatabaseFailed(f"{self._file} is damaged: {' '.join(str(found).split())}")


def _is_locked(descriptor: int) -> bool:
    """Lock the file; False: another process has it. Where there are no such locks, say that it is locked."""
    if sys.platform != "linux":
        return True
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, _LOCKED_BYTE, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system that knows none
        return True
    return True
