"""A hand on a telephone that is in somebody's hand: what a PBX can do to it, and a word about all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from pbxsim.engines.hand import PbxHand
from pbxsim.pbx.call import CallerId, CallKind
from pbxsim.pbx.dialled import dialled
from pbxsim.pbx.errors import NothingToDo

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.handset import Instruction
    from pbxsim.pbx.pbx import Pbx

PLACED_BY: Final = "control"
"""Whom records name as the one that asked for a call dialled by this hand: it is lent by the control API."""

_BY_PROGRAM: Final = "dial (it is rung first), reject, hangup, transfer, complete, dnd, divert"


class RealHand(PbxHand):
    """The part of `Handset` that engines with real telephones share. Errors say `where` it is, and `whose` it is."""

    def __init__(self, pbx: Pbx, where: str, whose: Callable[[Line], str]) -> None:
        super().__init__(pbx)
        self._where = where
        self._whose = whose

    def dial(self, line: Line, to: str) -> Call:
        """Ring the telephone, and when it is answered that number. Raises NothingToDo if it is not registered."""
        return self.rung_first(dialled(line, to, by=PLACED_BY), line)

    def rung_first(self, order: CallOrder, line: Line) -> Call:
        """Ring a telephone, and when it is answered whom it is to call. Raises NothingToDo if it is not registered."""
        if not line.is_registered:
            raise NothingToDo(f"{line.user} is not registered")
        return self._pbx.calls.originate(order.saying(kind=CallKind.CONNECT, first_shows=CallerId(order.dst, "")))

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
        raise NothingToDo(
            f"{line.user} is a telephone {self._where}, and {self._whose(line)}: a program can do no more than"
            f" {_BY_PROGRAM}"
        )
