"""What a hand does to a telephone by way of the PBX alone: put down, refuse, hand on, set. Any engine can have that.

Not here: what only the telephone itself does, as picking up; an engine's own handset adds it, or says why it cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.numbers import why_not_dialled
from pbxsim.pbx import transfer
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Channel, ChannelState, Report
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.transfer import partner

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.extension import Diversion, Line
    from pbxsim.pbx.pbx import Pbx

NORMAL = HangupCause.NORMAL_CLEARING


class PbxHand:
    """The part of `Handset` that all engines share. What it does overrides what the telephone was going to do."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx

    def let_go(self, channel: Channel, cause: HangupCause) -> None:
        """Have the engine forget a leg whose end is reported now."""
        raise NotImplementedError

    def reject(self, line: Line) -> None:
        """Refuse the call that rings longest. Raises NothingToDo if none rings."""
        self.ends(self.oldest(line, rings, "rings"), Report.FAILED, HangupCause.CALL_REJECTED)

    def hang_up(self, line: Line) -> None:
        """End the oldest call that is up, or that this telephone is placing; a held one only if there is no other.

        With `transfers_on_hang_up` whoever is held is connected to the one in that call. Raises NothingToDo if there is
        none.
        """
        active = self.oldest(line, is_off_hook, "is in a call", is_held)
        held = [leg for leg in line.channels if _holds_somebody(leg) and leg.call is not active.call]
        hands_on = line.transfers_on_hang_up and held and not active.is_held
        if not (hands_on and transfer.attended(self._pbx.calls, min(held, key=_age), active)):
            self.ends(active, Report.HUNG_UP, NORMAL)

    def transfer(self, line: Line, to: str) -> None:
        """Hand on the oldest call that is up, or else the oldest held one.

        Raises NothingToDo if nobody is there, nothing has that number, or the parking lot is full.
        """
        leg = self.oldest(line, partner, "talks with anybody", is_held)
        if not transfer.blind(self._pbx.calls, leg, to):
            if transfer.is_full(self._pbx.calls, leg, to):
                raise NothingToDo(f"no slot is free at {to}: the two talk on")
            why = why_not_dialled(to)
            said = f"nothing that {line.user} may call has the number {to!r}"
            raise NothingToDo(f"{said}: {why}" if why else said)

    def complete(self, line: Line) -> None:
        """Connect the oldest held party to the one who is up, or is rung. Raises NothingToDo unless there are both."""
        held = self.oldest(line, _holds_somebody, "holds a call")
        asking = self.oldest(line, _asks_beside(held), "talks with somebody else, or rings somebody", transfer.has_rung)
        transfer.attended(self._pbx.calls, held, asking)

    def do_not_disturb(self, line: Line, *, on: bool) -> None:
        """Refuse calls from now on, or take them again. Raises NothingToDo if it is so already."""
        if line.do_not_disturb == on:
            raise NothingToDo(f"{line.user} is {'not to be' if on else 'ready to be'} disturbed already")
        self._pbx.directory.do_not_disturb(line, on=on)

    def divert(self, line: Line, diversion: Diversion | None) -> None:
        """Have calls go elsewhere from now on, or no more. Raises NothingToDo if it is so already."""
        if line.diversion == diversion:
            raise NothingToDo(f"{line.user} diverts its calls so already")
        self._pbx.directory.divert(line, diversion)

    # -- for handsets ------------------------------------------------------------------------------------------------

    def ends(self, channel: Channel, report: Report, cause: HangupCause) -> None:
        """Report that a leg is over, as its telephone would."""
        self.let_go(channel, cause)
        self._pbx.calls.on_leg(channel, report, cause)

    def oldest(
        self,
        line: Line,
        fits: Callable[[Channel], object],
        needed: str,
        rather_not: Callable[[Channel], bool] = lambda _: False,
    ) -> Channel:
        """Find the oldest channel that fits, and only if there is no other one that is `rather_not` wanted."""
        fitting = [channel for channel in line.channels if fits(channel)]
        if not fitting:
            raise NothingToDo(f"no channel of {line.user} {needed}")
        return min(fitting, key=lambda channel: (rather_not(channel), *_age(channel)))


def rings(channel: Channel) -> bool:
    """Tell whether a leg rings."""
    return channel.state is ChannelState.RINGING


def is_off_hook(channel: Channel) -> bool:
    """Tell whether a leg is up, or its telephone is placing a call."""
    return channel.state in (ChannelState.UP, ChannelState.RING)


def is_held(channel: Channel) -> bool:
    """Tell whether a leg is up and holds the other party."""
    return channel.is_up and channel.is_held


def _age(channel: Channel) -> tuple[int, int]:
    """Order those that ring by the moment when they began to, all others by their making."""
    return (channel.ringing_at if rings(channel) else 0, channel.serial)


def _holds_somebody(channel: Channel) -> bool:
    return channel.is_held and partner(channel) is not None


def _asks_beside(held: Channel) -> Callable[[Channel], bool]:
    """Say whether a leg that is not held talks with somebody in another call than the held one, or has one rung."""
    return lambda leg: (
        not leg.is_held and leg.call is not held.call and (partner(leg) is not None or transfer.has_rung(leg))
    )
