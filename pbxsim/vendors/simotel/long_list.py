"""Long replies: rows that are spelt a piece at a time, and put together a piece at a time."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INDENT: Final = 4
_WRITTEN_AT_ONCE: Final = 1_048_576  # bytes


def spelt(rows: Sequence[object], depth: int) -> bytes:
    """Spell rows as they stand that many lists and objects deep, with commas between them; nothing for none."""
    if not rows:
        return b""
    nested: Sequence[object] = rows
    for _ in range(depth - 1):
        nested = [nested]
    text = msgspec.json.format(msgspec.json.encode(nested), indent=_INDENT)
    around = sum(_INDENT * level + 2 for level in range(depth))  # the opening brackets, each with its line's end
    return text[around:-around]


class LongBody:
    """A reply's body, put together of rows that are spelt, a piece at a time; made anew where these are others."""

    def __init__(self) -> None:
        self._made_of: tuple[bytes, list[bytes], int] | None = None
        self.content = b""

    def prepare(self, empty: bytes, texts: list[bytes], depth: int) -> Iterator[None]:
        """Put rows into a reply that was spelt without any, into the last list that it has, so deep as `spelt` says."""
        made_of = (empty, texts, depth)
        if made_of == self._made_of:
            return
        head, _, tail = empty.rpartition(b"[]")
        body, written, between = BytesIO(), 0, b"[\n"
        body.write(head)
        for text in filter(None, texts):
            body.write(between + text)
            between = b",\n"
            if body.tell() - written >= _WRITTEN_AT_ONCE:
                written = body.tell()
                yield
        body.write(b"\n" + b" " * (_INDENT * (depth - 1)) + b"]" + tail if between == b",\n" else b"[]" + tail)
        self._made_of, self.content = made_of, body.getvalue()  # which is no copy, but what was written
        yield
