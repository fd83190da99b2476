"""Ring groups: rows of numbers, rung row after row; the numbers of a row ring together, the first to answer wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.pbx import dialing
from pbxsim.pbx.cause import HangupCause, weightier

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.hunt import HandedOn


class Row(msgspec.Struct, frozen=True):
    """Numbers that ring together, for `ring` microseconds."""

    numbers: tuple[str, ...]
    ring: Duration


class RingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A ring group; its numbers are resolved in `context`."""

    name: str
    context: str
    rows: tuple[Row, ...]


class GroupHunt:
    """Implements `Hunt` for one ring group."""

    has_room = True

    def __init__(self, control: CallControl, group: RingGroup) -> None:
        self._control = control
        self._group = group
        self._rows: dict[int, int] = {}
        self._causes: dict[int, HangupCause] = {}

    def start(self, call: Call, number: str) -> None:
        """Ring the first row."""
        del number
        self._ring_row(call, 0)

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Go on to the next row once all of this one have failed."""
        self._note(call, channel.cause or HangupCause.NO_ANSWER)
        if not call.ringing_legs():
            self._next_row(call)

    def timed_out(self, call: Call) -> None:
        """Go on to the next row."""
        self._note(call, HangupCause.NO_ANSWER)
        self._next_row(call)

    def answered(self, call: Call, channel: Channel) -> Duration:
        """The call has its second party; nothing is left to hunt for."""
        del channel
        self._forget(call)
        return 0

    def connecting(self, call: Call) -> None:
        """Nobody has to wait here."""

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Forget the call."""
        self._forget(call)

    def _ring_row(self, call: Call, place: int) -> None:
        """Ring the first row from `place` on in which anything can be rung; the call fails behind the last."""
        resolve, shows = self._control.dialplan.resolve, call.shows
        for index in range(place, len(self._group.rows)):
            row = self._group.rows[index]
            self._rows[call.number] = index
            destinations = [resolve(number, self._group.context) for number in row.numbers]
            refusal = dialing.ring_together(self._control, call, destinations, shows, row.ring)
            if refusal is None:
                return
            self._note(call, refusal)
        cause = self._causes.get(call.number, HangupCause.NO_ANSWER)
        call.hunt = None
        self._forget(call)
        self._control.party_failed(call, cause)

    def _next_row(self, call: Call) -> None:
        self._ring_row(call, self._rows[call.number] + 1)

    def _note(self, call: Call, cause: HangupCause) -> None:
        known = self._causes.get(call.number)
        self._causes[call.number] = cause if known is None else weightier(known, cause)

    def _forget(self, call: Call) -> None:
        self._rows.pop(call.number, None)
        self._causes.pop(call.number, None)
