"""What is said in calls, recorded by Asterisk: MixMonitor writes each side into a file of its own while they talk.

It runs on the first party's channel from when the two are connected, without a gap until that channel goes, and so what
is in the file stands where it was said. Whoever makes the recording puts the two sides together, for as long as the
record says; what Asterisk has not is silence. Asterisk must be on this machine, and be able to write into the folder.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from array import array
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pbxsim.engines.asterisk.link import AmiLink
    from pbxsim.pbx.call import Call

_RATE: Final = 8_000
_BYTES: Final = 2
_PIECE: Final = 16 * _RATE  # samples put together at once
_LOOK: Final = 0.03  # seconds between two looks whether Asterisk still writes
_LOOKS: Final = 30
_LOOKS_FOR_NOTHING: Final = 5


class _Part(msgspec.Struct, frozen=True):
    """What one channel was recorded from, so long after the parties were first connected."""

    after: Duration
    first: Path
    second: Path


class Monitors:
    """The recordings of calls in progress, in a folder that goes with them."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pbxsim-said-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._parts: dict[int, list[_Part]] = {}
        self._monitored: set[str] = set()

    def begin(self, link: AmiLink, call: Call, name: str, now: int) -> None:
        """Have what is said at that channel of a call recorded; one that is recorded already goes on."""
        if name in self._monitored:
            return
        self._monitored.add(name)
        parts = self._parts.setdefault(call.number, [])
        base = self._folder / f"{call.number}-{len(parts)}"
        part = _Part(now - call.bridged_at, base.with_suffix(".first.sln"), base.with_suffix(".second.sln"))
        parts.append(part)
        link.send("MixMonitor", Channel=name, File=f"{base}.both.sln", Options=f"r({part.first})t({part.second})")

    def sound(self, call: Call) -> Callable[[int], Iterator[bytes]] | None:
        """Give what makes the sound of a call that has ended, for so many seconds; None where nothing was recorded."""
        parts = self._parts.pop(call.number, None)
        return None if parts is None else partial(self._put_together, parts)

    def gone(self, name: str) -> None:
        """Forget a channel that has ended."""
        self._monitored.discard(name)

    def _put_together(self, parts: list[_Part], seconds: int) -> Iterator[bytes]:
        """Give the sound of a call; whoever holds this method holds the folder."""
        return _sound(parts, seconds)


def _sound(parts: list[_Part], seconds: int) -> Iterator[bytes]:
    """Give both sides together, 16 bits each, in pieces; the files are removed behind."""
    samples = seconds * _RATE
    sides = array("h", bytes(samples * _BYTES)), array("h", bytes(samples * _BYTES))
    for part in parts:
        begin = part.after * _RATE // SECOND
        for side, file in zip(sides, (part.first, part.second), strict=True):
            said = array("h", _whole(file))[: max(0, samples - begin)]
            side[begin : begin + len(said)] = said
            file.unlink(missing_ok=True)
        Path(str(part.first).replace(".first.", ".both.")).unlink(missing_ok=True)
    for start in range(0, samples, _PIECE):
        pair = array("h", bytes(2 * _BYTES * len(sides[0][start : start + _PIECE])))
        pair[::2], pair[1::2] = sides[0][start : start + _PIECE], sides[1][start : start + _PIECE]
        yield pair.tobytes()


def _whole(file: Path) -> bytes:
    """Read a file when Asterisk writes it no more: it does until just after the channel is gone."""
    pause, before = threading.Event(), -1
    for look in range(_LOOKS):
        size = file.stat().st_size if file.exists() else 0
        if size == before and (size or look > _LOOKS_FOR_NOTHING):
            break
        before = size
        pause.wait(_LOOK)
    content = file.read_bytes() if file.exists() else b""
    return content[: len(content) // _BYTES * _BYTES]
