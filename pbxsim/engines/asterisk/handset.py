"""A hand on telephones at Asterisk: what a PBX can do to one that is in somebody's hand, and a word about all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from msgspec.structs import replace

from pbxsim.engines.hand import PbxHand
from pbxsim.pbx.call import CallerId, CallKind
from pbxsim.pbx.dialled import dialled
from pbxsim.pbx.errors import NothingToDo

if TYPE_CHECKING:
    from collections.abc import Collection

    from pbxsim.engines.asterisk.engine import AsteriskEngine
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.directory import Line
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.handset import Instruction
    from pbxsim.pbx.pbx import Pbx

PLACED_BY: Final = "control"
"""Whom records name as the one that asked for a call dialled by this hand: it is lent by the control API."""

_BY_PROGRAM: Final = "dial (it is rung first), reject, hangup, transfer, complete, dnd, divert"


class AsteriskHandset(PbxHand):
    """Implements `Handset`. `simulated` are the SIP users of lines that are acted."""

    def __init__(self, pbx: Pbx, engine: AsteriskEngine, simulated: Collection[str]) -> None:
        super().__init__(pbx)
        self._engine = engine
        self._simulated = simulated

    def let_go(self, channel: Channel, cause: HangupCause) -> None:
        """Have Asterisk hang the leg up."""
        self._engine.hang_up(channel, cause)

    def call_in(self, order: CallOrder, *, line: Line | None = None, presses: Keystrokes = ()) -> Call | None:
        """Have somebody call; a real telephone of ours, which nobody can dial for, is rung first.

        Raises NothingToDo where the caller is to press digits: acted ones have no fingers here.
        """
        if presses:
            raise NothingToDo("with the engine asterisk simulated callers press no digits")
        if line is None or line.user in self._simulated:
            return self._pbx.calls.receive(order, line=line)
        return self._rung_first(order, line)

    def dial(self, line: Line, to: str) -> Call:
        """Ring the telephone, and when it is answered that number. Raises NothingToDo if it is not registered."""
        return self._rung_first(dialled(line, to, by=PLACED_BY), line)

    def _rung_first(self, order: CallOrder, line: Line) -> Call:
        if not line.is_registered:
            raise NothingToDo(f"{line.user} is not registered")
        return self._pbx.calls.originate(replace(order, kind=CallKind.CONNECT, first_shows=CallerId(order.dst, "")))

    # -- what only the telephone does --------------------------------------------------------------------------------

    def answer(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def hold(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def unhold(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def swap(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def press(self, line: Line, digits: str) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def consult(self, line: Line, to: str) -> Call:
        """Raise NothingToDo."""
        self._itself(line)

    def cancel(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def register(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def unregister(self, line: Line) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def instruct(self, line: Line, instruction: Instruction | None) -> None:
        """Raise NothingToDo."""
        self._itself(line)

    def _itself(self, line: Line) -> NoReturn:
        who = "acts as the PBX file says" if line.user in self._simulated else "is in somebody's hand"
        raise NothingToDo(
            f"{line.user} is a telephone at Asterisk, and {who}: a program can do no more than {_BY_PROGRAM}"
        )
