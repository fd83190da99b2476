"""A hand on telephones: on acted ones the simulated engine's; on a real one, in somebody's hand, what a PBX can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.real_hand import RealHand
from pbxsim.pbx.errors import NothingToDo

if TYPE_CHECKING:
    from collections.abc import Collection

    from pbxsim.engines.sip.engine import SipEngine
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.extension import Diversion, Line
    from pbxsim.pbx.handset import Handset, Instruction
    from pbxsim.pbx.pbx import Pbx


class _RealHandset(RealHand):
    """The hand on those for whom a telephone has registered."""

    def __init__(self, pbx: Pbx, engine: SipEngine) -> None:
        super().__init__(pbx, "that has registered", lambda _: "is in somebody's hand")
        self._engine = engine

    def let_go(self, channel: Channel, cause: HangupCause) -> None:
        """Have the telephone be hung up."""
        self._engine.hang_up(channel, cause)

    def call_in(self, order: CallOrder, *, line: Line | None = None, presses: Keystrokes = ()) -> Call | None:
        """Ring a real telephone first. Raises NothingToDo where it is to press digits: nobody can for it."""
        assert line is not None  # others are acted
        if presses:
            raise NothingToDo(f"{line.user} is a telephone in somebody's hand: no program can press its digits")
        return self.rung_first(order, line)


class SipHandset:
    """Implements `Handset`. `acted` is the simulated engine's; `real` are the users that have a telephone by now."""

    def __init__(self, pbx: Pbx, engine: SipEngine, acted: Handset, real: Collection[str]) -> None:
        self._acted = acted
        self._mine: Handset = _RealHandset(pbx, engine)
        self._real = real

    def _on(self, line: Line | None) -> Handset:
        return self._mine if line is not None and line.user in self._real else self._acted

    def call_in(self, order: CallOrder, *, line: Line | None = None, presses: Keystrokes = ()) -> Call | None:
        """Have somebody call; a real telephone of ours is rung first."""
        return self._on(line).call_in(order, line=line, presses=presses)

    def answer(self, line: Line) -> None:
        """Pick up."""
        self._on(line).answer(line)

    def reject(self, line: Line) -> None:
        """Refuse."""
        self._on(line).reject(line)

    def hang_up(self, line: Line) -> None:
        """Put the receiver down."""
        self._on(line).hang_up(line)

    def hold(self, line: Line) -> None:
        """Put on hold."""
        self._on(line).hold(line)

    def unhold(self, line: Line) -> None:
        """Take back."""
        self._on(line).unhold(line)

    def swap(self, line: Line) -> None:
        """Change between two."""
        self._on(line).swap(line)

    def dial(self, line: Line, to: str) -> Call:
        """Dial; a real telephone is rung first."""
        return self._on(line).dial(line, to)

    def press(self, line: Line, digits: str) -> None:
        """Press digits."""
        self._on(line).press(line, digits)

    def transfer(self, line: Line, to: str) -> None:
        """Hand on, blind."""
        self._on(line).transfer(line, to)

    def consult(self, line: Line, to: str) -> Call:
        """Ask somebody before."""
        return self._on(line).consult(line, to)

    def complete(self, line: Line) -> None:
        """Hand on to whom was asked."""
        self._on(line).complete(line)

    def cancel(self, line: Line) -> None:
        """Give that up."""
        self._on(line).cancel(line)

    def do_not_disturb(self, line: Line, *, on: bool) -> None:
        """Refuse all calls, or no more."""
        self._on(line).do_not_disturb(line, on=on)

    def divert(self, line: Line, diversion: Diversion | None) -> None:
        """Have calls go elsewhere."""
        self._on(line).divert(line, diversion)

    def register(self, line: Line) -> None:
        """Register again."""
        self._on(line).register(line)

    def unregister(self, line: Line) -> None:
        """Drop off."""
        self._on(line).unregister(line)

    def instruct(self, line: Line, instruction: Instruction | None) -> None:
        """Have it meet calls so from now on."""
        self._on(line).instruct(line, instruction)
