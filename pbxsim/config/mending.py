"""Cutting out of a bad PBX file what is bad, so that vendors can check the rest and every fault is told at once.

What comes of it is looked at and thrown away: a refused file is never served in part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from pbxsim.config.fault import Path
from pbxsim.config.file import PbxFile
from pbxsim.config.meaning import meaning_faults
from pbxsim.config.references import reference_faults
from pbxsim.config.vendor_settings import FormRefused, decoded
from pbxsim.config.walk import value_at
from pbxsim.vendorkit.vendor import Vendor

_MOST_CUTS: Final = 60  # a file with more wrong than that is not worth a vendor's opinion
_UNKNOWN_KEY: Final = re.compile(r"Object contains unknown field `(.+)`")


class Mending:
    """Makes a decodable file of plain data by cutting; `lost` is every text that was cut out, for what refers to it."""

    def __init__(self, plain: dict[str, object], vendors: Mapping[str, Vendor]) -> None:
        self.lost: set[str] = set()
        self._plain = plain | {"name": "mended"}
        self._vendors = vendors

    def mended(self) -> PbxFile | None:
        """Give what is left; None where that would be nothing."""
        for _ in range(_MOST_CUTS):
            try:
                file = decoded(self._plain, self._vendors)
            except FormRefused as refused:
                if not self._cut_refused(refused):
                    return None
                continue
            found = next(chain(meaning_faults(self._plain), reference_faults(self._plain)), None)
            if found is None:
                return file
            self._cut(found.path)
        return None

    def _cut_refused(self, refused: FormRefused) -> bool:
        unknown = _UNKNOWN_KEY.fullmatch(refused.reason)
        if unknown:
            return self._cut((*refused.path, unknown[1]))
        if refused.path[:1] == ("vendors",):  # its lists must keep their numbering: the whole section goes
            return self._cut(refused.path[:2])
        return self._cut(refused.path)

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


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, item in node.items():
            yield key
            yield from _texts(item)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)
