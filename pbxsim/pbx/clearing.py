"""How calls and their legs are cleared: what they used is given back, and who hears of it in which order.

Not here: what is written down then (closing.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx import closing, recent_calls
from pbxsim.pbx.call import STATES_AFTER, CallStep, no_step
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallEnded, LegEnded

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel, LegHistory

# Members of an enum are looked up through their class at a cost.
_DOWN = ChannelState.DOWN
_OVER_AFTER = STATES_AFTER[CallStep.OVER]
_ANSWERED, _NO_ANSWER = Disposition.ANSWERED, Disposition.NO_ANSWER


def end(
    control: CallControl,
    call: Call,
    cause: HangupCause,
    unanswered: Disposition = _NO_ANSWER,
    by: Channel | None = None,
) -> None:
    """End a call and all that is left of it; its record and its charges follow at once.

    `unanswered` is what the record says unless the parties were connected: by default that somebody gave up. `by`
    is the leg whose end it is, None where nobody hung up. Raises ImpossibleTransition where it is over.
    """
    if call.timer:
        control.stop_timer(call)
    call.state = _OVER_AFTER.get(call.state) or no_step(call, CallStep.OVER)  # as `step`, which takes a call
    call.cause = cause
    call.disposition = _ANSWERED if call.bridged_at else unanswered
    call.ended_at, call.ended_by = control.clock.now, by
    legs = []
    for leg in call.all_legs():
        if leg.state is not _DOWN:
            legs.append(leg)
            release(control, leg, cause)
    if call.hunt is not None:
        call.hunt.ended(call, by)
    del control.live[call.number]
    recent_calls.keep(control.recent, control.ended, call)
    if control.topics.call_ended.listeners:
        control.topics.call_ended.tell(CallEnded(call))
    closing.close(control, call)
    listening = control.spies.listening
    listening.pop(call.number, None)
    for leg in legs:  # told last: an engine may report from within `hang_up`, and finds everything over
        control.engine.hang_up(leg, cause)
    if listening:
        control.spies.target_gone()


def release(control: CallControl, channel: Channel, cause: HangupCause) -> None:
    """Let a leg go, and give back what it used."""
    channel.state = _DOWN
    channel.cause = cause
    channel.ended_at = control.clock.now
    if control.live_channels is not None:
        del control.live_channels[channel.serial]
    if channel.history is not None:
        channel.history.is_held = False
        stop_diverting(control, channel.history)
    if channel.line is not None:
        channel.line.channels.remove(channel)
    elif channel.trunk is not None:
        channel.trunk.in_use -= 1
    if control.topics.leg_ended.listeners:
        control.topics.leg_ended.tell(LegEnded(channel))


def dismiss(control: CallControl, legs: list[Channel], cause: HangupCause) -> None:
    """Tell the engine of legs that were released, then the spies that heard one."""
    for leg in legs:
        control.engine.hang_up(leg, cause)
    if control.spies.listening:
        control.spies.target_gone()


def stop_ringing(control: CallControl, call: Call, cause: HangupCause) -> None:
    """End the ringing of a party that is not wanted any more, and say nothing of it to whoever had it rung."""
    control.stop_timer(call)
    legs = call.ringing_legs()
    for leg in legs:
        release(control, leg, cause)
    dismiss(control, legs, cause)


def drop_other_forks(control: CallControl, call: Call, winner: Channel) -> None:
    """End the ringing of all others who were rung together with the one that answered."""
    losers = [leg for leg in call.ringing_legs() if leg is not winner]
    for leg in losers:
        release(control, leg, HangupCause.ANSWERED_ELSEWHERE)
    dismiss(control, losers, HangupCause.ANSWERED_ELSEWHERE)


def stop_diverting(control: CallControl, leg: LegHistory) -> None:
    """Have a leg no longer diverted should it ring on: it was answered, or is over."""
    if leg.divert_timer:
        control.clock.cancel(leg.divert_timer)
        leg.divert_timer = 0
