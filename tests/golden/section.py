"""A part of the script with what came back: the unit in which runs are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

SEPARATOR: Final = b"\n" + b"=" * 100 + b"\n"


@dataclass
class Section:
    """What was asked and what came back, as it is compared; `requests` tells how many of the entries are requests."""

    name: str
    entries: list[bytes] = field(default_factory=list)
    requests: int = 0

    @property
    def content(self) -> bytes:
        """Give all of it."""
        return SEPARATOR.join(self.entries)
