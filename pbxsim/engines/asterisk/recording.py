"""What is said in calls, recorded by Asterisk: MixMonitor writes each side into a file of its own while they talk.

It runs on the first party's channel from when the two are connected, without a gap until that channel goes, and so what
is in the file stands where it was said. Whoever makes the recording puts the two sides together, for as long as the
record says; what Asterisk has not is silence. Asterisk must be on this machine, and be able to write into the folder.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from pbxsim.engines.said import Part, SaidFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pbxsim.engines.asterisk.link import AmiLink
    from pbxsim.pbx.call import Call

_LOOK: Final = 0.03  # seconds between two looks whether Asterisk still writes
_LOOKS: Final = 30
_LOOKS_FOR_NOTHING: Final = 5


class Monitors:
    """The recordings of calls in progress, in a folder that goes with them, below `place` if one is named."""

    def __init__(self, place: Path | None = None) -> None:
        self._folder = SaidFolder(_whole, place)
        self._parts: dict[int, list[Part]] = {}
        self._monitored: set[str] = set()

    def begin(self, link: AmiLink, call: Call, name: str, now: int) -> None:
        """Have what is said at that channel of a call recorded; one that is recorded already goes on."""
        if name in self._monitored:
            return
        self._monitored.add(name)
        parts = self._parts.setdefault(call.number, [])
        base = self._folder.path / f"{call.number}-{len(parts)}"
        part = Part(now - call.bridged_at, base.with_suffix(".first.sln"), base.with_suffix(".second.sln"))
        parts.append(part)
        link.send("MixMonitor", Channel=name, File=f"{base}.both.sln", Options=f"r({part.first})t({part.second})")

    def sound(self, call: Call) -> Callable[[int], Iterator[bytes]] | None:
        """Give what makes the sound of a call that has ended, for so many seconds; None where nothing was recorded."""
        parts = self._parts.pop(call.number, None)
        return None if parts is None else partial(self._folder.put_together, parts)

    def gone(self, name: str) -> None:
        """Forget a channel that has ended."""
        self._monitored.discard(name)


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
    file.with_suffix("").with_suffix(".both.sln").unlink(missing_ok=True)
    return content
