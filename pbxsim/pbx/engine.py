"""The port behind which something decides what a telephone does: simulated, a real Asterisk, SIP phones.

Every verb is a request and returns at once. What came of it arrives at one entry, `CallControl.on_leg(channel, report,
cause)`: during the verb, later, late, twice, out of order or never. The switch bears all of that: a report that the
leg's state rules out is noted and dropped, silence is ended by the switch's own timers, and a leg that the switch has
hung up is over whether or not the engine ever confirms it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.channel import Channel


class CallEngine(Protocol):
    """What the switch asks of an engine."""

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring the telephone at the far end of `channel`.

        True is a promise that ANSWERED or FAILED will be reported before `timeout` is over, whatever happens; the
        switch then sets no timer of its own. An engine that cannot promise returns False.
        """
        ...

    def connect(self, call: Call, limit: Duration) -> bool:
        """Let `call.first` and `call.second` hear each other; without a second, the PBX is the other side.

        True is a promise that one of them will be reported as HUNG_UP before `limit` is over.
        """
        ...

    def part(self, call: Call) -> None:
        """Let those who are left in the call hear nobody: a transfer goes on. What they were going to do is off.

        They are connected again, to each other or to somebody else, or hung up.
        """
        ...

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """End the leg. The switch already counts it as ended."""
        ...
