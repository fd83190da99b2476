"""The port through which a person, or a test, touches a telephone, where the engine has telephones to touch.

Not here: what the switch asks of an engine (engine.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import msgspec

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.extension import Diversion, Line

Reaction: TypeAlias = Literal["answer", "busy", "no answer", "fail", "reject", "drop"]


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """How a telephone is to meet calls: after `ring` of ringing comes the `reaction`.

    `answer` talks for `talk` and hangs up (None: it never does), `drop` vanishes then without a clean hang-up; `fail`
    never rings. `cause` is for `fail` (None: 1) and `drop` (None: 38).
    """

    reaction: Reaction
    ring: Duration
    talk: Duration | None = None
    cause: HangupCause | None = None


class Handset(Protocol):
    """A person's hand on a telephone, where the engine has telephones that a program can touch.

    Each verb raises NothingToDo when the telephone is in no state for it.
    """

    def call_in(self, order: CallOrder, *, line: Line | None = None, presses: Keystrokes = ()) -> Call | None:
        """Place a call as `CallControl.receive` takes it, with a caller who may give up.

        The caller `presses` these digits, each so long after the PBX, or somebody, has answered. Raises NothingToDo
        where the engine's callers press none, or its telephone of that line cannot place one now.
        """
        ...

    def answer(self, line: Line) -> None:
        """Pick up the call that rings longest; calls that were up are put on hold."""
        ...

    def reject(self, line: Line) -> None:
        """Refuse the call that rings longest (cause 21)."""
        ...

    def hang_up(self, line: Line) -> None:
        """Put the receiver down: ends the oldest call that is up or being placed, a held one only without another.

        Where the line `transfers_on_hang_up`, a held party is connected to whoever is in that call instead.
        """
        ...

    def hold(self, line: Line) -> None:
        """Put the oldest call that is up on hold."""
        ...

    def unhold(self, line: Line) -> None:
        """Take the held call back."""
        ...

    def swap(self, line: Line) -> None:
        """Put the call that is up on hold, and take the held one back."""
        ...

    def dial(self, line: Line, to: str) -> Call:
        """Place a call to that number, as the extension's numbering plan understands it."""
        ...

    def press(self, line: Line, digits: str) -> None:
        """Press digits (dtmf.KEYS) in the oldest call that is up: the first at once, the others as its pauses say."""
        ...

    def transfer(self, line: Line, to: str) -> None:
        """Hand the call that is up, or else the held one, on to that number, and be out of it (blind)."""
        ...

    def consult(self, line: Line, to: str) -> Call:
        """Put the call that is up on hold, and call that number first."""
        ...

    def complete(self, line: Line) -> None:
        """Connect the held party to the one consulted, now or on answer, and be out of it (attended)."""
        ...

    def cancel(self, line: Line) -> None:
        """Give the consultation up, and take the held call back."""
        ...

    def do_not_disturb(self, line: Line, *, on: bool) -> None:
        """Refuse every call as busy from now on, or take calls again. What rings already rings on."""
        ...

    def divert(self, line: Line, diversion: Diversion | None) -> None:
        """Have calls go elsewhere from now on; None: no more."""
        ...

    def register(self, line: Line) -> None:
        """Register at the PBX again, from where it last was."""
        ...

    def unregister(self, line: Line) -> None:
        """Drop off: calls that ring there fail (cause 20), those that are up go on."""
        ...

    def instruct(self, line: Line, instruction: Instruction | None) -> None:
        """Have the telephone meet every call from now on so; None: as it did of itself. What rings already rings on.

        Raises NothingToDo where its telephones take no instructions.
        """
        ...
