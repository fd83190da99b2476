"""The extensions of a PBX file: all of them, or where a PBX begins anew those alone that are not as they were made.

Not here: what one entry of the file becomes (subscribers.py).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from pbxsim.config.numbering import NO_PLAN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pbxsim.config.file import PbxFile
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Extension, Line, Registration


class TakenOver(NamedTuple):
    """The extensions of a PBX of the same file that is not used any more, of which `renewed` were made anew."""

    directory: Directory
    renewed: Sequence[Extension]


def extensions(file: PbxFile) -> list[Extension]:
    """Make all of them."""
    entries = [extension.line_entries() for extension in file.extensions]
    lines = iter([entry.line(number) for number, entry in numbered([*chain.from_iterable(entries)])])
    return [
        entry.extension(number, [next(lines) for _ in own], _dialplan(file))
        for (number, entry), own in zip(numbered(file.extensions), entries, strict=True)
    ]


class Subscribers:
    """The extensions of a file as they were made, so that a PBX that begins anew takes over what nothing has changed.

    To be made with the directory: before anybody calls, registers, diverts calls, or is not to be disturbed; nothing
    else of them changes while a PBX runs.
    """

    def __init__(self, file: PbxFile, directory: Directory) -> None:
        self.directory = directory
        self._file = file
        self._as_made = [_as_made(extension) for extension in directory.extensions]

    def changed(self) -> dict[int, Extension]:
        """Make those anew, by their places, that are not as they were made."""
        return {place: self._again(place) for place in self._places()}

    def go_on(self, directory: Directory, changed: Mapping[int, Extension]) -> None:
        """Be the same of another directory from now on, which has `changed` and all others of this one."""
        self.directory = directory
        for place, extension in changed.items():
            self._as_made[place] = _as_made(extension)

    def _places(self) -> list[int]:
        places = {
            place: None
            for place, lines in enumerate(self._as_made)
            for line, registration in lines
            if line.registration is not registration
            or line.channels
            or line.do_not_disturb
            or line.diversion is not None
        }
        return list(places)

    def _again(self, place: int) -> Extension:
        entry, before = self._file.extensions[place], self.directory.extensions[place]
        lines = [each.line(line.id) for each, line in zip(entry.line_entries(), before.lines, strict=True)]
        return entry.extension(before.id, lines, _dialplan(self._file))


def _as_made(extension: Extension) -> tuple[tuple[Line, Registration], ...]:
    return tuple([(line, line.registration) for line in extension.lines])


def _dialplan(file: PbxFile) -> str:
    return file.dialplans[0].name if file.dialplans else NO_PLAN


class _MayHaveId(Protocol):
    @property
    def id(self) -> int | None: ...


_T = TypeVar("_T", bound=_MayHaveId)


def numbered(entries: Sequence[_T]) -> Iterable[tuple[int, _T]]:
    """Give each entry its id: its own, or else the first one that no entry has."""
    taken = {entry.id for entry in entries}
    free = 1
    for entry in entries:
        if entry.id is not None:
            yield entry.id, entry
            continue
        while free in taken:
            free += 1
        taken.add(free)
        yield free, entry
