"""Having Asterisk ring telephones: an Originate of AMI for each, into the context where legs wait (moment.py).

A telephone is real, acted (acted.py), or behind a trunk that leads to a provider (live.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pbxsim.engines.asterisk import acted
from pbxsim.engines.asterisk.legs import OTHER_HALF
from pbxsim.engines.asterisk.moment import HOLD
from pbxsim.engines.asterisk.spelling import caller_id
from pbxsim.pbx.call import CallKind, CallState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.asterisk.legs import Leg, Legs
    from pbxsim.engines.asterisk.link import AmiLink
    from pbxsim.engines.asterisk.live import LiveTrunks
    from pbxsim.engines.asterisk.registrations import Registrations
    from pbxsim.pbx.channel import Channel

ASKED: Final = "o-"
"""What the ActionID of an Originate has before the leg's id."""

_MARGIN: Final = 2_000  # ms by which Asterisk rings longer than the switch wants: the switch ends it


class Ringing:
    """`simulated` are the SIP users of lines that are acted; `refused` hears of a leg that Asterisk does not ring."""

    def __init__(
        self,
        legs: Legs,
        actors: acted.Actors,
        registrations: Registrations,
        live: LiveTrunks,
        simulated: Collection[str],
        refused: Callable[[Leg, Exception], None],
    ) -> None:
        self._legs = legs
        self._actors = actors
        self._registrations = registrations
        self._live = live
        self._simulated = simulated
        self._refused = refused

    def ring(self, link: AmiLink, channel: Channel, timeout: Duration) -> None:
        """Ring a telephone wherever it is registered: the leg that answers first is the channel."""
        call = channel.call
        hears_ringing = call.state is CallState.DIALING_FIRST and call.order.kind in (CallKind.CONNECT, CallKind.DIAL)
        exten, limit = "ring" if hears_ringing else "s", timeout // 1_000 + _MARGIN
        fate = self._actors.fate(channel) if self._is_acted(channel) else None
        asked: list[dict[str, Any]]
        if fate is not None:
            asked = [{"Channel": acted.TARGET, "Variable": acted.variables(fate)}]
        elif channel.line is not None:
            asked = [{"Channel": target} for target in self._registrations.targets(channel.line)]
        else:
            asked = [self._live.asked(channel, timeout)]
        for leg, values in zip(self._legs.dialled(channel, fate, len(asked)), asked, strict=True):
            self._ask_for(link, leg, Exten=exten, Timeout=limit, **values)

    def caller(self, channel: Channel) -> Leg:
        """Make the leg of somebody outside who calls, and is acted; it is not there before `call_in`."""
        (leg,) = self._legs.dialled(channel, self._actors.fate(channel))
        leg.is_coming = True
        return leg

    def call_in(self, link: AmiLink, leg: Leg) -> None:
        """Have a caller be there."""
        self._ask_for(link, leg, Channel=acted.TARGET, Exten="ring", Timeout=_MARGIN, Variable=acted.CALLS)

    def _is_acted(self, channel: Channel) -> bool:
        if channel.line is not None:
            return channel.line.user in self._simulated
        return not self._live.leaves(channel)

    def _ask_for(self, link: AmiLink, leg: Leg, **values: Any) -> None:  # noqa: ANN401 - headers of AMI
        link.send(
            "Originate",
            lambda error: self._refused(leg, error),
            ChannelId=leg.id,
            OtherChannelId=f"{leg.id}{OTHER_HALF}",
            Context=HOLD,
            Priority=1,
            CallerID=caller_id(leg.channel),
            Async="true",
            ActionID=f"{ASKED}{leg.id}",
            **values,
        )
