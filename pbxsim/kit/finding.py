"""What somebody finds wrong with a PBX file: where it stands, what stands there, what should.

Not here: in which line of the file that is, and how it is told (config/fault.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a PBX file: keys of mappings, positions in lists."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STRAY_LETTERS: Final = 3


class Finding(msgspec.Struct, frozen=True):
    """A fault before it has been looked up where it stands.

    `value` is what stands there, msgspec.UNSET where it is missing or the fault is not one value's; `expected` says
    what should. `line` 0: where its path leads.
    """

    path: Path
    value: object
    expected: str
    line: int = 0


def spelt(path: Path) -> str:
    """Spell a path as people write it: `extensions[3].lines[0].user`, `entries["_X."]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give ` (did you mean X?)` for a word that is nearly a known one, else nothing."""
    close = nearest(word, known)
    return f" (did you mean {close}?)" if close is not None else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that a misspelt one is most like, among the first few hundred of about its length.

    Case, `_` and `-` do not count.
    """
    from pbxsim.kit.near_miss import nearest as likest  # only where there is a fault to explain

    alike = (candidate for candidate in known if abs(len(candidate) - len(word)) <= _STRAY_LETTERS)
    return next(iter(likest(word, alike)), None)
