"""PBX files that one server cannot serve together: of one name, or with one credential of a vendor's in both.

A request is answered by the first PBX that claims its credential, so the other's client would never reach it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, combinations
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from pbxsim.config.fault import Fault, PbxFileRefused

if TYPE_CHECKING:
    from pbxsim.config.load import LoadedFile, PlacedCredential

_Parts: TypeAlias = frozenset[tuple[str, ...]]


def refuse_clashes(files: Iterable[LoadedFile]) -> None:
    """Look at PBXs that are to be served together, in their order; where one runs already, give it before a new one.

    Raises PbxFileRefused with a fault for each name and credential of a file that an earlier one has, too. It says
    which PBX that is and where in its file it stands, never what it is.
    """
    served = _Served()
    faults = list(chain.from_iterable(map(served.take, files)))
    if faults:
        raise PbxFileRefused(faults)


def refuse_name(loaded: LoadedFile, *, is_secret: bool) -> None:
    """Refuse a PBX whose name is a secret of the server that is to serve it: it would stand in all that tells of it.

    Raises PbxFileRefused, which does not show the name.
    """
    if is_secret:
        expected = "a name that is no secret of this server"
        raise PbxFileRefused([Fault(loaded.source, loaded.name_line, "name", msgspec.UNSET, expected)])


class _Served:
    """What the files that were taken have, and whose it is."""

    def __init__(self) -> None:
        self._names: dict[str, LoadedFile] = {}
        self._whole: dict[tuple[str, _Parts], str] = {}
        self._partly: dict[tuple[str, _Parts], str] = {}

    def take(self, loaded: LoadedFile) -> list[Fault]:
        """Take a file in, and give what it has in common with those that came before."""
        name = loaded.file.name
        faults = list(self._of_name(loaded))
        if name in self._names and self._names[name].source == loaded.source:
            return faults  # one file given twice has everything twice
        faults += self._of_credentials(loaded)
        self._names.setdefault(name, loaded)
        for placed in loaded.credentials_placed:
            words = f"PBX {name} has it already, in {loaded.source}:{placed.line}: {placed.path}"
            self._whole.setdefault((placed.vendor, placed.parts), words)
            for part in _some_of(placed.parts):
                self._partly.setdefault((placed.vendor, part), words)
        return faults

    def _of_name(self, loaded: LoadedFile) -> Iterator[Fault]:
        name = loaded.file.name
        if (other := self._names.get(name)) is not None:
            expected = f"a name of its own: {other.source}:{other.name_line} has this one already"
            yield Fault(loaded.source, loaded.name_line, "name", name, expected)

    def _of_credentials(self, loaded: LoadedFile) -> Iterator[Fault]:
        for placed in loaded.credentials_placed:
            if (words := self._holder(placed)) is not None:
                expected = f"a credential that is PBX {loaded.file.name}'s alone: {words}"
                yield Fault(loaded.source, placed.line, placed.path, msgspec.UNSET, expected)

    def _holder(self, placed: PlacedCredential) -> str | None:
        """Tell who would claim a request that carries this: whoever asks for all of it, for some of it, or for more."""
        found = (self._whole.get((placed.vendor, part)) for part in _some_of(placed.parts))
        return next((words for words in found if words is not None), self._partly.get((placed.vendor, placed.parts)))


@lru_cache(4096)  # each PBX that comes is compared with all that are served
def _some_of(parts: _Parts) -> tuple[_Parts, ...]:
    """Give every set of these parts that is not empty. There are a header or two, or a few parameters."""
    some = chain.from_iterable(combinations(sorted(parts), count) for count in range(1, len(parts) + 1))
    return tuple(map(frozenset, some))
