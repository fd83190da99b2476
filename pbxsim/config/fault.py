"""What is wrong with a PBX file: one fault, and the refusal that carries them all.

Not here: finding faults (type_faults.py, meaning.py, vendor_settings.py), or their lines (document.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a PBX file: keys of mappings, positions in lists."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LONGEST: Final = 60  # characters of a value that a fault shows
_PATH_PART: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class Finding(msgspec.Struct, frozen=True):
    """A fault before it has been looked up where it stands. `line` 0: where its path leads. Else as Fault."""

    path: Path
    value: object
    expected: str
    line: int = 0


class Fault(msgspec.Struct, frozen=True):
    """One fault of a PBX file.

    `line` counts from 1; `path` is as `extensions[3].lines[0].user`, empty for the file as a whole; `value` is what
    stands there, msgspec.UNSET where it is missing or the fault is not one value's; `expected` says what should.
    """

    file: str
    line: int
    path: str
    value: object
    expected: str

    def __str__(self) -> str:
        """Print it on one line, as compilers do: `office.yaml:12: extensions[3].user: found 5, expected text`."""
        where = f"{self.file}:{self.line}: {self.path + ': ' if self.path else ''}"
        return f"{where}{'' if self.value is msgspec.UNSET else f'found {shown(self.value)}, '}expected {self.expected}"


class PbxFileRefused(Exception):
    """A PBX file is refused whole. `faults` are in the order of their lines, never empty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


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


def parsed(path: str) -> Path:
    """Read a path as a vendor's check or msgspec spells it; keys with dots or brackets in them come out in pieces."""
    return tuple(int(number) if number else key for number, key in _PATH_PART.findall(path))


def shown(value: object) -> str:
    """Show a value of a PBX file in few words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...{text[0]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give ` (did you mean X?)` for a word that is nearly a known one, else nothing."""
    close = nearest(word, known)
    return f" (did you mean {close}?)" if close is not None else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that a misspelt one is most like."""
    from difflib import get_close_matches  # only where there is a fault to explain

    return next(iter(get_close_matches(word, list(known), n=1)), None)
