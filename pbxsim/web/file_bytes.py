"""Bytes of an open file as something to send, and which of them a client asks for (RFC 9110, 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import BinaryIO

_PIECE: Final = 65_536
_RANGE: Final = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_DIGITS: Final = 18


class FileBytes(Iterator[bytes]):
    """The bytes of an open file from `first` on, `length` of them, in pieces. Owns the file: close it when done."""

    def __init__(self, file: BinaryIO, first: int, length: int) -> None:
        self._file = file
        self._left = length
        file.seek(first)

    def __next__(self) -> bytes:
        piece = self._file.read(min(_PIECE, self._left))
        self._left -= len(piece)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class RangeNotSatisfiable(ValueError):
    """A client asks for bytes that are behind the end."""


def asked_for(header: str | None, size: int) -> tuple[int, int] | None:
    """Read a Range header: the first byte and how many; None where the whole is to be sent.

    That is so without a header, and where it asks for several ranges, in another unit or in no known form: a server may
    ignore it. Raises RangeNotSatisfiable.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or not any(found.groups()) or max(map(len, found.groups())) > _DIGITS:
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        return _satisfiable(size - length, length)
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if found[2] and int(found[2]) < first:
        return None
    return _satisfiable(first, last - first + 1)


def _satisfiable(first: int, length: int) -> tuple[int, int]:
    if length < 1:
        raise RangeNotSatisfiable
    return first, length
