"""What config and engines look for alike in a decoded PBX file: odd characters, patterns, causes, twins, unknown names.

Each passes over what has the wrong form: another check tells that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.finding import Finding, Path, did_you_mean, spelt
from pbxsim.kit.paths import each, texts
from pbxsim.kit.secret_names import is_secret_name
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.numbers import BadPattern, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_CONTROL: Final = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_CAUSES: Final = frozenset(int(cause) for cause in HangupCause)


def control_characters(plain: object, path: Path = ()) -> Iterator[Finding]:
    """Find texts, keys too, that would break a header, a line of a log or a line of a fault.

    Those are the controls of ASCII and of Latin-1, and whatever else ends a line (Unicode's separators). A text that is
    or holds a secret is not shown: what its setting is called says so, or that it is a URL.
    """
    if isinstance(value := plain, str):
        if not value.isprintable() and re.search(_CONTROL, value):
            is_hidden = "://" in value or is_secret_name(str(path[-1]))
            yield Finding(path, msgspec.UNSET if is_hidden else value, "text without control characters")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from control_characters(key, (*path, key))
            yield from control_characters(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from control_characters(item, (*path, index))


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
