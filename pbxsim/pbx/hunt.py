"""The port between a call and whatever looks for its second party over several tries: a queue, a ring group, a menu
that has the caller choose, or a component, which has a server outside say where to look.

While a call has a hunt, the switch does not end it because a leg failed: it asks the hunt what now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel


class HandedOn(msgspec.Struct, frozen=True, eq=False):
    """How one of two who talk left the other one to somebody else; `how` is one of blind, attended.

    `to` is the number that is rung or was consulted, in `context`, the numbering plan of whoever leaves;
    `consultation` the number of the call that ends with it, 0 for a blind transfer.
    """

    how: str
    to: str
    context: str
    consultation: int = 0


class Hunt(Protocol):
    """Looks for a call's second party."""

    @property
    def has_room(self) -> bool:
        """Tell whether it would take somebody who is handed on to it now."""
        ...

    def start(self, call: Call, number: str) -> None:
        """Take the call, which dialled that number: ring somebody, or have it wait."""
        ...

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Hear that a leg it had rung is over, unanswered; others may still ring."""
        ...

    def timed_out(self, call: Call) -> None:
        """Hear that nobody of those rung answered in time; all their legs are over."""
        ...

    def answered(self, call: Call, channel: Channel) -> Duration:
        """Hear who answered, before the parties are connected; gives for how long they are not to be yet.

        If that is more than 0, `connecting` follows then, or `leg_failed` for that leg, or `ended`.
        """
        ...

    def connecting(self, call: Call) -> None:
        """Hear that the parties are about to be connected after all."""
        ...

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Hear that the call is over, found or not, or that a party was handed on, which ends it for the hunt.

        `by` is the leg that hung up, failed or handed the other one on; None: the PBX ended it.
        """
        ...


class Application:
    """Half of the port, for those to build on who ring nobody, so that nobody fails to answer there."""

    @property
    def has_room(self) -> bool:
        """It would take anybody."""
        return True

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Nobody is rung from here."""

    def timed_out(self, call: Call) -> None:
        """Nobody is rung from here."""

    def answered(self, call: Call, channel: Channel) -> Duration:
        """Nobody is rung from here."""
        del call, channel
        return 0

    def connecting(self, call: Call) -> None:
        """Nobody is rung from here."""
