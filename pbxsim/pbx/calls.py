"""Where calls are ordered, and the one entry through which engines report what became of their legs.

Not here: how a party is rung (dialing.py), how calls are handed on (transfer.py), how somebody listens in (spying.py),
how calls and legs end (clearing.py), what is written down then (closing.py).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pbxsim.native import mypyc_attr
from pbxsim.pbx import clearing, closing, dialing
from pbxsim.pbx.call import STATES_AFTER, Call, CallKind, CallOrder, CallState, CallStep, no_step
from pbxsim.pbx.call_topics import CallTopics
from pbxsim.pbx.cause import Disposition, HangupCause, unanswered_disposition, weightier
from pbxsim.pbx.cdr import RecordRules
from pbxsim.pbx.channel import HEARD_IN, Channel, ChannelState, Report, serial_of
from pbxsim.pbx.events import (
    CallBridged,
    CallStarted,
    ContextEntered,
    LegAnswered,
    LegHeld,
    LegRinging,
    LegUnheld,
    ReportIgnored,
)
from pbxsim.pbx.spying import Spies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.call_faults import CallFaults
    from pbxsim.pbx.dialplan import Dialplan
    from pbxsim.pbx.engine import CallEngine
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.hours import OpeningHours
    from pbxsim.pbx.hunt import Hunt
    from pbxsim.pbx.ledger import Ledger
    from pbxsim.pbx.recording import CallRecorder
    from pbxsim.pbx.saved import Saved

# Enum members are looked up through their class at a cost; these are asked for several times a call.
_DOWN, _UP, _RING = ChannelState.DOWN, ChannelState.UP, ChannelState.RING
_CHANNEL_RINGING, _OVER = ChannelState.RINGING, CallState.ENDED
_DIALING_FIRST, _DIALING_SECOND, _TALKING = CallState.DIALING_FIRST, CallState.DIALING_SECOND, CallState.TALKING
_RINGING, _ANSWERED, _HELD, _UNHELD = Report.RINGING, Report.ANSWERED, Report.HELD, Report.UNHELD
_FIRST_IS_THERE = STATES_AFTER[CallStep.FIRST_ANSWERED][_DIALING_FIRST]
_TALKS_AFTER = STATES_AFTER[CallStep.SECOND_ANSWERED]
_SPY, _DIAL = CallKind.SPY, CallKind.DIAL
_NO_ANSWER, _NORMAL = Disposition.NO_ANSWER, HangupCause.NORMAL_CLEARING


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class CallControl:
    """The counter where calls are ordered, hung up and found.

    `live` maps numbers to calls in progress, in the order in which they began, `live_channels` serials to their legs,
    once somebody looked for one; `recent` keeps the last that ended, `ended` has them by number. `longest_talk` (µs)
    ends a call that nobody hangs up; `records` says what is written down.
    """

    def __init__(
        self,
        *,
        clock: Scheduler,
        bus: EventBus,
        dialplan: Dialplan,
        ledger: Ledger,
        longest_talk: Duration,
        saved: Saved,
        first_cdr: int = 1,
        recent: int = 10_000,
        records: RecordRules = RecordRules(),  # noqa: B008 - it never changes
    ) -> None:
        self.clock, self.bus, self.topics = clock, bus, CallTopics(bus)
        self.dialplan, self.ledger = dialplan, ledger
        self.longest_talk = longest_talk
        self.engine: CallEngine
        self.live: dict[int, Call] = {}
        self.live_channels: dict[int, Channel] | None = None
        self.recent: deque[Call] = deque(maxlen=recent)
        self.ended: dict[int, Call] = {}
        self.calls_started, self.channels_made = saved.last_call, saved.last_channel
        self.next_cdr = first_cdr
        self.records = records
        self.faults: CallFaults | None = None  # None: nothing goes wrong on purpose
        self.recorder: CallRecorder | None = None  # None: nobody records, and no record names a recording
        self.hunts: Mapping[str, Hunt] = {}  # queues, groups, menus, components, as `dialplan.ToHunt` names them
        self.hours: OpeningHours
        self.spies = Spies(self)

    # -- orders ---------------------------------------------------------------------------------------------------

    def originate(self, order: CallOrder) -> Call:
        """Start a call: its first party is rung now. The rest shows on the call, in events and in its record."""
        call = self._begin(order)
        dialing.ring(self, call, order.first, order.first_shows, order.first_timeout)
        return call

    def receive(self, order: CallOrder, *, line: Line | None = None, handle: object = None) -> Call | None:
        """Start a call that somebody places: an outsider through a trunk of `order.first`, or one of our own `line`s.

        The caller hears ringing until `order.second` answers. None where every trunk is full or the line takes no
        more; whoever reported the caller sends it away then (cause 34), for it has no leg to be hung up.

        `handle` is what the engine knows the caller by, and is its leg's `engine_data` from the first. It has to be:
        a number that is refused, a playback, or a telephone that answers from within `dial` make the switch ask for
        `hang_up` or `connect` of that leg before this returns.
        """
        call = self._begin(order)
        caller = dialing.caller(self, call, line, handle)
        if caller is None:
            clearing.end(self, call, HangupCause.NORMAL_CIRCUIT_CONGESTION, Disposition.FAILED)
            return None
        call.first = caller
        call.state = _FIRST_IS_THERE
        self._ring_second(call)
        return call

    def hang_up(self, call: Call, cause: HangupCause = _NORMAL) -> None:
        """End a call from inside the PBX; one that is over stays as it is."""
        if call.state is not _OVER:
            clearing.end(self, call, cause)

    def hang_up_channel(self, channel: Channel, cause: HangupCause = _NORMAL) -> None:
        """Hang up one channel (AMI's Hangup), and so its call, unless it is one of several that are being rung."""
        if channel.state is not _DOWN:
            self._ends(channel, cause)
            self.engine.hang_up(channel, cause)

    # -- finding --------------------------------------------------------------------------------------------------

    def find(self, number: int) -> Call | None:
        """Find a call in progress, or one of those that ended lately."""
        return self.live.get(number) or self.ended.get(number)

    def channels(self) -> Iterator[Channel]:
        """Give all live channels, call by call in the order of their beginning."""
        return (leg for call in self.live.values() for leg in call.legs if leg.state is not _DOWN)

    def channel(self, name: str) -> Channel | None:
        """Find a live channel by its name."""
        if self.live_channels is None:  # few are ever looked for, and a call would weigh a fifteenth more
            self.live_channels = {channel.serial: channel for channel in self.channels()}
        found = self.live_channels.get(serial_of(name))
        return found if found is not None and found.name == name else None

    # -- what engines report -------------------------------------------------------------------------------------

    def on_leg(self, channel: Channel, report: Report, cause: HangupCause = _NORMAL) -> None:
        """Take an engine's word for what a leg did. A report that the leg's state rules out changes nothing."""
        if self.faults is not None:
            told = self.faults.heard(channel, report, cause)
            if told is None:
                return
            cause = told
        if report not in HEARD_IN[channel.state]:
            self.bus.emit(ReportIgnored(channel, report))
        elif report is _RINGING:
            channel.state = _CHANNEL_RINGING
            channel.ringing_at = self.clock.now
            if self.topics.leg_ringing.listeners:
                self.topics.leg_ringing.tell(LegRinging(channel))
        elif report is _ANSWERED:
            self._answers(channel)
        elif report is _HELD or report is _UNHELD:
            self._holds(channel, report)
        else:
            self._ends(channel, cause)

    def hear_answer(self, channel: Channel) -> None:
        """Hear at last that a leg was answered; as a rule it is over by now."""
        if _ANSWERED in HEARD_IN[channel.state]:
            self._answers(channel)
        else:
            self.bus.emit(ReportIgnored(channel, _ANSWERED))

    def _answers(self, channel: Channel) -> None:
        channel.state = _UP
        channel.answered_at = self.clock.now
        if self.topics.leg_answered.listeners:
            self.topics.leg_answered.tell(LegAnswered(channel))
        if channel.history is not None:
            clearing.stop_diverting(self, channel.history)
        if self.spies.listening:
            self.spies.came_up(channel)
        call = channel.call
        if call.timer:
            self.stop_timer(call)
        if type(call.listed) is tuple and len(call.listed) > (1 if call.first is None else 2):
            clearing.drop_other_forks(self, call, channel)
        if channel.state is _UP:  # else who heard of it hung up, or the engine, told to hang up the others, reports so
            self.picked_up(call, channel, channel)

    def picked_up(self, call: Call, channel: Channel, rung: Channel) -> None:
        """Go on with a call that is answered by `channel`, mostly the one that was `rung`."""
        call.cause = None
        if call.state is _DIALING_FIRST:
            call.first = channel
            if call.order.kind is _SPY:
                self.step(call, CallStep.LISTENING)
                self.spies.listen(call)
                return
            call.state = _FIRST_IS_THERE
            if call.order.kind is _DIAL:
                self.bus.emit(ContextEntered(call, call.order.context))
            self._ring_second(call)
        else:
            call.second = channel
            wait = call.hunt.answered(call, rung) if call.hunt is not None else 0
            if wait:
                channel.noted().talks_since = -1
                due = self.clock.now + wait
                call.timer = self.clock.call_at(due, call.number, call.next_step(), self._is_ready, call)
            else:
                self._on_second(call)

    def _is_ready(self, call: Call) -> None:
        """Connect a caller with a member who answered, and has heard what it was to hear first."""
        call.timer = 0
        assert call.hunt is not None  # who else would have it wait
        assert call.second is not None
        call.second.noted().talks_since = self.clock.now
        call.hunt.connecting(call)
        self._on_second(call)

    def _ends(self, channel: Channel, cause: HangupCause) -> None:
        call = channel.call
        was_ringing = channel is not call.first and channel.state is not _UP
        is_early = channel.history is not None and channel.hears_first
        clearing.release(self, channel, cause)
        if not (was_ringing or is_early):
            clearing.end(self, call, cause, _NO_ANSWER, channel)
            return
        if self.spies.listening:
            self.spies.target_gone()
        if is_early and call.hunt is not None:  # it had answered, and was gone before it was connected
            self.stop_timer(call)
            call.second = None
            call.hunt.leg_failed(call, channel)
        else:
            self._unanswered(channel, cause)

    def _unanswered(self, channel: Channel, cause: HangupCause) -> None:
        """Go on after a leg that rang is over: elsewhere, or with those that ring on, or with the next try."""
        call = channel.call
        if channel.history is not None and dialing.go_round(self, channel, channel.history, cause):
            return
        if call.hunt is not None:
            if not call.ringing_legs():
                self.stop_timer(call)  # the hunt may ring others, and they are timed anew
            call.hunt.leg_failed(call, channel)
            return
        call.cause = cause if call.cause is None else weightier(call.cause, cause)
        if not call.ringing_legs():
            self.party_failed(call, call.cause)

    def _holds(self, channel: Channel, report: Report) -> None:
        channel.is_held = report is _HELD
        self.bus.emit(LegHeld(channel) if channel.is_held else LegUnheld(channel))

    # -- the course of a call -------------------------------------------------------------------------------------

    def _begin(self, order: CallOrder) -> Call:
        self.calls_started = number = self.calls_started + 1
        # The call is named by its first channel, and must have a name before that is made.
        self.channels_made = serial = self.channels_made + 1
        call = self.live[number] = Call(number, serial, order, self.clock.now)
        if self.topics.started.listeners:
            self.topics.started.tell(CallStarted(call))
        return call

    def step(self, call: Call, step: CallStep) -> None:
        """Take a call to its next state. Raises ImpossibleTransition: the tables are the law."""
        call.state = STATES_AFTER[step].get(call.state) or no_step(call, step)

    def _ring_second(self, call: Call) -> None:
        order = call.order
        call.second_after = self.channels_made
        destination = order.second_to or self.dialplan.resolve(order.second, order.context)
        dialing.ring(self, call, destination, order.second_shows, order.second_timeout)

    def _on_second(self, call: Call) -> None:
        first, call.mailbox = call.first, ""
        if first is not None and first.state is _RING:
            first.state = _UP
            first.answered_at = self.clock.now
        asked, longest = call.order.talk_limit, self.longest_talk
        self.bridge(call, asked if 0 < asked < longest else longest)  # as `talk_limit`, which takes a call

    def bridge(self, call: Call, limit: Duration) -> None:
        """Connect the parties for at most `limit`; without a second leg, the PBX itself is the other side."""
        if call.state is not _TALKING:
            call.state = _TALKS_AFTER.get(call.state) or no_step(call, CallStep.SECOND_ANSWERED)
        if not call.bridged_at:
            call.bridged_at = self.clock.now
        else:
            call.noted().connected_at = self.clock.now
        if self.spies.listening and call.first is not None:
            self.spies.came_up(call.first)
        if self.topics.bridged.listeners:
            self.topics.bridged.tell(CallBridged(call))
        if not self.engine.connect(call, limit) and call.state is _TALKING:
            self.end_after(call, limit)

    def end_after(self, call: Call, limit: Duration) -> None:
        """Have a call end in so long, whatever limit it had."""
        self.stop_timer(call)
        due = self.clock.now + limit
        call.timer = self.clock.call_at(due, call.number, call.next_step(), self._limit_ran_out, call)

    def talk_limit(self, call: Call) -> Duration:
        """Tell how long the parties may talk; after a transfer they may talk as long again."""
        asked = call.order.talk_limit
        return asked if 0 < asked < self.longest_talk else self.longest_talk

    def _limit_ran_out(self, call: Call) -> None:
        call.timer = 0
        clearing.end(self, call, _NORMAL)

    def party_failed(self, call: Call, cause: HangupCause) -> None:
        """Go on after the party that was rung could not be had: with its voice mail, or the call ends, by way of its
        failure context.
        """
        order = call.order
        if call.mailbox:
            dialing.to_voicemail(self, call, cause)
            return
        if call.state is _DIALING_FIRST and self.dialplan.knows(order.failure_context):
            self.bus.emit(ContextEntered(call, order.failure_context))
        call.is_exhausted = True
        clearing.end(self, call, cause, unanswered_disposition(cause))

    def ring_until(self, call: Call, due: Instant) -> None:
        """Let the legs that ring already, for another call until now, ring on until then."""
        call.timer = self.clock.call_at(due, call.number, call.next_step(), self.ring_ran_out, call)

    def ring_ran_out(self, call: Call) -> None:
        """End the ringing of a party that did not answer in time."""
        call.timer = 0
        legs = call.ringing_legs()
        for leg in legs:
            clearing.release(self, leg, HangupCause.NO_ANSWER)
        if call.hunt is not None:
            call.hunt.timed_out(call)
        else:
            self.party_failed(call, HangupCause.NO_ANSWER)
        clearing.dismiss(self, legs, HangupCause.NO_ANSWER)

    def divert_unanswered(self, channel: Channel) -> None:
        """End the ringing of one leg, for its line wants it answered elsewhere by now."""
        channel.noted().divert_timer = 0
        clearing.release(self, channel, HangupCause.NO_ANSWER)
        self._unanswered(channel, HangupCause.NO_ANSWER)
        clearing.dismiss(self, [channel], HangupCause.NO_ANSWER)

    def close_late(self, call: Call) -> None:
        """Close the records of a call that ended some time ago."""
        closing.close(self, call)

    def stop_timer(self, call: Call) -> None:
        """Forget the limit of what the call does now."""
        if call.timer:
            self.clock.cancel(call.timer)
            call.timer = 0
