"""The port behind which something decides what a telephone does: simulated, a real Asterisk, SIP phones.

Every verb is a request and returns at once; none is a coroutine. What came of it arrives at one entry,
`CallControl.on_leg(channel, report, cause)`: during the verb, later, late, twice, out of order or never. The switch
bears all of that: a report that the leg's state rules out is noted and dropped, silence is ended by the switch's own
timers, and a leg that the switch has hung up is over whether or not the engine ever confirms it.

The verbs of one moment are one transaction: a transfer parts a call and connects it again before anything else happens.
An engine that works elsewhere collects them and carries out what they come to together.

Telephones act by themselves, too. One that dials is brought to `CallControl.receive` with the engine's own handle for
it; that it registered, or refuses or diverts calls, to `Directory.register`, `unregister`, `do_not_disturb`, `divert`;
that it wants another number rung instead of itself, as `Channel.sent_on_to`, before that leg is reported as FAILED;
that it hands a call on, to `transfer.blind` or `transfer.attended`; each digit that is pressed there in a call, to
`digits.press`. What an engine must keep on a leg, it keeps in `Channel.engine_data`, and a timer in `engine_timer`.
`pbxsim.testing.engine_contract` asks any engine whether it does all this.
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

    def answer(self, channel: Channel) -> None:
        """Answer a caller, who has heard it ring until now: the PBX itself speaks, or has the caller wait.

        It is not asked for where `connect` does that.
        """
        ...

    def connect(self, call: Call, limit: Duration) -> bool:
        """Let `call.first` and `call.second` hear each other. A caller not answered yet is answered by it.

        Without a second the PBX is the other side: where `call.order.kind` is SPY, silence, then what is said on the
        channel that the event SpyAttached names; else something that is played.

        True is a promise that one of them will be reported as HUNG_UP before `limit` is over.
        """
        ...

    def part(self, call: Call) -> None:
        """Let those who are left in the call hear nobody: a transfer goes on. What they were going to do is off.

        They are connected again, to each other or to somebody else, or hung up.
        """
        ...

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """End the leg, even one that is not rung yet. The switch already counts it as ended, and asks only once."""
        ...
