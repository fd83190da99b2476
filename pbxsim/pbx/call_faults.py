"""The port through which something goes wrong on purpose with calls: what the switch asks, and only while any is set.

A real PBX loses the word that a party has hung up, hears too late that one was answered, is told no cause, writes its
records and its recordings late. Who is struck is decided elsewhere (hosting/call_faults.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel, Report


class CallFaults(Protocol):
    """Decides what goes wrong with calls."""

    def dialled(self, channel: Channel) -> bool:
        """Hear that a telephone is about to be rung; tell whether its answer will come too late."""
        ...

    def heard(self, channel: Channel, report: Report, cause: HangupCause) -> HangupCause | None:
        """Hear an engine's word for a leg; give the cause that the switch is told, None: it is told nothing at all."""
        ...

    def record_delay(self, call: Call) -> Duration:
        """Tell how much later than its end a call's records are closed."""
        ...

    def is_unseen(self, cdr: Cdr) -> bool:
        """Tell whether who asks for records is not to see this one yet."""
        ...

    def withhold(self, call: Call, place: tuple[str, ...]) -> None:
        """Hear that a call's recording will lie at a place: folders and a name."""
        ...

    def withholds(self, place: tuple[str, ...]) -> bool:
        """Tell whether the recording at a place cannot be read yet."""
        ...
