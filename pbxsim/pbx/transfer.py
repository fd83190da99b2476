"""Transfers: one of two who talk leaves, and the other goes on with somebody else.

As chan_sip and bridge_basic do it: a blind transfer lets go of whoever transfers at once, and the one who stays hears
it ring; if nobody is to be had there, the call is over, but a number that does not exist is refused before. An
attended transfer joins two calls of one telephone. Where whoever is consulted only rings yet, the one who stays hears
that (bridge.c, ast_bridge_transfer_attended: a target that is no part of a bridge); a queue or a ring group that is
still looking for somebody begins anew with the one who stays.

Records are made from what the call notes of it (cdr_rows.py). The consultation's end when the transfer is completed,
for then the channel that asked is gone. A leg that comes over from the
consultation is charged once, when it ends, to whoever had it dialled. A queue counts a caller who is transferred as
completed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.scheduler import timer_of
from pbxsim.pbx import clearing, dialing
from pbxsim.pbx.call import DEFAULT_RING, CallerId, CallState, CallStep
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Destination, Refused, ToHunt
from pbxsim.pbx.events import CallTransferred
from pbxsim.pbx.hunt import HandedOn

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel

_NORMAL = HangupCause.NORMAL_CLEARING


def partner(leg: Channel) -> Channel | None:
    """Give the leg that this one talks with; None while there is none, or where the PBX itself is the other side."""
    call = leg.call
    if call.state is not CallState.TALKING or not leg.is_up:
        return None
    if leg is call.first:
        return call.second
    return call.first if leg is call.second else None


def blind(control: CallControl, leg: Channel, to: str) -> bool:
    """Let `leg` go, and ring `to` for the one it talked with.

    False, and nothing changes, if it talks with nobody, or if nothing has that number: the two talk on (a REFER to an
    extension that does not exist is refused with 404, chan_sip's get_refer_info).

    `to` is what the telephone dials: a number in its own numbering plan. A queue or a playback can be meant by it too.
    """
    stays, call = partner(leg), leg.call
    if stays is None:
        return False
    context = _context(leg)
    destination = control.dialplan.resolve(to, context)
    if isinstance(destination, Refused) or not _can_take(control, destination):
        return False
    _leave(control, leg, stays, HandedOn("blind", to, context))
    if not call.is_over:
        dialing.ring(control, call, destination, call.shows, DEFAULT_RING)
    clearing.dismiss(control, [leg], _NORMAL)
    return True


def is_full(control: CallControl, leg: Channel, to: str) -> bool:
    """Tell whether `to` is a number for whoever is at that leg, and `blind` refuses it because there is no room."""
    destination = control.dialplan.resolve(to, _context(leg))
    return not isinstance(destination, Refused) and not _can_take(control, destination)


def _can_take(control: CallControl, destination: Destination) -> bool:
    """Tell whether what a number leads to has room: a parking lot may be full."""
    hunt = control.hunts.get(destination.name) if isinstance(destination, ToHunt) else None
    return hunt is None or hunt.has_room


def attended(control: CallControl, held: Channel, asking: Channel) -> bool:
    """Connect those whom these two legs talk with; both legs go, and the call of `held` goes on.

    False, and nothing changes, unless both talk with somebody, in two calls; `asking` may also have somebody rung yet.
    """
    stays, comes = partner(held), partner(asking)
    call, consultation = held.call, asking.call
    if stays is None or call is consultation:
        return False
    if comes is None:
        return has_rung(asking) and _attended_early(control, held, stays, asking)
    _hand_over(control, held, stays, HandedOn("attended", comes.number, _context(held), consultation.number))
    bring_over(call, consultation, comes)
    now, made = control.clock.now, control.channels_made
    call.noted().came_to(Passage(app="Dial", at=now, after=made, stays=stays, leaves=held, brought=(comes,)))
    call.first, call.second = stays, comes
    control.bus.emit(CallTransferred(call, held, comes.number, "attended", consultation.number))
    clearing.release(control, held, _NORMAL)
    control.engine.part(call)
    clearing.end(control, consultation, _NORMAL, by=asking)
    if not call.is_over:
        control.step(call, CallStep.JOINED)
        control.bridge(call, control.talk_limit(call))
    clearing.dismiss(control, [held], _NORMAL)
    return True


def has_rung(leg: Channel) -> bool:
    """Tell whether somebody is rung, or looked for, for the party at that leg, who hears it."""
    call = leg.call
    waits = leg is call.first and call.state in (CallState.DIALING_SECOND, CallState.TRANSFERRING)
    return waits and (call.hunt is not None or bool(call.ringing_legs()))


def _attended_early(control: CallControl, held: Channel, stays: Channel, asking: Channel) -> bool:
    """Have the one who stays hear whoever is rung in the consultation, and be connected on answer."""
    call, consultation = held.call, asking.call
    hunted = _hunted(control, consultation)
    ringing = [] if hunted is not None else consultation.ringing_legs()
    to = ringing[0].number if ringing else consultation.order.second
    _leave(control, held, stays, HandedOn("attended", to, _context(held), consultation.number), tuple(ringing))
    call.mailbox = consultation.mailbox
    if ringing and not call.is_over:
        consultation.before_transfer = consultation.before_transfer or (asking, ringing[0])
        for leg in ringing:
            bring_over(call, consultation, leg)
    clearing.end(control, consultation, _NORMAL, by=asking)
    if call.state is CallState.TRANSFERRING:
        if hunted is not None:
            dialing.ring(control, call, hunted, call.shows, DEFAULT_RING)
        elif rung := call.ringing_legs():
            control.ring_until(call, rung[0].rings_until)
    clearing.dismiss(control, [held], _NORMAL)
    return True


def _hunted(control: CallControl, call: Call) -> ToHunt | None:
    """Give the queue, group or component that looks for somebody for a call, as a number would lead there."""
    names = (name for name, hunt in control.hunts.items() if hunt is call.hunt)
    return next((ToHunt(call.order.second, name) for name in names), None)


def _leave(
    control: CallControl, leaves: Channel, stays: Channel, handed_on: HandedOn, brought: tuple[Channel, ...] = ()
) -> None:
    """Let a leg go; its call is ready to have somebody else rung for the one who stays, unless it is over by now."""
    call = leaves.call
    _hand_over(control, leaves, stays, handed_on)
    dst, context = ("", "") if handed_on.consultation else (handed_on.to, handed_on.context)
    call.noted().came_to(
        Passage(
            app="Dial",
            at=control.clock.now,
            after=control.channels_made,
            dst=dst,
            context=context,
            stays=stays,
            leaves=leaves,
            brought=brought,
        )
    )
    control.step(call, CallStep.TRANSFERRED)
    call.legs = legs = call.legs  # as a tuple: they are told by `first` no more
    call.first, call.second, call.second_from = stays, None, len(legs)
    control.bus.emit(CallTransferred(call, leaves, handed_on.to, handed_on.how, handed_on.consultation))
    clearing.release(control, leaves, _NORMAL)
    control.engine.part(call)


def _context(leg: Channel) -> str:
    """The numbering plan of whoever transfers; of a party outside, the context in which its call came."""
    return leg.line.extension.dialplan if leg.line is not None else leg.call.order.context


def _hand_over(control: CallControl, leaves: Channel, stays: Channel, handed_on: HandedOn) -> None:
    """End what belonged to the parties as they were: their time limit, their queue's share; keep who they were."""
    call = leaves.call
    control.stop_timer(call)
    if call.hunt is not None:
        call.hunt.ended(call, leaves, handed_on)
        call.hunt = None
    call.shows = _shown(call, stays)
    _remember(call)


def _remember(call: Call) -> None:
    if call.before_transfer is None and call.first is not None:
        call.before_transfer = call.first, call.second


def _keep_place(call: Call) -> None:
    """Keep where the second party's legs begin: it is not told by their serials where one comes or goes."""
    if call.second_after:
        call.second_from = call.second_from


def _shown(call: Call, stays: Channel) -> CallerId:
    """Say what the next party sees: whoever it will talk with, not whoever transferred."""
    order = call.order
    if stays is call.first and call.before_transfer is None and order.second_shows.number:
        return order.second_shows
    return CallerId(stays.number, stays.line.extension.owner if stays.line is not None else "")


def bring_over(call: Call, consultation: Call, leg: Channel) -> None:
    """Take a leg out of one call into another, which pays for it no more than for what it had dialled itself."""
    _remember(consultation)
    _keep_place(call)
    _keep_place(consultation)
    consultation.legs = tuple(other for other in consultation.legs if other is not leg)
    consultation.noted().forgotten += (leg,)
    history = leg.noted()
    if history.paid_by is None:
        history.paid_by = consultation.order
        history.talks_since = max(history.talks_since, consultation.bridged_at)
    if leg.engine_timer:
        leg.engine_timer = timer_of(consultation.number, leg.engine_timer)
    leg.call = call
    call.legs += (leg,)
