"""What was said in a call, put together from files in which each side stands by itself.

An engine with people in its calls writes them: raw samples, 8,000 a second, 16 bits, little-endian. A call may have
several pairs of files, as its parties were connected by one thing and then by another. What is in none is silence.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.tones import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BYTES: Final = 2
"""Bytes of a sample of one side."""

_PIECE: Final = 16 * RATE  # samples put together at once


class Part(msgspec.Struct, frozen=True):
    """Two files that begin so long after the parties were first connected. One that is not there is silence."""

    after: Duration
    first: Path
    second: Path


class SaidFolder:
    """A folder for such files, which goes with it. `whole` reads one that is written to its end.

    It is made below `place`; None: where temporary files are.
    """

    def __init__(self, whole: Callable[[Path], bytes], place: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="pbxsim-said-", dir=place))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        self._whole = whole

    def put_together(self, parts: list[Part], seconds: int) -> Iterator[bytes]:
        """Give both sides together, in pieces; files are removed behind. Whoever holds this method holds the folder."""
        samples = seconds * RATE
        sides = array("h", bytes(samples * BYTES)), array("h", bytes(samples * BYTES))
        for part in parts:
            begin = part.after * RATE // SECOND
            for side, file in zip(sides, (part.first, part.second), strict=True):
                content = self._whole(file)
                said = array("h", content[: len(content) // BYTES * BYTES])[: max(0, samples - begin)]
                side[begin : begin + len(said)] = said
                file.unlink(missing_ok=True)
        for start in range(0, samples, _PIECE):
            pair = array("h", bytes(2 * BYTES * len(sides[0][start : start + _PIECE])))
            pair[::2], pair[1::2] = sides[0][start : start + _PIECE], sides[1][start : start + _PIECE]
            yield pair.tobytes()
