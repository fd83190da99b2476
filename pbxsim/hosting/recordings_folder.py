"""The folder of a PBX's recordings, and that at each beginning they lie there where its file says."""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.hosting.errors import CannotBegin
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.errors import PbxError
from pbxsim.pbx.events import RecordingMoved
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pbxsim.config.file import PbxFile
    from pbxsim.config.records import Placement, RecordingEntry
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.pbx import Pbx

_log: Final = logging.getLogger("pbxsim")


class RecordingsRefused(CannotBegin):
    """Recordings cannot be put into the folder that the user chose."""


class RecordingsFolder:
    """The folder of a PBX's recordings: at each beginning they lie where its file says.

    A folder of ours is emptied where the PBX begins anew. In one that the user chose (`keep`) all stays, but what the
    run before moved away goes back; and the recordings of calls that are forgotten with it give way to new ones, so
    that the same commands get the same replies. `before` is the folder as the PBX had it by an earlier file.
    """

    def __init__(self, folder: Path, file: PbxFile, *, keep: bool, before: RecordingsFolder | None = None) -> None:
        self._root = RecordingRoot(folder)
        self._folder = folder
        self._keep = keep
        self._home = {entry.id: entry.recording for entry in file.cdrs if entry.recording is not None}
        self._moves = Moves(())
        self._recorder: Recorder | None = None
        self._pbx: Pbx | None = None
        self._before = before
        self._as_placed: tuple[Placement, ...] | None = None  # what lies in a folder of ours while nothing changes it
        self._lying: tuple[Path, ...] = ()  # and where

    def recorder(self, *, longest: int, most_bytes: int) -> Recorder:
        """Make a recorder for it.

        `longest` is the number of seconds after which it cuts a recording off; `most_bytes` how much memory those may
        take that wait to be written.
        """
        return Recorder(self._root, longest=longest, most_bytes=most_bytes)

    def put_back(self, pbx: Pbx, placements: tuple[Placement, ...], recorder: Recorder, *, anew: bool) -> None:
        """Make the folder what it is when a PBX begins, record there, and remember what moves away.

        `anew`: no earlier run's records are gone on with. Raises RecordingsRefused.
        """
        before, self._before = self._before or self, None
        before.end_recording(finish=not anew)
        moved = {} if anew else before.away
        if not (anew and before is self and self._lies_there(placements)):
            forgotten = before.empty() if anew else ()
            placed = [self._place(each) for each in placements if self._is_home(pbx, each)]
            self._let_give_way(forgotten)
            self._root.is_changed = False
            self._as_placed = placements if anew and not self._keep and all(placed) else None
            self._lying = tuple(self._folder / each.folder.strip("/") / each.file for each in placements)
        self._recorder, self._pbx = recorder, pbx
        self._moves = Moves(self._home if self._keep else (), moved)
        pbx.events.subscribe(RecordingMoved, self._moves.on_moved, Stage.RECORDS)
        recorder.attach(pbx)

    @property
    def away(self) -> Mapping[int, Cdr]:
        """Give the records whose recordings the PBX moved away, by number, as it left them."""
        return self._moves.away

    def bring_back(self, before: Pbx, now: Pbx) -> None:
        """Move what was moved since to where the records of `now` say; what else is in `before` gives way."""
        known = {cdr.id: cdr for cdr in now.cdrs.find(CdrQuery())}
        for cdr in before.cdrs.find(CdrQuery(has_recording=True)):
            kept = known.get(cdr.id)
            if kept is None:
                self._let_give_way([cdr])
            elif kept.recording_file and _where(kept) != _where(cdr):
                with suppress(PbxError):  # somebody has taken it away, or put another in its place
                    self._root.move(
                        from_folder=cdr.recording_folder,
                        from_file=cdr.recording_file,
                        to_folder=kept.recording_folder,
                        to_file=kept.recording_file,
                    )

    def end_recording(self, *, finish: bool) -> None:
        """Have the PBX that was there write no more: not into what has begun anew."""
        if self._recorder is not None:
            self._recorder.close(finish=finish)

    def empty(self) -> tuple[Cdr, ...]:
        """Take away what the PBX that was there left, and give its records, which are forgotten with it."""
        if not self._keep:
            shutil.rmtree(self._folder, ignore_errors=True)
        for number, cdr in self._moves.away.items():
            self._bring_home(self._home[number], cdr)
        return tuple(self._pbx.cdrs.find(CdrQuery(has_recording=True))) if self._keep and self._pbx is not None else ()

    def _lies_there(self, placements: tuple[Placement, ...]) -> bool:
        """Tell whether just these recordings lie in a folder of ours: then a reset has nothing to write.

        Whoever clears up temporary files may have taken one away.
        """
        return self._as_placed == placements and not self._root.is_changed and all(map(Path.is_file, self._lying))

    def _let_give_way(self, forgotten: Iterable[Cdr]) -> None:
        for cdr in forgotten:
            if cdr.call and cdr.recording_file:
                self._root.gives_way(cdr.recording_folder, cdr.recording_file)

    def _bring_home(self, home: RecordingEntry, cdr: Cdr) -> None:
        with suppress(PbxError):  # the user has taken it away
            self._root.move(
                from_folder=cdr.recording_folder,
                from_file=cdr.recording_file,
                to_folder=home.folder,
                to_file=home.file,
            )

    def _is_home(self, pbx: Pbx, placement: Placement) -> bool:
        """Tell whether a recording of the file's still lies where the file places it: it may have been moved."""
        where = (placement.folder, placement.file)
        placed = [number for number, home in self._home.items() if (home.folder, home.file) == where]
        found = [pbx.cdrs.get(number) for number in placed]
        return any((cdr.recording_folder, cdr.recording_file) == where for cdr in found)

    def _place(self, placement: Placement) -> bool:
        """Put it there. Only the user's own folder must take it: from one of ours it is missed when it is asked for."""
        try:
            self._root.place(placement.folder, placement.file, placement.content)
        except PbxError as error:
            told = f"recordings: cannot put {placement.folder}/{placement.file} into {self._folder}: {error.__cause__}"
            if self._keep:
                raise RecordingsRefused(told) from error
            _log.warning("%s; whoever asks for it is told that it is not there", told)
            return False
        return True


class Moves:
    """Where recordings of the records `watched` were moved to while one PBX lived, by record; begins with `before`."""

    def __init__(self, watched: Collection[int], before: Mapping[int, Cdr] | None = None) -> None:
        self.away = dict(before or {})
        self._watched = frozenset(watched)

    def on_moved(self, event: RecordingMoved) -> None:
        """Remember where it is."""
        if event.cdr.id in self._watched:
            self.away[event.cdr.id] = event.cdr


def _where(cdr: Cdr) -> tuple[str, str]:
    return cdr.recording_folder, cdr.recording_file
