"""How long simulated parties wait, and talk: the PBX's clock tells them when to hang up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.engines.asterisk.legs import Leg, Legs
    from pbxsim.engines.asterisk.moment import Moment
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.pbx import Pbx


class Patience:
    """Times the legs of simulated parties; each has one timer at most."""

    def __init__(self, pbx: Pbx, legs: Legs, moment: Moment) -> None:
        self._pbx = pbx
        self._legs = legs
        self._moment = moment

    def waits(self, leg: Leg) -> None:
        """Have somebody who calls give up after a while."""
        patience = leg.fate.patience if leg.fate is not None else None
        if patience is not None:
            self._leaves_after(leg, patience, HangupCause.NORMAL_CLEARING)

    def talk(self, call: Call) -> None:
        """Have the party that talks shorter hang up, the first one if both are equal; nobody gives up waiting now."""
        talks: list[tuple[Duration, HangupCause, Leg]] = []
        for leg in [self._legs.of(party) for party in (call.first, call.second) if party is not None]:
            if leg is None:
                continue
            self.stop(leg)
            if leg.fate is not None and leg.fate.talk is not None:
                talks.append((leg.fate.talk, leg.fate.end_cause, leg))
        if talks:
            span, cause, ends = min(talks, key=lambda each: each[0])
            self._leaves_after(ends, span, cause)

    def stop(self, leg: Leg) -> None:
        """Have it hang up at no time of its own."""
        if leg.timer:
            self._pbx.clock.cancel(leg.timer)
            leg.timer = 0

    def _leaves_after(self, leg: Leg, span: Duration, cause: HangupCause) -> None:
        due, call = self._pbx.clock.now + span, leg.channel.call
        leg.timer = self._pbx.clock.call_at(due, call.number, call.next_step(), self._leaves, (leg, cause))

    def _leaves(self, who: tuple[Leg, HangupCause]) -> None:
        leg, cause = who
        leg.timer = 0
        self._moment.leave(leg, cause)
        self._pbx.calls.on_leg(leg.channel, Report.HUNG_UP, cause)
