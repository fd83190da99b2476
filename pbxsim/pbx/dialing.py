"""How a party is rung: which channels are made for a destination, what stands in the way, and how long it may ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx import diversion
from pbxsim.pbx.call import CallerId, CallState
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Channel, ChannelState
from pbxsim.pbx.dialplan import Destination, Refused, ToExtension, ToHours, ToHunt, ToPlayback, ToTrunk
from pbxsim.pbx.events import LegDialed, LegRefused
from pbxsim.pbx.mailbox import greeting_for, way_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import LegHistory
    from pbxsim.pbx.extension import Extension, Line
    from pbxsim.pbx.routes import Trunk

_DOWN, _RING, _UP = ChannelState.DOWN, ChannelState.RING, ChannelState.UP
# What a destination is, is asked of its `type`: isinstance with a class of msgspec's takes ten times as long.
_ABSENT: Final = HangupCause.SUBSCRIBER_ABSENT
_NOTHING: Final = CallerId()


def ring(control: CallControl, call: Call, destination: Destination, shows: CallerId, timeout: Duration) -> None:
    """Ring the call's next party. If it cannot even be tried, the party has failed before this returns."""
    answers = destination.answers
    leads_on = type(destination) is not ToTrunk  # which is where it ends
    destination = diversion.final_destination(control, call, destination) if leads_on else destination
    if (answers or destination.answers) and not _is_answered(control, call):
        return
    call.mailbox, before = "", call.listed
    if type(destination) is ToExtension:
        timeout = timeout if call.first is None else _until_mailbox(call, destination.extension, timeout)
        refusal = _fork(control, call, destination, shows)
    elif type(destination) is not ToTrunk and _is_taken_over(control, call, destination):
        return
    else:
        refusal = _make_legs(control, call, destination, shows)
    if refusal is not None:
        control.bus.emit(LegRefused(call, destination.number, refusal))
        control.party_failed(call, refusal)
        return
    if call.timer:
        control.stop_timer(call)
    made, state = call.listed, call.state
    if type(made) is not Channel:
        _dial_more(control, call, call.made_since(before), timeout)
    elif not _rung(control, made, timeout):
        _time_ringing(control, call, (made,), timeout, state)


def _until_mailbox(call: Call, extension: Extension, timeout: Duration) -> Duration:
    """Have whoever is not answered there come to the extension's mailbox; tells how long it rings before."""
    call.mailbox = extension.mailbox
    return min(timeout, extension.rings_for or timeout)


def _is_taken_over(control: CallControl, call: Call, destination: Destination) -> bool:
    """Hand a call to what goes on with it by itself, if its next party is such a thing."""
    if type(destination) is ToPlayback:
        _play(control, call, destination)
    elif type(destination) is ToHunt:
        _hunt(control, call, destination)
    else:
        return False
    return True


def to_voicemail(control: CallControl, call: Call, cause: HangupCause) -> None:
    """Send a caller to the mailbox of whoever could not be had for that cause."""
    control.stop_timer(call)
    name = way_to(call.mailbox, greeting_for(cause))
    ring(control, call, ToHunt(call.mailbox, name), call.shows, call.order.second_timeout)


def ring_together(
    control: CallControl, call: Call, destinations: list[Destination], shows: CallerId, timeout: Duration
) -> HangupCause | None:
    """Ring several destinations at once; gives a cause, and rings nobody, where none of them can be rung."""
    before = len(call.legs)
    refusals = [_made_or_told(control, call, destination, shows) for destination in destinations]
    if len(call.legs) == before:
        return next((refusal for refusal in refusals if refusal is not None), HangupCause.UNALLOCATED)
    dial(control, call, call.legs[before:], timeout)
    return None


def legs_on(control: CallControl, call: Call, lines: Iterable[Line], shows: CallerId) -> list[Channel]:
    """Make a leg on each of these lines, for `dial`; whoever asked has seen that each can take a call."""
    return [_leg(control, call, line.extension.internal, shows, line, None) for line in lines]


def go_round(control: CallControl, leg: Channel, history: LegHistory, cause: HangupCause) -> bool:
    """Ring whoever is to be rung instead of a leg that has just failed; False where there is nobody."""
    line, call = leg.line, leg.call
    way = diversion.forward_on_failure(line, cause) if line is not None and history.diverts else None
    if history.sent_on_to and call.hunt is None:  # a queue's member is rung where it is, or not at all
        way = diversion.TELEPHONE, history.sent_on_to
    if way is None or line is None:
        return False
    destination = diversion.final_destination(control, call, diversion.forward(control, call, line, *way))
    shows = call.order.first_shows if call.state is CallState.DIALING_FIRST else call.shows
    left = leg.rings_until - control.clock.now
    if isinstance(destination, ToPlayback | ToHunt):
        if call.first is None or call.hunt is not None or call.ringing_legs():
            return False
        control.stop_timer(call)
        ring(control, call, destination, shows, left)
        return True
    before = len(call.legs)
    if left <= 0 or _made_or_told(control, call, destination, shows) is not None:
        return False
    _dial_more(control, call, call.legs[before:], left)
    return True


def caller(control: CallControl, call: Call, line: Line | None, handle: object) -> Channel | None:
    """Make the leg of somebody who calls us, from a line of ours or in through a trunk; None where there is no room.

    `handle` is what the engine knows it by.
    """
    order, trunk = call.order, None
    if line is None:
        trunks = order.first.trunks if type(order.first) is ToTrunk else ()
        trunk = next((trunk for trunk in trunks if trunk.has_room), None)
    if (line is None or line.is_full) and trunk is None:
        return None
    channel = _leg(control, call, order.src if line is None else line.extension.internal, _NOTHING, line, trunk)
    channel.rings_for = -1  # it `is_calling`
    channel.engine_data = handle
    channel.state = _RING
    control.bus.emit(LegDialed(channel))
    return channel


def _hunt(control: CallControl, call: Call, to: ToHunt) -> None:
    hunt = control.hunts.get(to.name)  # a component is there only if the PBX speaks its vendor
    if call.first is None or hunt is None:  # nobody is there to wait: nor can a queue or a group be the first party
        control.party_failed(call, HangupCause.NO_ROUTE_DESTINATION)
        return
    call.hunt = hunt
    hunt.start(call, to.number)


def answer(control: CallControl, call: Call) -> None:
    """Answer whoever called, as a dialplan's Answer() does; a first party that is up already stays so.

    An engine may hear of it and report that the caller has gone: the call may be over when this returns.
    """
    caller = call.first
    if caller is not None and caller.state is _RING:
        caller.state = _UP
        caller.answered_at = control.clock.now
        control.engine.answer(caller)


def listen(control: CallControl, call: Call, length: Duration) -> None:
    """Answer whoever is there, and let the PBX itself be the other side, for so long at most."""
    first = call.first
    assert first is not None  # somebody must be there to hear it
    if first.state is _RING:
        first.state = _UP
        first.answered_at = control.clock.now
    control.bridge(call, min(length, control.talk_limit(call)))


def _is_answered(control: CallControl, call: Call) -> bool:
    """Answer whoever called; tells whether the call is still there."""
    answer(control, call)
    return not call.is_over


def _play(control: CallControl, call: Call, playback: ToPlayback) -> None:
    now, made = control.clock.now, control.channels_made
    call.noted().came_to(Passage(app="Playback", data=playback.number, at=now, after=made, is_heard=True))
    if call.first is None:  # nobody is there to hear it: a playback cannot be the first party
        control.party_failed(call, HangupCause.NO_ROUTE_DESTINATION)
    else:
        listen(control, call, playback.length)


def _made_or_told(control: CallControl, call: Call, destination: Destination, shows: CallerId) -> HangupCause | None:
    refusal = _make_legs(control, call, destination, shows)
    if refusal is not None:
        control.bus.emit(LegRefused(call, destination.number, refusal))
    return refusal


def _make_legs(control: CallControl, call: Call, destination: Destination, shows: CallerId) -> HangupCause | None:
    """Make the channels for a destination; a cause where none can be made."""
    if type(destination) is ToTrunk:
        for trunk in destination.trunks:
            if trunk.capacity is None or trunk.in_use < trunk.capacity:  # as `has_room`, which takes a call
                if trunk.caller_id:
                    shows = CallerId(trunk.caller_id, shows.name)
                _leg(control, call, destination.number, shows, None, trunk)
                return None
        return HangupCause.NORMAL_CIRCUIT_CONGESTION
    if type(destination) is ToExtension:
        return _fork(control, call, destination, shows)
    if type(destination) is ToHours:
        return _make_legs(control, call, diversion.decided(control, call, destination), shows)
    # A queue, a group or a playback cannot be one leg among others.
    return destination.cause if type(destination) is Refused else HangupCause.NO_ROUTE_DESTINATION


def _fork(control: CallControl, call: Call, to: ToExtension, shows: CallerId) -> HangupCause | None:
    refusal: HangupCause | None = _ABSENT
    for line in to.extension.lines if to.line is None else (to.line,):  # as its `lines`, which takes a call
        way = diversion.forward_now(line) if line.diversion is not None else None
        if way is not None:
            failed = _make_legs(control, call, diversion.forward(control, call, line, *way), shows)
            refusal = refusal and failed
            continue
        if not line.registration.host:
            continue
        if len(line.channels) < line.max_calls and line.resting_state is _DOWN:  # unless it `is_full`, which takes one
            channel = _leg(control, call, line.extension.internal, shows, line, None)
            if line.diversion is not None:
                channel.noted().diverts = True
            refusal = None
        elif refusal is not None:
            refusal = HangupCause.USER_BUSY
    return refusal


def _leg(
    control: CallControl, call: Call, number: str, shows: CallerId, line: Line | None, trunk: Trunk | None
) -> Channel:
    """Make a channel, on a line or on a trunk that has room for it."""
    listed = call.listed
    if listed is not None:
        control.channels_made = serial = control.channels_made + 1
    else:
        serial = call.serial  # the first has the number that the call began with
    channel = Channel(call, serial, number, control.clock.now, shows, line, trunk)
    if line is not None:
        line.channels.append(channel)
    elif trunk is not None:
        trunk.in_use += 1
    call.listed = channel if listed is None or listed is call.first else (*call.all_legs(), channel)
    if control.live_channels is not None:
        control.live_channels[serial] = channel
    return channel


def dial(control: CallControl, call: Call, legs: Sequence[Channel], timeout: Duration) -> None:
    """Ring each leg for at most `timeout`."""
    if call.timer:
        control.stop_timer(call)
    _dial_more(control, call, legs, timeout)


def _dial_more(control: CallControl, call: Call, legs: Sequence[Channel], timeout: Duration) -> None:
    """Have the engine ring each leg; unless it promises an end for all of them, time them ourselves."""
    state, promised = call.state, True
    for leg in legs:
        if leg.state is _DOWN:
            continue  # from within `dial` an engine reported that this one failed, another won, or the call is over
        if not _rung(control, leg, timeout):
            promised = False
    if not promised:
        _time_ringing(control, call, legs, timeout, state)


def _rung(control: CallControl, leg: Channel, timeout: Duration) -> bool:
    """Have the engine ring a leg; tells whether it promises an end of that."""
    if control.topics.leg_dialed.listeners:
        control.topics.leg_dialed.tell(LegDialed(leg))
    if leg.history is not None and leg.history.diverts:
        _divert_later(control, leg, timeout)
    leg.rings_for = timeout
    if control.faults is None:
        return control.engine.dial(leg, timeout)
    is_unheard = control.faults.dialled(leg)
    return control.engine.dial(leg, timeout) and not is_unheard


def _time_ringing(
    control: CallControl, call: Call, legs: Sequence[Channel], timeout: Duration, state: CallState
) -> None:
    """Time the legs ourselves, unless the call is no longer in the state in which they were rung."""
    if call.timer or call.state is not state:
        return
    if any(leg.state is not _DOWN for leg in legs):
        due = control.clock.now + timeout
        call.timer = control.clock.call_at(due, call.number, call.next_step(), control.ring_ran_out, call)


def _divert_later(control: CallControl, leg: Channel, timeout: Duration) -> None:
    """Have a leg that is not answered soon diverted, if its line wants that before the ringing ends anyhow."""
    wishes = leg.line.diversion if leg.line is not None else None
    if wishes is not None and wishes.no_answer and wishes.after < timeout:
        call, due = leg.call, control.clock.now + wishes.after
        leg.noted().divert_timer = control.clock.call_at(
            due, call.number, call.next_step(), control.divert_unanswered, leg
        )
