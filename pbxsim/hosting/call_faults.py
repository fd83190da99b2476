"""What goes wrong on purpose with the calls of one PBX: which are struck, and how. Implements `CallFaults`.

A call is looked at once for each kind of fault, and keeps what befell it to its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState, Report
from pbxsim.pbx.events import CallFaultStruck

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.config.injected_faults import FaultKind
    from pbxsim.hosting.fault_injection import FaultInjection, SetFault
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx

_AFTER: Final = SECOND  # behind the end of the ringing, where nobody says when an answer is heard


class CallFaultInjection:
    """The calls' faults of a PBX. `faults` says which are set."""

    def __init__(self, pbx: Pbx, faults: FaultInjection) -> None:
        self._calls = pbx.calls
        self._clock = pbx.clock
        self._events = pbx.events
        self._faults = faults
        self._known: dict[int, dict[str, bool]] = {}  # of calls in progress: which kinds were looked at, and struck
        self._unheard: dict[int, Duration] = {}  # legs whose answer comes too late, by serial
        self._unseen: dict[int, Instant] = {}  # calls whose records are shown from then on, by number
        self._withheld: dict[tuple[str, ...], Instant] = {}  # recordings that can be read from then on, by place

    def dialled(self, channel: Channel) -> bool:
        """Draw whether an answer comes too late."""
        fault = self._strike("answer-after-hangup", channel.call)
        if fault is not None:
            self._unheard[channel.serial] = _AFTER if fault.entry.seconds is None else fault.span
        return fault is not None

    def heard(self, channel: Channel, report: Report, cause: HangupCause) -> HangupCause | None:
        """Keep an answer back, or the end of a talk; take the cause away."""
        if report is Report.ANSWERED and channel.serial in self._unheard:
            self._hear_later(channel, self._unheard.pop(channel.serial))
            return None
        if report not in (Report.HUNG_UP, Report.FAILED) or channel.state is ChannelState.DOWN:
            return cause
        call = channel.call
        if report is Report.HUNG_UP and call.state is CallState.TALKING and self._is_struck("ghost-call", call):
            return None
        return HangupCause.NORMAL_UNSPECIFIED if self._is_struck("missing-cause", call) else cause

    def record_delay(self, call: Call) -> Duration:
        """Draw whether its records are late; the call is over, and nothing else will befall it."""
        self._known.pop(call.number, None)
        for leg in call.legs:
            self._unheard.pop(leg.serial, None)
        fault = self._strike("cdr-late", call)
        late = 0 if fault is None else fault.span
        unseen = self._strike("cdr-unseen", call)
        if unseen is not None:
            self._unseen[call.number] = self._clock.now + late + unseen.span
        return late

    def is_unseen(self, cdr: Cdr) -> bool:
        """Tell whether its time has not come."""
        return self._clock.now < self._unseen.get(cdr.call, 0)

    def withhold(self, call: Call, place: tuple[str, ...]) -> None:
        """Draw whether its recording is late."""
        fault = self._strike("recording-late", call)
        if fault is not None:
            self._withheld[place] = self._clock.now + fault.span
        else:
            self._withheld.pop(place, None)

    def withholds(self, place: tuple[str, ...]) -> bool:
        """Tell whether its time has not come."""
        return place in self._withheld and self._clock.now < self._withheld[place]

    def _hear_later(self, channel: Channel, span: Duration) -> None:
        call = channel.call
        due = max(channel.rings_until, self._clock.now) + span
        self._clock.call_at(due, call.number, call.next_step(), self._calls.hear_answer, channel)

    def _is_struck(self, kind: FaultKind, call: Call) -> bool:
        known = self._known.setdefault(call.number, {})
        if kind not in known:
            known[kind] = self._strike(kind, call) is not None
        return known[kind]

    def _strike(self, kind: FaultKind, call: Call) -> SetFault | None:
        order = call.order
        fault = self._faults.on_call(kind, order.vendor, (order.src, order.dst))
        if fault is not None:
            self._events.emit(CallFaultStruck(call, fault.told))
        return fault
