"""Who of those that a PBX knows sends a request: each has texts of its own, a key or a name with a password."""

from __future__ import annotations

from hmac import compare_digest
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

HolderT = TypeVar("HolderT")


class Holders(Generic[HolderT]):
    """Those who may ask, each with all the texts that its requests carry, as many as anybody else's."""

    def __init__(self, known: Iterable[tuple[HolderT, tuple[str, ...]]]) -> None:
        everybody = tuple(known)
        held = "".join(text for _, texts in everybody for text in texts)
        self._between = next(mark for mark in map(chr, count()) if mark not in held)
        self._known = [(self._between.join(texts).encode(), holder) for holder, texts in everybody]

    def find(self, *texts: str) -> HolderT | None:
        """Find whose texts these are. Looks at all, so that the time taken says nothing of where they differ."""
        found = None
        try:
            given = self._between.join(texts).encode()
        except UnicodeEncodeError:  # half a character: nobody's text has one
            return None
        for known, holder in self._known:
            if compare_digest(given, known):
                found = holder
        return found
