"""Recordings: which calls are recorded, which record names which file, and the ports behind which the files lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.native import mypyc_attr
from pbxsim.pbx.call import CallKind, RecordingWish
from pbxsim.pbx.errors import NoRecording, RecordingFolderRefused, RecordingMoveRefused, RecordingUnreadable
from pbxsim.pbx.events import RecordingFailed, RecordingMoved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.cdr import Cdr, CdrArchive
    from pbxsim.pbx.channel import Channel


_SPY: Final = CallKind.SPY

HOME: Final = "/var/spool/asterisk/monitor"
"""Where a recording lies that nobody wanted elsewhere: Asterisk's own folder for them (main/options.c)."""


class RecordingFiles(Protocol):
    """Files under one root; folders and names as a client gives them, absolute ones too, never lead out of it."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Move a file in one step that loses nothing if it is interrupted.

        Raises RecordingUnreadable, RecordingFolderRefused, RecordingMoveRefused; each leaves everything as it was.
        """
        ...


class RecordingReader(Protocol):
    """Gives what is in the files, for those who send them on."""

    def read(self, folder: str, file: str) -> bytes:
        """Give a whole recording; one that is being written just now is waited for. Raises RecordingUnreadable."""
        ...


class SoundSource(Protocol):
    """Knows what was said in a call, where an engine has people who say something."""

    def __call__(self, call: Call, /) -> Callable[[int], Iterator[bytes]] | None:
        """Give, of a call that has just ended, what gives its sound for so many seconds: 8 kHz, 16 bits, two sides."""
        ...


class CallRecorder(Protocol):
    """Makes the files. What is to be in them it hears from events; a closed record names the file that it makes."""

    def prepare(self, folder: str, file: str) -> None:
        """See that a recording can be put there. Raises RecordingFolderRefused, RecordingMoveRefused."""
        ...

    def hear(self, source: SoundSource) -> None:
        """Take what was said in a call from there, where it gives anything, instead of making it."""
        ...


def is_recorded(call: Call) -> bool:
    """Tell whether what is said in a call is kept: it was asked for regardless, or a party's extension records.

    A spy's own call never is: what it hears is recorded where it is said, or not at all.
    """
    order = call.order
    if order.kind is _SPY:
        return False
    if order.recording is not None and order.recording.regardless:
        return True
    for leg in call.all_legs():
        line = leg.line
        if line is not None and line.extension.records and leg.answered_at:
            return True
    return False


def reference(control: CallControl, call: Call, first: Channel | None) -> tuple[str, str]:
    """Give folder and file of the recording of a call that has just ended; two empty texts if there is none.

    The names are those of the order. Without a folder it is HOME, without a name the call's unique id, as a
    WAV file. There is none where not even a channel was (`first`, the one that its record names first), nor of a call
    in which the parties were connected for less than a second, nor of one whose recording cannot be put where it was
    to lie: that is told as an event, and the call's record is closed as ever.
    """
    recorder = control.recorder
    if recorder is None or first is None or not call.bridged_at or not is_recorded(call):
        return "", ""
    if call.ended_at - call.bridged_at < SECOND:
        return "", ""
    wish = call.order.recording or RecordingWish()
    folder, file = wish.folder or HOME, wish.file or f"{call.unique_id}.wav"
    try:
        recorder.prepare(folder, file)
    except (RecordingFolderRefused, RecordingMoveRefused) as error:
        control.bus.emit(RecordingFailed(call.number, folder, file, why(error)))
        return "", ""
    return folder, file


def why(error: Exception) -> str:
    """Say in words why a recording could not be put somewhere, without any path of this machine."""
    cause = error.__cause__
    return (isinstance(cause, OSError) and cause.strerror) or type(error).__name__


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Recordings:
    """The recordings of a PBX. `reader` is None where their files cannot be read, as in a simulation."""

    def __init__(self, *, cdrs: CdrArchive, files: RecordingFiles, bus: EventBus) -> None:
        self._cdrs = cdrs
        self._files = files
        self._bus = bus
        self.reader: RecordingReader | None = None

    def content(self, cdr: Cdr) -> bytes:
        """Give what is in the recording that a record names. Raises NoRecording, RecordingUnreadable."""
        if not cdr.recording_file:
            raise NoRecording
        if self.reader is None:
            raise RecordingUnreadable(f"{cdr.recording_folder}/{cdr.recording_file}")
        return self.reader.read(cdr.recording_folder, cdr.recording_file)

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
