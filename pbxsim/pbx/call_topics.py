"""The events that every call brings, as topics of the bus: each is told, or found to interest nobody, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.native import mypyc_attr
from pbxsim.pbx.events import (
    CallBridged,
    CallEnded,
    CallStarted,
    CdrClosed,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegRinging,
)
from pbxsim.pbx.recorded import CallRecorded

if TYPE_CHECKING:
    from pbxsim.pbx.bus import EventBus


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class CallTopics:
    """A topic for each of these events."""

    __slots__ = (
        "bridged",
        "call_ended",
        "cdr_closed",
        "leg_answered",
        "leg_dialed",
        "leg_ended",
        "leg_ringing",
        "recorded",
        "started",
    )

    def __init__(self, bus: EventBus) -> None:
        self.started = bus.topic(CallStarted)
        self.leg_dialed = bus.topic(LegDialed)
        self.leg_ringing = bus.topic(LegRinging)
        self.leg_answered = bus.topic(LegAnswered)
        self.bridged = bus.topic(CallBridged)
        self.leg_ended = bus.topic(LegEnded)
        self.call_ended = bus.topic(CallEnded)
        self.cdr_closed = bus.topic(CdrClosed)
        self.recorded = bus.topic(CallRecorded)
