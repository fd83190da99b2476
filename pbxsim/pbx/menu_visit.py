"""A menu that a caller heard: what was pressed there, and what came of it, as the call keeps it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pbxsim.pbx.entity import Entity

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant


class Why(StrEnum):
    """Why a menu is heard no more."""

    CHOSEN = "chosen"  # what was pressed leads somewhere
    INVALID = "invalid"  # it leads nowhere
    TIMEOUT = "timeout"  # nothing was pressed
    GONE = "gone"  # the call ended meanwhile


class MenuVisit(Entity, eq=False):
    """A menu that a caller heard, for the `attempt`th time since it came there, at `at`; what was pressed then, and
    `why` it was over, None while it is not. `led_to` names where, as `queue sales` or a number; empty: a hang-up.
    """

    menu: str
    at: Instant
    attempt: int = 1
    digits: str = ""
    why: Why | None = None
    led_to: str = ""
