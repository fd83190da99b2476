"""Makes the recording of a call when its record is closed, and stands before the recordings' folder while it does.

It hears who is connected and who is on hold, so that it knows what the file has to sound like. The file is as long as
both were connected, in whole seconds, to the sample. Each party has a channel of its own, the first the left one; a
party is silent while it holds the other, and where the PBX itself is the second party, that speaks as the number that
was asked for. After a transfer whoever stays keeps its channel; while it rings for it, the other channel has the
ring-back.

Files are written by one thread, in the order in which calls ended, because four hours of talk are half a gigabyte and
the switch must not wait for them. What the thread writes depends on the call alone, so it is the same bytes every time;
and what becomes of it is told in the event loop's thread only: by `settle`, which whoever waits for a file calls.

Not here: which calls are recorded and how the file is named (pbx/recording.py), what the sound is (sound.py).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.later import LaterModule
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.call import CallState
from pbxsim.pbx.errors import CdrNotFound, PbxError, RecordingLate, RecordingMoveRefused, RecordingUnreadable
from pbxsim.pbx.events import (
    CallBridged,
    CallTransferred,
    LegHeld,
    LegUnheld,
    MessageDeleted,
    MessageLeft,
    MessageMoved,
    RecordingFailed,
)
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.pbx.recording import is_recorded, why
from pbxsim.sinks.capacity import RECORDING_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from typing import BinaryIO, TypeAlias

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.mailbox import Message
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.recording import SoundSource
    from pbxsim.sinks.recordings import formats, sound
    from pbxsim.sinks.recordings.files import RecordingRoot
else:
    sound = LaterModule("pbxsim.sinks.recordings.sound")
    formats = LaterModule("pbxsim.sinks.recordings.formats")

LONGEST: Final = 4 * 3600
"""Seconds: as long as a call lasts that nobody hangs up."""

MOST_SCENES: Final = 2_048
"""Changes of who is heard that are noted of one call: one each seven seconds for four hours."""

_FLAT: Final = 1_536  # bytes of a recording that waits to be written
_SCENE: Final = 160  # of a change of who is heard

_PATIENCE: Final = 5.0  # seconds that a move waits for a file that is being written

_Place: TypeAlias = "tuple[str, ...]"


class _Abandoned(Exception):
    """The PBX begins anew: nobody wants this file any more."""


class Take:
    """What a recorded call has sounded like so far. Whoever speaks on a channel stays there."""

    __slots__ = ("_left", "_scenes")

    def __init__(self) -> None:
        self._left: Channel | None = None
        self._scenes: list[sound.Scene] = []

    def add(self, now: Instant, call: Call) -> None:
        """Note who is heard from now on; of a call with too many changes the last ones are not heard."""
        if len(self._scenes) >= MOST_SCENES:
            return
        left, right = call.first, call.second
        if self._scenes and self._left is not left:  # it has gone, and the party on the right is now the first
            left, right = right, left
        self._left = left
        self._scenes.append(sound.Scene(now, _said(left, call), _said(right, call)))

    def since(self, beginning: Instant) -> list[sound.Scene]:
        """Give all scenes, counted from the beginning of the recording."""
        return [sound.Scene(scene.at - beginning, scene.left, scene.right) for scene in self._scenes]


class Recorder:
    """Implements `CallRecorder`, and `RecordingFiles` and `RecordingReader` before the files that it writes.

    There is one for each beginning of a PBX. `longest` is where a recording is cut off, in seconds; 0 makes none. Where
    those that wait to be written take more memory than `most_bytes`, the next one waits until the oldest is written,
    and the switch with it: so none is lost, and nothing depends on how quick the disk is.
    """

    def __init__(self, root: RecordingRoot, *, longest: int = LONGEST, most_bytes: int = RECORDING_BYTES) -> None:
        self._root = root
        self._longest = longest
        self._most_bytes = most_bytes
        self._queue: deque[tuple[int, Future[None], int]] = deque()  # record, file and bytes, in the order of writing
        self._queued_bytes = 0
        self._takes: dict[int, Take] = {}  # by call
        self._pending: OrderedDict[int, tuple[Cdr, Future[None]]] = OrderedDict()  # by record, in the order of writing
        self._thread: ThreadPoolExecutor | None = None
        self._messages: Future[None] | None = None  # what is to be done last with messages of voice mail
        self._message_works = 0
        self._abandoned = False
        self._source: SoundSource | None = None

    def attach(self, pbx: Pbx) -> None:
        """Record the calls of a PBX, whose archive must listen to CdrClosed already."""
        self._pbx = pbx
        pbx.recordings.reader = self
        pbx.events.subscribe(MessageLeft, self._on_message, Stage.RECORDS)
        pbx.events.subscribe(MessageMoved, self._on_message_moved, Stage.RECORDS)
        pbx.events.subscribe(MessageDeleted, self._on_message_deleted, Stage.RECORDS)
        if not self._longest:
            return
        pbx.calls.recorder = self
        pbx.events.subscribe(CallBridged, self._on_joined, Stage.RECORDS)
        pbx.events.subscribe(CallTransferred, self._on_joined, Stage.RECORDS)
        pbx.events.subscribe(LegHeld, self._on_held, Stage.RECORDS)
        pbx.events.subscribe(LegUnheld, self._on_held, Stage.RECORDS)
        pbx.events.subscribe(CallRecorded, self._on_recorded, Stage.RECORDS)

    def __deepcopy__(self, memo: dict[int, object]) -> Recorder:
        """Copy what was noted of calls that go on; what is being written stays the business of this one.

        The copy writes into the same folder.
        """
        other = memo[id(self)] = Recorder(self._root, longest=self._longest, most_bytes=self._most_bytes)
        other._takes = deepcopy(self._takes, memo)
        other._pbx = deepcopy(self._pbx, memo)
        return other

    def close(self, *, finish: bool) -> None:
        """End the thread. Files that are due are finished, or given up: none is ever left half written."""
        self._abandoned = not finish
        if self._thread is not None:
            self._thread.shutdown(wait=True, cancel_futures=not finish)
            self._thread = None
        self._abandoned = False
        self.settle()

    @property
    def takes(self) -> dict[int, Take]:
        """What the calls that are being recorded have sounded like so far, by their numbers."""
        return self._takes

    @property
    def queued(self) -> tuple[int, int]:
        """Count the recordings that wait to be written, and the bytes of memory that they take."""
        self._leave_written()
        return len(self._queue), self._queued_bytes

    # -- the ports ------------------------------------------------------------------------------------------------

    def prepare(self, folder: str, file: str) -> None:
        """See that a recording can be put there. Raises RecordingFolderRefused, RecordingMoveRefused."""
        try:
            formats.writer(file)
        except formats.NoMp3Encoder as error:
            raise RecordingMoveRefused(f"{folder}/{file}") from OSError(0, str(error))
        self._root.prepare(folder, file)

    def hear(self, source: SoundSource) -> None:
        """Implement `CallRecorder`."""
        self._source = source

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Move a recording as `RecordingRoot.move` does, but not before it, and what will lie there, is written."""
        if not self._has_come(from_folder, from_file):
            raise RecordingUnreadable(f"{from_folder}/{from_file}")
        if not self._has_come(to_folder, to_file):
            raise RecordingMoveRefused(f"{to_folder}/{to_file}")
        self._root.move(from_folder=from_folder, from_file=from_file, to_folder=to_folder, to_file=to_file)

    def read(self, folder: str, file: str) -> bytes:
        """Give a whole recording, as soon as it is written. Raises RecordingUnreadable."""
        try:
            if self._has_come(folder, file):
                with self._root.open(folder, file) as opened:
                    return opened.read()
        except OSError as error:
            raise RecordingUnreadable(f"{folder}/{file}") from error
        raise RecordingUnreadable(f"{folder}/{file}")

    async def open(self, folder: str, file: str) -> BinaryIO:
        """Open a recording for reading, as soon as it is written. Raises RecordingUnreadable, RecordingLate."""
        if self._is_withheld(folder, file):
            raise RecordingLate(f"{folder}/{file}")
        pending = self._writing(folder, file)
        if pending is not None:
            await _end(pending)
            self.settle()
        return self._root.open(folder, file)

    # -- waiting --------------------------------------------------------------------------------------------------

    async def written(self) -> None:
        """Return when every recording of a call that has ended by now is there, or known to have failed."""
        for _, future in list(self._pending.values()):
            await _end(future)
        await self._messages_done()
        self.settle()

    async def open_message(self, message: Message) -> BinaryIO:
        """Open a message of voice mail for reading, as soon as it is written. Raises RecordingUnreadable."""
        await self._messages_done()
        return self._root.open(message.folder, message.file)

    async def _messages_done(self) -> None:
        """Return when the files of all messages are as these are."""
        if self._messages is not None:
            await _end(self._messages)

    def settle(self) -> None:
        """See what has become of the files that were written, and let the records of those that failed name none."""
        while self._pending:
            cdr, future = next(iter(self._pending.values()))
            if not future.done():
                return
            del self._pending[cdr.id]
            error = None if future.cancelled() else future.exception()
            if isinstance(error, Exception) and not isinstance(error, _Abandoned):
                self._forget(cdr, why(error))

    def _is_withheld(self, folder: str, file: str) -> bool:
        faults = self._pbx.calls.faults
        return faults is not None and faults.withholds(_place(folder, file))

    def _has_come(self, folder: str, file: str) -> bool:
        if self._is_withheld(folder, file):
            return False
        pending = self._writing(folder, file)
        if pending is None:
            return True
        wait([pending], _PATIENCE)
        self.settle()
        return pending.done()

    def _writing(self, folder: str, file: str) -> Future[None] | None:
        """Find what is still to be written at that place; of several the last, before which the others are done."""
        place = _place(folder, file)
        for cdr, future in reversed(self._pending.values()):
            if _place(cdr.recording_folder, cdr.recording_file) == place:
                return future
        return None

    def _forget(self, cdr: Cdr, reason: str) -> None:
        self._pbx.events.emit(RecordingFailed(cdr.call, cdr.recording_folder, cdr.recording_file, reason))
        with suppress(CdrNotFound):
            kept = self._pbx.cdrs.get(cdr.id)
            if (kept.recording_folder, kept.recording_file) == (cdr.recording_folder, cdr.recording_file):
                self._pbx.cdrs.replace(msgspec.structs.replace(kept, recording_folder="", recording_file=""))

    # -- listening ------------------------------------------------------------------------------------------------

    def _on_joined(self, event: CallBridged | CallTransferred) -> None:
        call = event.call
        if is_recorded(call):
            self._note(call)

    def _on_held(self, event: LegHeld | LegUnheld) -> None:
        call = event.channel.call
        if is_recorded(call):
            self._note(call)

    def _note(self, call: Call) -> None:
        """Take down who is heard from now on in a recorded call."""
        if call.bridged_at:
            take = self._takes.get(call.number)
            if take is None:
                take = self._takes[call.number] = Take()
            take.add(self._pbx.clock.now, call)

    def _on_recorded(self, event: CallRecorded) -> None:
        take = self._takes.pop(event.call.number, None)
        if not event.file:
            return
        cdr, faults = event.whole, self._pbx.calls.faults
        if faults is not None:
            faults.withhold(event.call, _place(cdr.recording_folder, cdr.recording_file))
        scenes = take.since(cdr.answer) if take is not None else []
        said = None if self._source is None else self._source(event.call)
        future = self._submit(self._write, cdr, scenes, said)
        self._pending[cdr.id] = cdr, future
        self._queue_up(cdr.id, future, _FLAT + _SCENE * len(scenes))
        with suppress(RuntimeError):  # no event loop: then whoever drives the clock calls `settle`
            _then(future, asyncio.get_running_loop(), self.settle)

    def _submit(self, work: Callable[..., None], *about: object) -> Future[None]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="pbxsim-recorder")
        return self._thread.submit(work, *about)

    # -- messages of voice mail -------------------------------------------------------------------------------------

    def _on_message(self, event: MessageLeft) -> None:
        if event.message is not None:
            self._do(self._write_message, event.message, event.silences)

    def _on_message_moved(self, event: MessageMoved) -> None:
        self._do(self._move_message, event.before, event.after)

    def _on_message_deleted(self, event: MessageDeleted) -> None:
        self._do(self._remove_message, event.message)

    def _do(self, work: Callable[..., None], *about: object) -> None:
        """Have something done behind all that is to be done already; it takes memory until it is."""
        self._messages = self._submit(work, *about)
        self._message_works += 1
        self._queue_up(-self._message_works, self._messages, _FLAT)

    # -- memory ---------------------------------------------------------------------------------------------------

    def _queue_up(self, cdr: int, future: Future[None], size: int) -> None:
        self._queue.append((cdr, future, size))
        self._queued_bytes += size
        self._leave_written()
        while self._queued_bytes > self._most_bytes and len(self._queue) > 1:
            wait([self._queue[0][1]])
            self._leave_written()

    def _leave_written(self) -> None:
        """Let go of what is written; what failed stays pending until somebody settles it."""
        while self._queue and self._queue[0][1].done():
            cdr, future, size = self._queue.popleft()
            self._queued_bytes -= size
            if not future.cancelled() and future.exception() is None:
                self._pending.pop(cdr, None)

    # -- in the thread --------------------------------------------------------------------------------------------

    def _write(self, cdr: Cdr, scenes: list[sound.Scene], said: Callable[[int], Iterator[bytes]] | None = None) -> None:
        seconds = min(cdr.billsec, self._longest)
        write = formats.writer(cdr.recording_file)
        pieces = self._unless_abandoned(sound.frames(scenes, seconds) if said is None else said(seconds))
        self._root.compose(cdr.recording_folder, cdr.recording_file, lambda file: write(file, pieces, seconds))

    def _write_message(self, message: Message, silences: tuple[tuple[Duration, Duration], ...]) -> None:
        """Write what the caller said: one channel, silent where the caller was."""
        pieces = self._unless_abandoned(sound.message_sound(message.caller, silences, message.seconds))
        self._root.compose(
            message.folder, message.file, lambda file: formats.write_wav(file, pieces, message.seconds, channels=1)
        )

    def _move_message(self, before: Message, after: Message) -> None:
        with suppress(PbxError):  # somebody has taken it away
            self._root.remove(after.folder, after.file)
            self._root.move(
                from_folder=before.folder, from_file=before.file, to_folder=after.folder, to_file=after.file
            )

    def _remove_message(self, message: Message) -> None:
        with suppress(PbxError):
            self._root.remove(message.folder, message.file)

    def _unless_abandoned(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self._abandoned:
                raise _Abandoned
            yield piece


def _then(future: Future[None], loop: asyncio.AbstractEventLoop, action: Callable[[], object]) -> None:
    """Have something done in the event loop when a file is written, or never will be."""

    def done(_future: Future[None]) -> None:
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(action)

    future.add_done_callback(done)


async def _end(future: Future[None]) -> None:
    """Wait until a file is written, or never will be. Whoever is tired of waiting stops nothing."""
    ended = asyncio.Event()
    _then(future, asyncio.get_running_loop(), ended.set)
    await ended.wait()


def _said(leg: Channel | None, call: Call) -> str:
    """Give the number of whoever speaks there; nobody does while the party holds the other."""
    if leg is None:
        return sound.RING_BACK if call.state is CallState.TRANSFERRING else call.order.dst
    return "" if leg.is_held or call.state is CallState.TRANSFERRING else leg.number


def _place(folder: str, file: str) -> _Place:
    """Name a place as the file system would, whatever slashes and dots it is written with."""
    return *(part for part in folder.split("/") if part not in ("", ".")), file
