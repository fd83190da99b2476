"""Long replies: rows that are spelt a piece at a time, and put into the reply in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_INDENT: Final = 4


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


def with_rows(empty: bytes, texts: Iterable[bytes], depth: int) -> bytes:
    """Put rows that are spelt into a reply that was spelt without any: into the last list that it has."""
    rows = b",\n".join(text for text in texts if text)
    if not rows:
        return empty
    head, _, tail = empty.rpartition(b"[]")
    return b"".join((head, b"[\n", rows, b"\n", b" " * (_INDENT * (depth - 1)), b"]", tail))
