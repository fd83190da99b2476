"""Who looks at a PBX live, as far as the PBX has to know."""

from __future__ import annotations

from typing import Protocol


class Audience(Protocol):
    """All who look at a PBX at present."""

    def close(self) -> None:
        """Send everybody away: the PBX closes."""
        ...
