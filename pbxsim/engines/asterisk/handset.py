"""A hand on telephones at Asterisk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.real_hand import RealHand
from pbxsim.pbx.errors import NothingToDo

if TYPE_CHECKING:
    from collections.abc import Collection

    from pbxsim.engines.asterisk.engine import AsteriskEngine
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx


class AsteriskHandset(RealHand):
    """Implements `Handset`. `simulated` are the SIP users of lines that are acted."""

    def __init__(self, pbx: Pbx, engine: AsteriskEngine, simulated: Collection[str]) -> None:
        super().__init__(pbx, "at Asterisk", self._who)
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
        return self.rung_first(order, line)

    def _who(self, line: Line) -> str:
        return "acts as the PBX file says" if line.user in self._simulated else "is in somebody's hand"
