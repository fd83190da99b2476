"""What a client probably meant: hints for the request journal. They never change a reply."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def parameter_hints(sent: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """Say something about every parameter that is not known: wrong case, misspelt, stray blanks, or just unknown."""
    return tuple(_hint("parameter", name, known) for name in sent if name not in known)


def word_hint(kind: str, word: str, known: Sequence[str]) -> tuple[str, ...]:
    """Say what an unknown word (an action, a path) of that kind was probably meant to be; nothing if it is known."""
    return () if word in known else (_hint(kind, word, known),)


def _hint(kind: str, word: str, known: Sequence[str]) -> str:
    stripped = word.strip()
    if stripped != word and stripped in known:
        return f"{kind} {word!r} has blanks around it: {stripped!r} is what the vendor documents"
    for candidate in known:
        if candidate.lower() == word.lower():
            return f"{kind} {word!r} is written {candidate!r}: case counts"
    close = get_close_matches(word, known, n=1)
    meant = f": did you mean {close[0]!r}?" if close else ""
    return f"{kind} {word!r} is not documented{meant}"
