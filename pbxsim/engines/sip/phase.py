"""Where a session stands."""

from __future__ import annotations

from enum import Enum, auto


class Phase(Enum):
    """Where a session stands."""

    CALLING = auto()  # we have sent an INVITE
    CALLED = auto()  # we have got one
    UP = auto()
    ENDING = auto()  # our BYE, or CANCEL, is on its way
    OVER = auto()
