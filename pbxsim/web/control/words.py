"""How the control API spells what the switch knows: device states, moments that may not have come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.pbx.directory import DeviceState

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]
"""A number as a client may give it: no blanks, no control characters."""

DEVICE_STATES: Final = {
    DeviceState.NOT_IN_USE: "NOT_INUSE",
    DeviceState.IN_USE: "INUSE",
    DeviceState.BUSY: "BUSY",
    DeviceState.INVALID: "INVALID",
    DeviceState.UNAVAILABLE: "UNAVAILABLE",
    DeviceState.RINGING: "RINGING",
    DeviceState.RING_IN_USE: "RINGINUSE",
    DeviceState.ON_HOLD: "ONHOLD",
}
"""Asterisk's names (main/devicestate.c, ast_devstate_str)."""


def moment_or_none(instant: Instant) -> str | None:
    """Spell an instant; None for 0, which stands for "not yet"."""
    return iso(instant) if instant else None
