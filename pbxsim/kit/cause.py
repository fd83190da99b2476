"""One step of an explanation: what happened, and by which statement of the vendor's manual it had to."""

from __future__ import annotations

import msgspec


class Cause(msgspec.Struct, frozen=True):
    """A step, in whole words. `statement` is the number that the vendor's README gives to what its manual says."""

    words: str
    statement: str = ""
