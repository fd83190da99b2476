"""What is wrong with a PBX file: one fault, and the refusal that carries them all.

Not here: finding faults (type_faults.py, semantics.py, vendor_settings.py), or their lines (document.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from pbxsim.kit.finding import Path
from pbxsim.kit.secret_names import is_secret_name

MOST_FAULTS: Final = 100
"""Faults that one refusal tells; the rest show when those are mended."""

_LONGEST: Final = 60  # characters of a value that a fault shows
_PATH_PART: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class Fault(msgspec.Struct, frozen=True):
    """One fault of a PBX file.

    `line` counts from 1, 0 where there is no file; `path` is as `extensions[3].lines[0].user`, empty for the file as a
    whole; `value` is what stands there, msgspec.UNSET where it is missing or the fault is not one value's; `expected`
    says what should.
    """

    file: str
    line: int
    path: str
    value: object
    expected: str

    def __str__(self) -> str:
        """Print it on one line, as compilers do: `office.yaml:12: extensions[3].user: found 5, expected text`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f"{place}: {self.path + ': ' if self.path else ''}"
        found = "" if self.value is msgspec.UNSET or self._is_secret else f"found {shown(self.value)}, "
        return _on_one_line(f"{where}{found}expected {self.expected}")

    @property
    def _is_secret(self) -> bool:
        """Tell whether the value is one that nobody but the file's owner is to read: faults come into logs."""
        return type(self.value) in (str, int, float) and self.value != "" and is_secret(parsed(self.path))


def is_secret(path: Path) -> bool:
    """Tell whether what stands there is a secret, by the name of its setting."""
    names = [part for part in path if isinstance(part, str)]
    return bool(names) and is_secret_name(names[-1])


class PbxFileRefused(Exception):
    """A PBX file is refused whole. `faults` are in the order of their lines, never empty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def parsed(path: str) -> Path:
    """Read a path as a vendor's check or msgspec spells it; keys with dots or brackets in them come out in pieces."""
    return tuple(int(number) if number else key for number, key in _PATH_PART.findall(path))


def _on_one_line(text: str) -> str:
    """Spell what cannot be printed: keys and names of the file are quoted as they are."""
    return text if text.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


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
