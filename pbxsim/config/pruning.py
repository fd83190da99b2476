"""Cutting out of a bad PBX file what is bad, so that vendors can check the rest and every fault is told at once.

What comes of it is looked at and thrown away: a refused file is never served in part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from pbxsim.config.fault import MOST_FAULTS
from pbxsim.config.file import PbxFile
from pbxsim.config.packages import Packages
from pbxsim.config.vendor_settings import FormRefused, decoded
from pbxsim.kit.finding import Path
from pbxsim.kit.paths import value_at

_MOST_ROUNDS: Final = 20  # a file that is not right by then is not worth a vendor's opinion
_UNKNOWN_KEY: Final = re.compile(r"Object contains unknown field `(.+)`")


class Mending:
    """Makes a decodable file of plain data by cutting; `lost` is every text that was cut out, for what refers to it."""

    def __init__(self, plain: dict[str, object], packages: Packages) -> None:
        self.lost: set[str] = set()
        self._plain = plain | {"name": "mended"}
        self._packages = packages

    def mended(self, bad: Iterable[Path] = ()) -> PbxFile | None:
        """Give what is left without what is known to be `bad`, and whatever else is; None if that comes to nothing."""
        self._cut_all(path for path in bad if path[:1] != ("vendors",))
        for _ in range(_MOST_ROUNDS):
            try:
                file = decoded(self._plain, self._packages)
            except FormRefused as refused:
                if not self._cut_refused(refused):
                    return None
                continue
            found = list(islice(self._packages.contradictions(self._plain), MOST_FAULTS))
            if not found:
                return file
            self._cut_all(finding.path for finding in found)
        return None

    def _cut_refused(self, refused: FormRefused) -> bool:
        unknown = _UNKNOWN_KEY.fullmatch(refused.reason)
        if unknown:
            return self._cut((*refused.path, unknown[1]))
        if refused.path[:1] == (
            "vendors",
        ):  # its lists must keep their numbering: what is in one goes with the section
            return self._cut(_setting(refused.path))
        return self._cut(_entry(refused.path))

    def _cut_all(self, paths: Iterable[Path]) -> None:
        entries = {_entry(path): None for path in paths}
        for path in sorted(entries, reverse=True):  # from the back, so that those before keep their numbers
            self._cut(path)

    def _cut(self, path: Path) -> bool:
        """Cut what stands at a path, or the nearest thing around it that is there. False: that is the file itself."""
        while path:
            holder, key = value_at(self._plain, path[:-1]), path[-1]
            if isinstance(holder, dict) and key in holder:
                self.lost.update(_texts(holder.pop(key)))
                return True
            if isinstance(holder, list) and isinstance(key, int) and key < len(holder):
                self.lost.update(_texts(holder.pop(key)))
                return True
            path = path[:-1]
        return False


def _setting(path: Path) -> Path:
    """Give the vendor's setting that a path is in, or all its section where that is one of a list of mappings."""
    while isinstance(path[-1], int):
        path = path[:-1]
    return path[:2] if any(isinstance(part, int) for part in path) or len(path) < 4 else path


def _entry(path: Path) -> Path:
    """Give the list's entry that a path is in, the innermost; the path itself where there is none."""
    inside = [length for length, part in enumerate(path, 1) if isinstance(part, int)]
    return path[: inside[-1]] if inside else path


def _texts(node: object) -> Iterator[str]:
    """Give every value in it as text: a number that should have been text may be referred to as such."""
    if isinstance(node, dict):
        for item in node.values():
            yield from _texts(item)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, str | int):
        yield str(node)
