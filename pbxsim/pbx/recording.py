"""Recordings: which record names which file, and the port behind which the files lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from pbxsim.pbx.errors import NoRecording
from pbxsim.pbx.events import RecordingMoved

if TYPE_CHECKING:
    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.cdr import CdrArchive


class RecordingFiles(Protocol):
    """Files under one root; folders and names as a client gives them, absolute ones too, never lead out of it."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Move a file in one step that loses nothing if it is interrupted.

        Raises RecordingUnreadable, RecordingFolderRefused, RecordingMoveRefused; each leaves everything as it was.
        """
        ...


class Recordings:
    """The recordings of a PBX."""

    def __init__(self, *, cdrs: CdrArchive, files: RecordingFiles, bus: EventBus) -> None:
        self._cdrs = cdrs
        self._files = files
        self._bus = bus

    def move(self, cdr_id: int, *, folder: str | None, file: str | None) -> None:
        """Move or rename the recording of a record; None keeps the folder or the name. The record's reference follows.

        Raises CdrNotFound, NoRecording, RecordingUnreadable, RecordingFolderRefused, RecordingMoveRefused.
        """
        cdr = self._cdrs.get(cdr_id)
        if not cdr.recording_file:
            raise NoRecording
        to_folder = cdr.recording_folder if folder is None else folder
        to_file = cdr.recording_file if file is None else file
        self._files.move(
            from_folder=cdr.recording_folder, from_file=cdr.recording_file, to_folder=to_folder, to_file=to_file
        )
        moved = msgspec.structs.replace(cdr, recording_folder=to_folder, recording_file=to_file)
        self._cdrs.replace(moved)
        self._bus.emit(RecordingMoved(moved))
