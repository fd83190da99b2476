"""What the database does not take, on disk meanwhile: one append-only file for each PBX of a store.

A file begins with a name of its own; then come frames, each what would have been one transaction, with its length and a
checksum before it, so that one which a power cut tore is known. Frames have numbers: the database notes the last one
that it took, in the same transaction, and none is done twice. Nothing here is asynchronous: call it in a thread.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from pbxsim.sinks.private_files import make_folder, private
from pbxsim.sinks.store import rows
from pbxsim.sinks.store.errors import SpillFailed
from pbxsim.sinks.store.rows import mended_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import FileIO
    from pathlib import Path
    from typing import BinaryIO

    from pbxsim.sinks.store.columns import Row
    from pbxsim.sinks.store.rows import Work

_log: Final = logging.getLogger("pbxsim.store")
_HEAD: Final = struct.Struct("<II")  # length and CRC-32 of what follows
_LAYOUT: Final = hashlib.sha256(repr(rows.COLUMNS).encode()).hexdigest()[:8]
"""Which columns the rows have: another release's rows may have others."""

_rows: Final = msgspec.msgpack.Decoder(list[tuple[str, Sequence[tuple[Any, ...]]]])


class Beginning(msgspec.Struct, array_like=True):
    """What a file begins with: the layout of its rows, and a name that no other file ever had."""

    layout: str
    name: str


class Frame(NamedTuple):
    """A transaction that waits. `end` is where it ends in the file."""

    number: int
    work: Work
    end: int


class Spill:
    """The file of one PBX. `limit` bytes are the most that it takes. Raises SpillFailed wherever the disk fails."""

    def __init__(self, file: Path, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._open: FileIO | None = None
        self._size = 0
        self._last = 0  # the number of the last frame
        self._done = 0  # how many of them the database has
        self._done_until = 0  # where they end
        self._damaged = 0  # how many of those that an earlier process left cannot be read
        self.name = ""
        self.rows = 0
        """How many rows wait here."""
        self.lost = 0
        """How many rows of it could not be read any more."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing waits here."""
        return self._done == self._last

    def find(self, replayed: tuple[str, int] = ("", 0)) -> None:
        """See what an earlier process left here; `replayed` is the database's note: a file's name, its last frame."""
        try:
            if self._file.exists():
                self._resume(replayed)
        except OSError as error:
            raise SpillFailed(f"{self._file}: {error.strerror}") from error

    def append(self, work: Work) -> None:
        """Put a transaction behind the others; when this returns, it is on disk."""
        content = _framed(_encoded(work))
        if self._size + len(content) > self._limit:
            raise SpillFailed(f"{self._file} is full: {self._size >> 20} MiB")
        try:
            self._put(content)
        except OSError as error:
            raise SpillFailed(f"{self._file}: {error.strerror}") from error
        self._last += 1
        self.rows += rows.count(work)

    def next(self, size: int) -> list[Frame]:
        """Give the first of what waits, in order: some `size` bytes of it, at least one frame.

        A frame that somebody has damaged is empty, and so is the last one where all behind another is gone.
        """
        frames: list[Frame] = []
        try:
            for frame in _frames(self._at(self._done_until), self._done):
                frames.append(frame)
                if frame.number == self._last or frame.end >= self._done_until + size:
                    return frames
        except OSError as error:
            raise SpillFailed(f"{self._file}: {error.strerror}") from error
        _log.error("%s was cut off by somebody: what stood there is lost", self._file)
        return [*frames, Frame(self._last, [], self._size)]

    def taken(self, frames: list[Frame]) -> None:
        """Go on behind these: the database has them. The file goes when it has all."""
        self._done, self._done_until = frames[-1].number, frames[-1].end
        self.rows -= sum(rows.count(frame.work) for frame in frames)
        if self.is_empty:
            self._remove()

    def close(self) -> None:
        """Let go of the file; what waits in it stays there."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _at(self, place: int) -> FileIO:
        """Give the file to be read from there. It stays open, so it is there even after somebody removed its name."""
        if self._open is None:
            self._open = _opened(self._file)
        self._open.seek(place)
        return self._open

    def _resume(self, replayed: tuple[str, int]) -> None:
        with self._file.open("r+b") as file:
            try:
                beginning = msgspec.msgpack.decode(_read(file), type=Beginning)
            except (_Torn, msgspec.DecodeError):
                beginning = Beginning(_LAYOUT, "")  # the process ended before anything was in it
            if beginning.layout != _LAYOUT:
                raise SpillFailed(f"{self._file} was left by another release of pbxsim; start that one once more")
            self.name = beginning.name
            self._size = self._done_until = file.tell() if beginning.name else 0
            known = replayed[1] if replayed[0] == beginning.name else 0
            for frame in _frames(file, 0) if beginning.name else ():
                self._found(frame, is_done=frame.number <= known)
            self._keep_what_is_damaged(file)
            file.truncate(self._size)
        if self.is_empty:
            self._remove()

    def _found(self, frame: Frame, *, is_done: bool) -> None:
        self._size, self._last = frame.end, frame.number
        self._damaged += not frame.work and not is_done
        if is_done:
            self._done, self._done_until = frame.number, frame.end
        else:
            self.rows += rows.count(frame.work)

    def _keep_what_is_damaged(self, file: BinaryIO) -> None:
        """Say that something there cannot be read, and keep a copy, for whoever can: it may be more than a torn end."""
        unread = file.seek(0, os.SEEK_END) - self._size
        if unread or self._damaged:
            copy = self._file.with_name(f"{self._file.name}.damaged")
            told = f"{self._damaged} transactions in it and {unread} bytes at its end cannot be read"
            _log.error("%s is damaged: %s; %s is a copy of it", self._file, told, copy)
            with self._file.open("rb") as read, open(copy, "wb", opener=private) as written:
                shutil.copyfileobj(read, written)

    def _put(self, content: bytes) -> None:
        if self._open is None:
            self._begin()
        elif not self._file.exists():
            self._bring_back(self._open)
        file = self._open
        assert file is not None
        try:
            _write_all(file, content)
            os.fsync(file.fileno())
        except OSError:
            self._cut(file)
            raise
        self._size += len(content)

    def _begin(self) -> None:
        """Open the file, and write its beginning if there is nothing in it."""
        make_folder(self._file.parent)
        file = _opened(self._file)
        try:
            if not self._size:
                file.truncate(0)  # of a file that could not be removed nothing is left to do
                name = os.urandom(8).hex()
                content = _framed(msgspec.msgpack.encode(Beginning(_LAYOUT, name)))
                _write_all(file, content)
                self.name, self._size, self._done_until = name, len(content), len(content)
        except OSError:
            self._cut(file)
            file.close()
            raise
        self._open = file

    def _bring_back(self, removed: FileIO) -> None:
        """Write the file again: somebody has removed it, perhaps to make room, and it is still open here."""
        make_folder(self._file.parent)
        again = _opened(self._file)
        try:
            removed.seek(0)
            shutil.copyfileobj(removed, again)
        except OSError:
            self._file.unlink(missing_ok=True)
            again.close()
            raise
        _log.warning("%s had been removed, and is there again: records wait in it", self._file)
        removed.close()
        self._open = again

    def _cut(self, file: FileIO) -> None:
        """Take back what a full disk has taken half of. It may refuse that too: then the checksum tells."""
        with suppress(OSError):
            file.truncate(self._size)

    def _remove(self) -> None:
        """Take the file away. If that cannot be done, its frames are known to be done: the database says so."""
        self.close()
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        self.lost += self.rows
        self._size = self._last = self._done = self._done_until = self.rows = 0


class _Torn(Exception):
    """The file ends within a frame."""


def _opened(file: Path) -> FileIO:
    """Open a file to be appended to, made where it is missing. Raises OSError."""
    return open(file, "a+b", buffering=0, opener=private)


def _write_all(file: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]


def _encoded(work: Work) -> bytes:
    try:
        return msgspec.msgpack.encode(work, enc_hook=list)  # rows that are kept as columns
    except (UnicodeEncodeError, OverflowError):  # half a character; a number of more than 64 bits
        return msgspec.msgpack.encode([(name, kept) for name, some in work if (kept := [*_encodable(some)])])


def _encodable(some: Iterable[Row]) -> Iterator[Row]:
    """Give the rows that any database could ever take."""
    for row in some:
        whole = mended_row(row, keeps_nul=True)
        try:
            msgspec.msgpack.encode(whole)
        except OverflowError as error:
            _log.error("a row is lost, it cannot be kept: %s", error)
        else:
            yield whole


def _framed(content: bytes) -> bytes:
    return _HEAD.pack(len(content), zlib.crc32(content)) + content


def _read(file: BinaryIO | FileIO) -> bytes:
    """Read a frame's content. Raises _Torn."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise _Torn
    length, checksum = _HEAD.unpack(head)
    content = file.read(length)
    if len(content) < length or zlib.crc32(content) != checksum:
        raise _Torn
    return content


def _frames(file: BinaryIO | FileIO, number: int) -> Iterator[Frame]:
    """Give the frames from here on, the first behind that number, up to the end or where no frame can begin.

    One whose content is not what was written has no work, and keeps its number.
    """
    size = os.fstat(file.fileno()).st_size
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        length, checksum = _HEAD.unpack(head)
        if file.tell() + length > size:
            return
        content = file.read(length)
        number += 1
        yield Frame(number, _rows.decode(content) if zlib.crc32(content) == checksum else [], file.tell())
