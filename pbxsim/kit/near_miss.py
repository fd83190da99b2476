"""What a client probably meant: hints for the request log. They never change a reply.

Looking for a likeness costs far more than reading a name, and anybody may send names: so only the first ten unknown
parameters are looked at, and of each name its beginning.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from pbxsim.kit.limits import LONGEST_TOLD, MOST_TOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST_WORD: Final = 128


def parameter_hints(sent: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """Say something about the first ten parameters not known: wrong case, misspelt, stray blanks, or just unknown."""
    names = tuple(sent)
    if _set_of(tuple(known)).issuperset(names):
        return ()
    unknown = islice((name for name in names if name not in known), MOST_TOLD)
    return tuple(_hint("parameter", name[:LONGEST_TOLD], known) for name in unknown)


@lru_cache(maxsize=256)
def _set_of(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known)


def word_hint(kind: str, word: str, known: Sequence[str]) -> tuple[str, ...]:
    """Say what an unknown word (an action, a path) of that kind was probably meant to be; nothing if it is known."""
    return () if word in known else (_hint(kind, word[:_LONGEST_WORD], known),)


def _hint(kind: str, word: str, known: Sequence[str]) -> str:
    if word.startswith("\ufeff"):
        return f"{kind} {word!r} begins with a byte order mark (BOM): {word[1:]!r} without it"
    stripped = word.strip()
    if stripped != word and stripped in known:
        return f"{kind} {word!r} has blanks around it: {stripped!r} is what the vendor documents"
    for candidate in known:
        if candidate.lower() == word.lower():
            return f"{kind} {word!r} is written {candidate!r}: case counts"
    close = get_close_matches(word, known, n=1)
    meant = f": did you mean {close[0]!r}?" if close else ""
    return f"{kind} {word!r} is not documented{meant}"
