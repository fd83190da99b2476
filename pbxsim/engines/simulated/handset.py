"""A person's hand on a simulated telephone: picks up, refuses, holds, transfers, sets its buttons, pulls the plug."""

from __future__ import annotations

from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.hand import PbxHand, is_held, is_off_hook, rings
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Channel, ChannelState, Report
from pbxsim.pbx.dialled import dialled
from pbxsim.pbx.digits import press
from pbxsim.pbx.dtmf import keystrokes
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.extension import Registration
from pbxsim.pbx.transfer import partner

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.simulated.engine import SimulatedEngine
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.handset import Instruction
    from pbxsim.pbx.pbx import Pbx

PLACED_BY: Final = "control"
"""Whom records name as the one that asked for a call dialled by hand: a hand is lent by the control API."""

_HOME = Registration(
    host="127.0.0.1", port=5060, status="OK (1 ms)"
)  # where a telephone registers that never was before


class SimulatedHandset(PbxHand):
    """Implements `Handset`: what it does overrides what the telephone was going to do."""

    def __init__(self, pbx: Pbx, engine: SimulatedEngine) -> None:
        super().__init__(pbx)
        self._engine = engine
        self._last: dict[str, Registration] = {}

    def let_go(self, channel: Channel, cause: HangupCause) -> None:
        """Have the engine forget what the telephone was going to do."""
        self._engine.forget(channel)

    def call_in(self, order: CallOrder, *, line: Line | None = None, presses: Keystrokes = ()) -> Call | None:
        """Place a call as `CallControl.receive` takes it; the caller gives up when out of patience."""
        return self._engine.call_in(order, line=line, presses=presses)

    def answer(self, line: Line) -> None:
        """Pick up the call that rings longest; what was up is held. Raises NothingToDo if none rings."""
        if any(rings(channel) for channel in line.channels):
            self._hold_all(line)
        self._act(line, rings, "rings", Report.ANSWERED, HangupCause.NORMAL_CLEARING)

    def hold(self, line: Line) -> None:
        """Put the oldest call on hold. Raises NothingToDo if none is up, or all are held."""
        self._act(line, _talks, "talks", Report.HELD, HangupCause.NORMAL_CLEARING, stays=True)

    def unhold(self, line: Line) -> None:
        """Take the oldest held call back. Raises NothingToDo if none is held."""
        self._act(line, is_held, "holds a call", Report.UNHELD, HangupCause.NORMAL_CLEARING, stays=True)

    def swap(self, line: Line) -> None:
        """Put what is up on hold, and take the oldest held call back. Raises NothingToDo if none is held."""
        back = self.oldest(line, is_held, "holds a call")
        self._hold_all(line)
        self._report(back, Report.UNHELD, HangupCause.NORMAL_CLEARING, stays=True)

    def dial(self, line: Line, to: str) -> Call:
        """Place a call, with what was up on hold. Raises NothingToDo if the telephone cannot place one."""
        if not line.is_registered:
            raise NothingToDo(f"{line.user} is not registered")
        if line.is_full:
            raise NothingToDo(f"{line.user} takes no more calls")
        self._hold_all(line)
        call = self.call_in(dialled(line, to, by=PLACED_BY), line=line)
        assert call is not None  # it has room
        return call

    def press(self, line: Line, digits: str) -> None:
        """Press digits in the oldest call that is up. Raises NothingToDo if none is."""
        leg = self.oldest(line, _talks, "is up")
        strokes = keystrokes(digits)
        for _, digit in takewhile(_at_once, strokes):
            press(self._pbx.calls, leg, digit)
        if leg.is_up:
            self._engine.press(leg, tuple(dropwhile(_at_once, strokes)))

    def consult(self, line: Line, to: str) -> Call:
        """Hold the call that is up and dial. Raises NothingToDo if the telephone talks with nobody, or cannot dial."""
        self.oldest(line, partner, "talks with anybody")
        return self.dial(line, to)

    def cancel(self, line: Line) -> None:
        """End the newest call that is not held, and take the oldest held one back. Raises NothingToDo as `complete`."""
        held = self.oldest(line, is_held, "holds a call")
        asking = [leg for leg in line.channels if is_off_hook(leg) and not leg.is_held and leg.call is not held.call]
        if not asking:
            raise NothingToDo(f"no channel of {line.user} is in another call than the held one")
        self._report(asking[-1], Report.HUNG_UP, HangupCause.NORMAL_CLEARING)
        self._report(held, Report.UNHELD, HangupCause.NORMAL_CLEARING, stays=True)

    def register(self, line: Line) -> None:
        """Register again where the telephone last was. Raises NothingToDo if it is registered."""
        if line.is_registered:
            raise NothingToDo(f"{line.user} is registered already")
        self._pbx.directory.register(line, self._last.pop(line.user, _HOME))

    def unregister(self, line: Line) -> None:
        """Drop off: what rings fails (cause 20), what is up goes on. Raises NothingToDo if not registered."""
        if not line.is_registered:
            raise NothingToDo(f"{line.user} is not registered")
        self._last[line.user] = line.registration
        self._pbx.directory.unregister(line)
        for channel in [channel for channel in line.channels if _is_rung(channel)]:
            self._report(channel, Report.FAILED, HangupCause.SUBSCRIBER_ABSENT)

    def instruct(self, line: Line, instruction: Instruction | None) -> None:
        """Have it meet every call from now on so; None: as the PBX file says. What rings already rings on."""
        self._engine.behave(line, None if instruction is None else _behaviour(instruction))

    def _act(
        self,
        line: Line,
        fits: Callable[[Channel], object],
        needed: str,
        report: Report,
        cause: HangupCause,
        *,
        stays: bool = False,
    ) -> None:
        self._report(self.oldest(line, fits, needed), report, cause, stays=stays)

    def _hold_all(self, line: Line) -> None:
        for channel in [channel for channel in line.channels if _talks(channel)]:
            self._report(channel, Report.HELD, HangupCause.NORMAL_CLEARING, stays=True)

    def _report(self, channel: Channel, report: Report, cause: HangupCause, *, stays: bool = False) -> None:
        if not stays:
            self._engine.forget(channel)
        self._pbx.calls.on_leg(channel, report, cause)


def _at_once(stroke: tuple[Duration, str]) -> bool:
    return stroke[0] == 0


def _behaviour(told: Instruction) -> Behaviour:
    return Behaviour(
        outcome=Outcome(told.reaction),
        ring=fixed(told.ring / SECOND),
        talk=None if told.talk is None else fixed(told.talk / SECOND),
        cause=told.cause,
    )


def _is_rung(channel: Channel) -> bool:
    return channel.state in (ChannelState.DIALING, ChannelState.RINGING)


def _talks(channel: Channel) -> bool:
    return channel.is_up and not channel.is_held
