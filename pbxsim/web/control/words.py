"""How the control API spells what the switch knows: hangup causes, device states, moments that may not have come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.directory import DeviceState

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]
"""A number as a client may give it: no blanks, no control characters."""

CAUSES: Final = {
    HangupCause.UNALLOCATED: "Unallocated (unassigned) number",
    HangupCause.NO_ROUTE_DESTINATION: "No route to destination",
    HangupCause.NORMAL_CLEARING: "Normal Clearing",
    HangupCause.USER_BUSY: "User busy",
    HangupCause.NO_USER_RESPONSE: "No user responding",
    HangupCause.NO_ANSWER: "User alerting, no answer",
    HangupCause.SUBSCRIBER_ABSENT: "Subscriber absent",
    HangupCause.CALL_REJECTED: "Call Rejected",
    HangupCause.NUMBER_CHANGED: "Number changed",
    HangupCause.ANSWERED_ELSEWHERE: "Answered elsewhere",
    HangupCause.DESTINATION_OUT_OF_ORDER: "Destination out of order",
    HangupCause.INVALID_NUMBER_FORMAT: "Invalid number format",
    HangupCause.FACILITY_REJECTED: "Facility rejected",
    HangupCause.NORMAL_UNSPECIFIED: "Unknown",
    HangupCause.NORMAL_CIRCUIT_CONGESTION: "Circuit/channel congestion",
    HangupCause.NETWORK_OUT_OF_ORDER: "Network out of order",
    HangupCause.NORMAL_TEMPORARY_FAILURE: "Temporary failure",
    HangupCause.SWITCH_CONGESTION: "Switching equipment congestion",
    HangupCause.REQUESTED_CHAN_UNAVAIL: "Requested channel not available",
    HangupCause.BEARERCAPABILITY_NOTAVAIL: "Bearer capability not available",
    HangupCause.CHAN_NOT_IMPLEMENTED: "Channel not implemented",
    HangupCause.INCOMPATIBLE_DESTINATION: "Incompatible destination",
    HangupCause.RECOVERY_ON_TIMER_EXPIRE: "Recover on timer expiry",
    HangupCause.PROTOCOL_ERROR: "Protocol error, unspecified",
    HangupCause.INTERWORKING: "Interworking, unspecified",
}
"""Asterisk's texts (main/channel.c, ast_cause2str)."""

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
