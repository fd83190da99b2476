"""Call pick-up: a telephone takes a call that rings at another one (Asterisk's main/pickup.c, app_directed_pickup.c).

`*8` takes what rings longest at a telephone whose call group is one of the pick-up groups of whoever dials; the code of
directed pick-up with a number behind it takes what rings there. Whoever takes it takes the place of the telephone that
rang: in the call, in its record, and in the queue or ring group that had it rung. All others stop ringing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.pbx import clearing, dialing, transfer
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallPickedUp
from pbxsim.pbx.hunt import Application

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.hunt import HandedOn

NAME = "pickup"
"""How `dialplan.ToHunt` names the way here."""

_RINGS = (ChannelState.DIALING, ChannelState.RINGING)  # ast_can_pickup: Down, too, for not all telephones say 180


class PickupCodes(msgspec.Struct, frozen=True, kw_only=True):
    """What is dialled to pick up: `group` (features.conf, pickupexten), or `directed` and a number; empty: nothing."""

    group: str = "*8"
    directed: str = "**"


class PickupApp(Application):
    """Implements `Hunt` for Pickup()."""

    def __init__(self, control: CallControl, directory: Directory, codes: PickupCodes) -> None:
        self._control = control
        self._directory = directory
        self._codes = codes

    def start(self, call: Call, number: str) -> None:
        """Take the call that is meant; where there is none, whoever dialled is refused (cause 21)."""
        codes, control = self._codes, self._control
        wanted = "" if number == codes.group else number[len(codes.directed) :]
        call.hunt = None
        at, made = control.clock.now, control.channels_made
        call.noted().came_to(Passage(app="Pickup", data=wanted, at=at, after=made))
        by = call.first
        assert by is not None  # nobody else is led here
        lines = self._lines_of(by, wanted) if wanted else self._lines_of_groups(by)
        rung = min((leg for line in lines for leg in line.channels if _can_be_taken(leg, by)), key=_age, default=None)
        if rung is None:
            control.party_failed(call, HangupCause.CALL_REJECTED)
        else:
            take(control, by, rung)

    def _lines_of_groups(self, by: Channel) -> Iterable[Line]:
        """Give the telephones whose call group is one of the pick-up groups of whoever dials."""
        groups = by.line.extension.pickup_group if by.line is not None else frozenset()
        if not groups:
            return ()
        lines = self._directory.lines.values()
        return (line for line in lines if not groups.isdisjoint(line.extension.call_group))

    def _lines_of(self, by: Channel, number: str) -> Iterable[Line]:
        """Give the telephones that have this internal number for whoever dials."""
        plan = by.line.extension.dialplan if by.line is not None else by.call.order.context
        extension = self._directory.internal_or_none(number, plan)
        return extension.lines if extension is not None else ()

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """The call left before it ended."""


def take(control: CallControl, by: Channel, rung: Channel) -> None:
    """Let `by`, who has called for that, answer the call that rings at `rung`; its own call is over."""
    call, own, now = rung.call, by.call, control.clock.now
    control.stop_timer(call)
    dialing.answer(control, own)
    if own.is_over:
        return
    if not rung.is_live:  # told to answer the one, the engine reported that the other has gone
        control.party_failed(own, HangupCause.CALL_REJECTED)
        return
    losers = call.ringing_legs()
    for leg in losers:
        clearing.release(control, leg, HangupCause.ANSWERED_ELSEWHERE)
    transfer.bring_over(call, own, by)
    call.noted().picked_up(rung, by)
    own.bridged_at = now
    call.noted().note(now, "call-picked-up", f"{by.name}, where {rung.name} rang")
    control.bus.emit(CallPickedUp(call, rung, by))
    clearing.end(control, own, HangupCause.NORMAL_CLEARING)
    if not call.is_over:
        control.picked_up(call, by, rung)
    clearing.dismiss(control, losers, HangupCause.ANSWERED_ELSEWHERE)


def _can_be_taken(leg: Channel, by: Channel) -> bool:
    return leg.state in _RINGS and not leg.is_calling and leg.call is not by.call


def _age(leg: Channel) -> tuple[int, int]:
    return leg.created_at, leg.serial
