"""Call parking: a party waits in a numbered slot until somebody dials that (Asterisk's res/res_parking.c).

Whoever is handed on blind to the lot's extension is parked, and so is who dials it. Dialling the slot connects with the
one who waits there. Where nobody does in time, the telephone that parked is rung, and with it the call is over if it
does not answer (`comebacktoorigin`). What is heard meanwhile is music. Slots are given in turn (`findslot = next`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant
from pbxsim.pbx import clearing, dialing, transfer
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.pbx.events import CallParked, CallUnparked
from pbxsim.pbx.hunt import Application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.clock.scheduler import Scheduler, TimerId
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.hunt import HandedOn

_INVALID: Final[Duration] = 2 * SECOND  # pbx-invalidpark


class ParkingLot(msgspec.Struct, frozen=True, kw_only=True):
    """A parking lot: who is sent to `extension` waits in one of the slots `first` to `last`, for `time_out`.

    Then the telephone that parked is rung for `come_back` (comebackdialtime). These numbers can be dialled in the
    numbering plan `dialplan`, empty: in all.
    """

    name: str
    extension: str
    first: int
    last: int
    time_out: Duration = 45 * SECOND
    come_back: Duration = 30 * SECOND
    dialplan: str = ""

    @property
    def slots(self) -> range:
        """Give the numbers of its slots."""
        return range(self.first, self.last + 1)


class Parked(msgspec.Struct, eq=False):
    """A party in a slot, since when, until when, and the telephone that put it there, if it was one of ours."""

    call: Call
    slot: int
    since: Instant
    until: Instant
    by: Line | None
    timer: TimerId


class ParkingApp(Application):
    """Implements `Hunt` for Park() and ParkedCall() with one lot."""

    def __init__(self, control: CallControl, lot: ParkingLot) -> None:
        self.lot = lot
        self.name = f"parking {lot.name}"
        self._control = control
        self._clock: Scheduler = control.clock
        self._parked: dict[int, Parked] = {}  # by slot
        self._last = lot.last

    def __iter__(self) -> Iterator[Parked]:
        """Give who is parked, by slot."""
        return (self._parked[slot] for slot in sorted(self._parked))

    def __len__(self) -> int:
        """Count who is parked, each with a timer."""
        return len(self._parked)

    def of(self, call: Call) -> Parked | None:
        """Find out where a call is parked."""
        return next((parked for parked in self._parked.values() if parked.call is call), None)

    @property
    def has_room(self) -> bool:
        """Tell whether there is a free slot."""
        return len(self._parked) < len(self.lot.slots)

    def start(self, call: Call, number: str) -> None:
        """Park the one who waits, or connect it with who is parked in the slot of that number."""
        dialing.answer(self._control, call)
        if call.is_over:
            return
        if number != self.lot.extension:
            self._retrieve(call, int(number))
        elif self.has_room:
            self._park(call)
        else:
            self._refuse(call, "Park", self.lot.name)

    # -- parking ------------------------------------------------------------------------------------------------------

    def _park(self, call: Call) -> None:
        control, lot, now = self._control, self.lot, self._clock.now
        slot = self._last = self._free_slot()
        until = now + lot.time_out
        timer = self._clock.call_at(until, call.number, call.next_step(), self._ran_out, call)
        self._parked[slot] = Parked(call, slot, now, until, _parker(call), timer)
        call.bridged_at = call.bridged_at or now
        call.noted().came_to(Passage(app="Park", data=f"{lot.name}:{slot}", at=now, after=control.channels_made))
        call.noted().note(now, "call-parked", f"{lot.name}:{slot}")
        control.bus.emit(CallParked(call, lot.name, slot, until))

    def _free_slot(self) -> int:
        """Give the slot behind the one given last that is free, going round."""
        slots = self.lot.slots
        begin = slots.index(self._last) + 1
        turn = (slots[(begin + step) % len(slots)] for step in range(len(slots)))
        return next(slot for slot in turn if slot not in self._parked)

    def _ran_out(self, call: Call) -> None:
        """Ring the telephone that parked the call."""
        parked = self.of(call)
        assert parked is not None  # its timer runs as long as it is parked
        parked.timer = 0
        self._leave(parked, "timeout")
        call.hunt = None
        line, control = parked.by, self._control
        if line is None:
            clearing.end(control, call, HangupCause.NORMAL_CLEARING)
            return
        dst, made = f"SIP_{line.user}", control.channels_made
        call.noted().came_to(Passage(app="Dial", at=self._clock.now, after=made, dst=dst, context="park-dial"))
        to = ToExtension(line.extension.internal, line.extension, line)
        dialing.ring(control, call, to, call.shows, self.lot.come_back)

    def _leave(self, parked: Parked, how: str) -> None:
        del self._parked[parked.slot]
        if parked.timer:
            self._clock.cancel(parked.timer)
        parked.call.noted().note(self._clock.now, "call-unparked", f"{self.lot.name}:{parked.slot}: {how}")
        self._control.bus.emit(CallUnparked(parked.call, self.lot.name, parked.slot, how))

    # -- taking back --------------------------------------------------------------------------------------------------

    def _retrieve(self, call: Call, slot: int) -> None:
        control, parked = self._control, self._parked.get(slot)
        if parked is None or parked.call is call:
            self._refuse(call, "ParkedCall", f"{self.lot.name},{slot}")
            return
        by, waits, waited = call.first, parked.call.first, parked.call
        assert by is not None and waits is not None  # noqa: PT018 - who dialled, and who is parked
        self._leave(parked, "retrieved")
        call.hunt = waited.hunt = None
        transfer.bring_over(call, waited, waits)
        data, made = f"{self.lot.name},{slot}", control.channels_made
        call.noted().came_to(Passage(app="ParkedCall", data=data, at=self._clock.now, after=made, brought=(waits,)))
        call.second = waits
        call.before_transfer = call.before_transfer or (by, waits)  # so that what it dialled before is charged
        clearing.end(control, waited, HangupCause.NORMAL_CLEARING)
        if not call.is_over:
            control.bridge(call, control.talk_limit(call))

    def _refuse(self, call: Call, app: str, data: str) -> None:
        """Say that nobody is there, or that there is no room, and hang up."""
        call.hunt = None
        at, made = self._clock.now, self._control.channels_made
        call.noted().came_to(Passage(app=app, data=data, at=at, after=made, is_heard=True))
        dialing.listen(self._control, call, _INVALID)

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Give the slot back: whoever was parked has given up."""
        del by, handed_on
        parked = self.of(call)
        if parked is not None:
            self._leave(parked, "gave up")


def _parker(call: Call) -> Line | None:
    """Give the telephone that handed the call on, or dialled the lot itself."""
    last = call.known.passages[-1] if call.known.passages else None
    if last is not None and last.leaves is not None:
        return last.leaves.line
    return call.first.line if call.first is not None else None
