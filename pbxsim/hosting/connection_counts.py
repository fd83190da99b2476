"""How many clients are connected to a server, and how many of them its limits have sent away."""

from __future__ import annotations

from typing import Final

TIME_LIMITS: Final = ("first_byte", "header", "body", "between", "sending")
SIZE_LIMITS: Final = ("header_bytes",)
CEILINGS: Final = ("at_once", "per_address")


class ConnectionCounts:
    """Counts since the start, by the limits' names; `open` is how many are connected now.

    `refused`: newcomers for whom there was no room; `displaced`: those who had to go for a newcomer, because they had
    waited longest; `cut`: those who took too long, or sent too long a header.
    """

    def __init__(self) -> None:
        self.open = 0
        self.accepted = 0
        self.refused = dict.fromkeys(CEILINGS, 0)
        self.displaced = dict.fromkeys(CEILINGS, 0)
        self.cut = dict.fromkeys((*TIME_LIMITS, *SIZE_LIMITS), 0)
