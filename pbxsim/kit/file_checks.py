"""What config and engines look for alike in a decoded PBX file: odd characters, patterns, causes, twins, unknown names.

Each passes over what has the wrong form: another check tells that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.kit.finding import Finding, Path, did_you_mean, spelt
from pbxsim.kit.paths import each, texts
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.numbers import BadPattern, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_CAUSES: Final = frozenset(int(cause) for cause in HangupCause)


def control_characters(plain: object, sections: Iterable[str]) -> Iterator[Finding]:
    """Find texts in these sections, keys too, that have control characters in them."""
    if isinstance(plain, dict):
        for section in sections:
            yield from _in_texts(plain.get(section), (section,))


def _in_texts(value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, str):
        if not value.isprintable() and re.search(r"[\x00-\x1f\x7f]", value):
            yield Finding(path, value, "text without control characters")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _in_texts(key, (*path, key))
            yield from _in_texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _in_texts(item, (*path, index))


def bad_patterns(plain: object, *places: str) -> Iterator[Finding]:
    """Find what is no Asterisk pattern at these places."""
    for place in places:
        for path, pattern in texts(plain, place):
            yield from bad_pattern(path, pattern)


def bad_pattern(path: Path, pattern: str) -> Iterator[Finding]:
    """Find that this is no Asterisk pattern."""
    try:
        compile_pattern(pattern)
    except BadPattern:
        yield Finding(path, pattern, "an Asterisk pattern: sets closed and not empty, nothing behind . or !")


def bad_causes(plain: object, *places: str) -> Iterator[Finding]:
    """Find numbers at these places that are no hangup cause."""
    for place in places:
        for path, value in each(plain, place):
            if isinstance(value, int) and value not in _CAUSES:
                listed = ", ".join(map(str, sorted(_CAUSES)))
                yield Finding(path, value, f"a hangup cause that Asterisk knows: {listed}")


def twins(values: Iterable[tuple[Path, object]]) -> Iterator[Finding]:
    """Find values that are there already, among those that are text or numbers."""
    seen: dict[object, Path] = {}
    for path, value in values:
        if isinstance(value, bool) or not isinstance(value, str | int):
            continue
        if value in seen:
            yield Finding(path, value, f"a value of its own: {spelt(seen[value])} has this one already")
        else:
            seen[value] = path


def dangling(plain: object, places: str, kind: str, known: Collection[str]) -> Iterator[Finding]:
    """Find texts at these places that name nothing; `kind` says what they should name, with its article."""
    for path, value in texts(plain, places):
        yield from names_nothing(path, value, kind, known)


def names_nothing(path: Path, value: str, kind: str, known: Collection[str]) -> Iterator[Finding]:
    """Find that this value is not among the known ones."""
    if value not in known:
        yield Finding(path, value, f"{kind} of this file{did_you_mean(value, known)}")
