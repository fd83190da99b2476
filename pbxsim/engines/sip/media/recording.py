"""What is said in calls, written side by side while they talk, each side where it stood in time.

A party of ours is listened to: what its telephone says is one side; the other is what the other telephone says, or,
where that party is simulated, what we play for it. Sound comes over a network, a little sooner or later than it should:
up to 100 ms are let be, longer gaps are silence, and what a telephone sends faster than time goes is left out.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from pbxsim.engines.said import BYTES, Part, SaidFolder
from pbxsim.tones import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.sip.media.party import Party

_LATE: Final = RATE // 10
"""Samples that a side may be behind before the gap is filled with silence."""

_EARLY: Final = RATE // 5
"""Samples that it may be ahead."""

_BUFFER: Final = 65_536  # bytes of a side that wait in memory: four seconds


class _Side:
    """One side as it is written. `now` gives the time in seconds, and `begins` is it at the beginning."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self.path = path
        self._now = now
        self._begins = now()
        self._file = path.open("wb", buffering=_BUFFER)
        self._written = 0

    def take(self, samples: bytes) -> None:
        """Write what was said just now."""
        length = len(samples) // BYTES
        ends = int((self._now() - self._begins) * RATE)
        behind = ends - length - self._written
        if behind > _LATE:
            self._file.write(bytes(behind * BYTES))
            self._written += behind
        elif behind < -_EARLY:
            return
        self._file.write(samples)
        self._written += length

    def close(self) -> None:
        """Write what is left."""
        self._file.close()


class _Taken:
    """One part of a call that is being recorded: the taps, and how they are taken away again."""

    def __init__(self, first: Party | None, second: Party | None, sides: tuple[_Side, _Side]) -> None:
        self.parties = (first, second)
        self._sides = sides
        self._taps: list[tuple[Party, list[Callable[[bytes], object]], Callable[[bytes], object]]] = []
        for party, other, side in ((first, second, sides[0]), (second, first, sides[1])):
            if party is not None:
                self._taps.append((party, party.said, side.take))
            elif other is not None:
                self._taps.append((other, other.heard, side.take))
        for party, taps, take in self._taps:
            taps.append(take)
            party.listened()

    def end(self) -> None:
        """Listen no more, and have both sides whole."""
        for party, taps, take in self._taps:
            taps.remove(take)
            party.listened()
        for side in self._sides:
            side.close()


class Recordings:
    """The recordings of calls in progress, by their numbers, in a folder that goes with them.

    `now` gives the time in seconds, as the event loop has it.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._folder = SaidFolder(_whole)
        self._parts: dict[int, list[Part]] = {}
        self._taken: dict[int, _Taken] = {}

    def begin(self, call: int, after: Duration, first: Party | None, second: Party | None) -> None:
        """Record from now on what two parties say, `after` so long of the call; None is one that is simulated.

        Where the same two are recorded already, that goes on; where others were, it ends. Raises OSError.
        """
        taken = self._taken.get(call)
        if taken is not None and taken.parties == (first, second):
            return
        self.pause(call)
        parts = self._parts.setdefault(call, [])
        base = self._folder.path / f"{call}-{len(parts)}"
        part = Part(after, base.with_suffix(".first.sln"), base.with_suffix(".second.sln"))
        sides = _Side(part.first, self._now), _Side(part.second, self._now)
        parts.append(part)
        self._taken[call] = _Taken(first, second, sides)

    def pause(self, call: int) -> None:
        """Record a call no further, until it begins again: its parties are apart."""
        taken = self._taken.pop(call, None)
        if taken is not None:
            taken.end()

    def sound(self, call: int) -> Callable[[int], Iterator[bytes]] | None:
        """Give what makes the sound of a call that has ended, for so many seconds; None where nothing was recorded."""
        self.pause(call)
        parts = self._parts.pop(call, None)
        return None if parts is None else partial(self._folder.put_together, parts)

    def close(self) -> None:
        """End all that is being recorded."""
        for call in tuple(self._taken):
            self.pause(call)


def _whole(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""
