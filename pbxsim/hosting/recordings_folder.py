"""The folder of a PBX's recordings, and that at each beginning they lie there where its file says."""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pbxsim.hosting.hosted_pbx import CannotBegin
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.errors import PbxError
from pbxsim.pbx.events import RecordingMoved
from pbxsim.sinks.recordings.files import RecordingRoot

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.config.build import BuiltPbx
    from pbxsim.config.file import PbxFile
    from pbxsim.config.records import Placement
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.sinks.recordings.recorder import Recorder

_log: Final = logging.getLogger("pbxsim")


class RecordingsRefused(CannotBegin):
    """Recordings cannot be put into the folder that the user chose."""


class RecordingsFolder:
    """The folder of a PBX's recordings: at each beginning they lie where its file says.

    A folder of ours is emptied where the PBX begins anew. In one that the user chose (`keep`) nothing is ever removed:
    what the run before moved away goes back.
    """

    def __init__(self, folder: Path, file: PbxFile, *, keep: bool) -> None:
        self.root = RecordingRoot(folder)
        self._folder = folder
        self._keep = keep
        self._home = {entry.id: entry.recording for entry in file.cdrs if entry.recording is not None}
        self._away: dict[int, Cdr] = {}
        self._recorder: Recorder | None = None

    def put_back(self, built: BuiltPbx, recorder: Recorder, *, anew: bool) -> None:
        """Make the folder what it is when a PBX begins, record there, and remember what moves away.

        `anew`: no earlier run's records are gone on with. Raises RecordingsRefused.
        """
        if self._recorder is not None:  # it must not write into what has begun anew
            self._recorder.close(finish=self._keep or not anew)
        self._recorder = recorder
        if anew:
            self._empty()
        for placement in built.place:
            if self._is_home(built, placement):
                self._place(placement)
        built.pbx.events.subscribe(RecordingMoved, self._on_moved, Stage.RECORDS)
        recorder.attach(built.pbx)

    def _empty(self) -> None:
        if not self._keep:
            shutil.rmtree(self._folder, ignore_errors=True)
        for number, cdr in self._away.items():
            home = self._home[number]
            with suppress(PbxError):  # the user has taken it away
                self.root.move(
                    from_folder=cdr.recording_folder,
                    from_file=cdr.recording_file,
                    to_folder=home.folder,
                    to_file=home.file,
                )
        self._away.clear()

    def _is_home(self, built: BuiltPbx, placement: Placement) -> bool:
        """Tell whether a recording of the file's still lies where the file places it: it may have been moved."""
        where = (placement.folder, placement.file)
        placed = [number for number, home in self._home.items() if (home.folder, home.file) == where]
        found = [built.pbx.cdrs.get(number) for number in placed]
        return any((cdr.recording_folder, cdr.recording_file) == where for cdr in found)

    def _place(self, placement: Placement) -> None:
        try:
            self.root.place(placement.folder, placement.file, placement.content)
        except PbxError as error:
            told = f"recordings: cannot put {placement.folder}/{placement.file} into {self._folder}: {error.__cause__}"
            if self._keep:
                raise RecordingsRefused(told) from error
            _log.warning("%s; whoever asks for it is told that it is not there", told)

    def _on_moved(self, event: RecordingMoved) -> None:
        if self._keep and event.cdr.id in self._home:
            self._away[event.cdr.id] = event.cdr
