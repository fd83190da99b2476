"""Asterisk's dialplan patterns: does a pattern match a number, and which of several matches is the most specific.

Source: Asterisk's "Pattern Matching" page and main/pbx.c: a pattern starts with `_`; X is 0-9, Z 1-9, N 2-9, [1-5x] a
set, `.` one or more of anything, `!` zero or more; `-` and blanks are ignored. Anything without `_` is literal.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SETS: Final = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_ANY: Final = 1_000  # sorts after every set: a wildcard is the least specific element
_ANY_OR_NONE: Final = 1_001
_ELEMENT: Final = re.compile(r"\[([^\]]+)\]|(.)")


class BadPattern(ValueError):
    """The text is not an Asterisk pattern: an unclosed or empty set, or something behind a wildcard."""


def _set_members(text: str) -> str:
    members: list[str] = []
    for match in re.finditer(r"(.)-(.)|(.)", text):
        low, high, single = match.groups()
        members += [single] if single else [chr(code) for code in range(ord(low), ord(high) + 1)]
    return "".join(sorted(set(members)))


def _element(match: re.Match[str]) -> tuple[str, int]:
    inside, single = match.groups()
    if inside:
        members = _set_members(inside)
    else:
        upper = single.upper()
        members = _SETS.get(upper, single)
    return f"[{re.escape(members)}]" if members else "", len(members)


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """Compile a pattern to a regular expression and its sort key (smaller is more specific). Raises BadPattern."""
    if not pattern.startswith("_"):
        return re.compile(re.escape(pattern)), ()
    body = pattern[1:].replace("-", "") if "[" not in pattern else pattern[1:]
    body = body.replace(" ", "")
    wildcard = body[-1:] if body[-1:] in (".", "!") else ""
    stem = body[: len(body) - len(wildcard)]
    if not body or re.search(r"[.!]", stem) or stem.count("[") != stem.count("]") or "[]" in stem:
        raise BadPattern(pattern)
    elements = [_element(match) for match in _ELEMENT.finditer(stem)]
    tail = {".": ("(?s:.+)", (_ANY,)), "!": ("(?s:.*)", (_ANY_OR_NONE,)), "": ("", ())}[wildcard]
    key = (*(size for _, size in elements), *tail[1])
    return re.compile("".join(text for text, _ in elements) + tail[0]), key


def matches(pattern: str, number: str) -> bool:
    """Tell whether the whole number fits the pattern."""
    return compile_pattern(pattern)[0].fullmatch(number) is not None


def specificity(pattern: str) -> tuple[int, tuple[int, ...], str]:
    """Give the order in which Asterisk tries patterns: literals first, then position by position the smallest set."""
    literal = 0 if not pattern.startswith("_") else 1
    return literal, compile_pattern(pattern)[1], pattern
