"""What a client probably meant: hints for the request log. They never change a reply.

Looking for a likeness costs far more than reading a name, and anybody may send names: so only the first ten unknown
parameters are looked at, and of each name its beginning.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from pbxsim.kit.limits import LONGEST_TOLD, MOST_TOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST_WORD: Final = 128
_MOST_COMPARED: Final = 300  # a large PBX has thousands of names, and a comparison takes long
_MOST_LISTED: Final = 16
_BETWEEN: Final = re.compile(r"[_-]")


def parameter_hints(sent: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """Say something about the first ten parameters not known: wrong case, misspelt, stray blanks, or just unknown."""
    names = tuple(sent)
    if _set_of(tuple(known)).issuperset(names):
        return ()
    unknown = islice((name for name in names if name not in known), MOST_TOLD)
    missing = [name for name in known if name not in names]
    return tuple(_hint("parameter", name[:LONGEST_TOLD], known, missing) or _listed(name, known) for name in unknown)


@lru_cache(maxsize=256)
def _set_of(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known)


def word_hint(kind: str, word: str, known: Sequence[str]) -> tuple[str, ...]:
    """Say what an unknown word (an action, a path) of that kind was probably meant to be; nothing if it is known."""
    word = word[:_LONGEST_WORD]
    return () if word in known else (_hint(kind, word, known) or f"{kind} {word!r} is not documented",)


def nearest(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Find the known words that one is most like, the likest first; case, `_` and `-` between its letters do not count.

    Of two that are alike in letters the first known counts.
    """
    spelt: dict[str, str] = {}
    for candidate in islice(known, _MOST_COMPARED):
        spelt.setdefault(letters(candidate), candidate)
    from difflib import get_close_matches  # a start need not wait for it

    return [spelt[found] for found in get_close_matches(letters(word[:_LONGEST_WORD]), spelt, n=most)]


def letters(word: str) -> str:
    """Give a word as it is compared: without case, and without what may stand between its parts."""
    return _BETWEEN.sub("", word).casefold()


def _hint(kind: str, word: str, known: Sequence[str], missing: Sequence[str] = ()) -> str:
    """Say what a word was probably meant to be, of what is missing first; empty where nothing is near."""
    if word.startswith("\ufeff"):
        return f"{kind} {word!r} begins with a byte order mark (BOM): {word[1:]!r} without it"
    stripped = word.strip()
    if stripped != word and stripped in known:
        return f"{kind} {word!r} has blanks around it: {stripped!r} is what the vendor documents"
    for candidate in known:
        if candidate.lower() == word.lower():
            return f"{kind} {word!r} is written {candidate!r}: case counts"
    close = nearest(word, missing) or nearest(word, known)
    if not close:
        return ""
    if letters(close[0]) == letters(word):
        return f"{kind} {word!r} is written {close[0]!r}"
    return f"{kind} {word!r} is not documented: did you mean {close[0]!r}?"


def _listed(name: str, known: Sequence[str]) -> str:
    """Say which parameters there are to somebody who sent one that is like none of them."""
    more = ", …" if len(known) > _MOST_LISTED else ""
    listed = ", ".join(known[:_MOST_LISTED])
    return (
        f"parameter {name[:LONGEST_TOLD]!r} is not documented; there {f'are: {listed}{more}' if listed else 'is none'}"
    )
