"""Asterisk's dialplan patterns: does a pattern match a number, and which of several matches is the most specific; and
what can be dialled over a trunk at all.

Source: Asterisk's "Pattern Matching" page and main/pbx.c: a pattern starts with `_`; X is 0-9, Z 1-9, N 2-9, [1-5x] a
set, `.` one or more of anything, `!` zero or more; `-` and blanks are ignored. Anything without `_` is literal.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypeAlias

LONGEST_DIALLED: Final = 20
"""Digits that a trunk takes unless it is said otherwise: a called party number of EN 300 403-1, 4.5.8."""

_DIALLED: Final = re.compile(r"\+?([0-9*#]+)")
_SETS: Final = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_Rank: TypeAlias = tuple[int, str]  # how many characters fit at a position, and which: the smaller, the more specific
_WILDCARDS: Final[dict[str, tuple[str, tuple[_Rank, ...]]]] = {
    ".": ("(?s:.+)", ((0x180, ""),)),
    "!": ("(?s:.*)", ((0x280, ""),)),
    "": ("", ()),
}
_END: Final[_Rank] = (0x300, "")  # ext_cmp_pattern_pos: the end of a pattern is less specific than either wildcard
_SET_OR_FLUFF: Final = re.compile(r"\[[^\[\]]*+\]?+|[ -]")  # a dash inside a set is a range
_STEM: Final = re.compile(r"(?:\[[^\[\]]+\]|[^\[\].!])*")
_ELEMENT: Final = re.compile(r"\[([^\[\]]++)\]|([^\[])")


class BadPattern(ValueError):
    """The text is not an Asterisk pattern: an unclosed or empty set or range, or something behind a wildcard."""


def _set_members(text: str, pattern: str) -> str:
    members: list[str] = []
    for match in re.finditer(r"(.)-(.)|(.)", text, re.DOTALL):
        low, high, single = match.groups()
        if not single and low > high:
            raise BadPattern(pattern)
        members += [single] if single else [chr(code) for code in range(ord(low), ord(high) + 1)]
    return "".join(sorted(set(members)))


def _element(match: re.Match[str], pattern: str) -> tuple[str, _Rank]:
    inside, single = match.groups()
    members = _set_members(inside, pattern) if inside else _SETS.get(single.upper(), single)
    return f"[{re.escape(members)}]", (len(members), members)


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> tuple[re.Pattern[str], tuple[_Rank, ...]]:
    """Compile a pattern to a regular expression and its sort key (smaller is more specific). Raises BadPattern."""
    if not pattern.startswith("_"):
        return re.compile(re.escape(pattern)), ()
    body = _SET_OR_FLUFF.sub(lambda found: found[0].replace(" ", "") if found[0][0] == "[" else "", pattern[1:])
    wildcard = body[-1:] if body[-1:] in (".", "!") else ""
    stem = body[: len(body) - len(wildcard)]
    if not body or not _STEM.fullmatch(stem):
        raise BadPattern(pattern)
    elements = [_element(match, pattern) for match in _ELEMENT.finditer(stem)]
    tail, rank = _WILDCARDS[wildcard]
    return re.compile("".join(text for text, _ in elements) + tail), (*(rank for _, rank in elements), *rank, _END)


def matches(pattern: str, number: str) -> bool:
    """Tell whether the whole number fits the pattern."""
    return compile_pattern(pattern)[0].fullmatch(number) is not None


def specificity(pattern: str) -> tuple[int, tuple[_Rank, ...], str]:
    """Give the order in which Asterisk tries patterns: literals first, then position by position the smallest set."""
    literal = 0 if not pattern.startswith("_") else 1
    return literal, compile_pattern(pattern)[1], pattern


def is_dialable(number: str, longest: int = LONGEST_DIALLED) -> bool:
    """Tell whether a trunk can be given that number: ASCII digits, `*` and `#`, at most `longest`, behind one `+` or
    none (Q.931's IA5 characters of a called party number; RFC 3966's global number).
    """
    if number.isdecimal() and number.isascii():  # nearly every one
        return len(number) <= longest
    found = _DIALLED.fullmatch(number)
    return found is not None and len(found[1]) <= longest
