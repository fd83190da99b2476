"""Spies, who are to hear somebody: Asterisk's ChanSpy follows the channel that it is told of, whatever that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.asterisk.moment import HOLD
from pbxsim.pbx.call import CallState

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.legs import Legs
    from pbxsim.engines.asterisk.link import AmiLink
    from pbxsim.engines.asterisk.moment import Moment
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.events import SpyAttached


class Spies:
    """The spies that are not yet attached, each with the channel that it is to hear."""

    def __init__(self, legs: Legs, moment: Moment) -> None:
        self._legs = legs
        self._moment = moment
        self._waiting: list[tuple[Channel, Channel]] = []

    def hear(self, event: SpyAttached) -> None:
        """Have a spy hear a channel as soon as that is connected: Asterisk's bridge would take it away from the spy."""
        self._waiting = [(spy, heard) for spy, heard in self._waiting if spy.is_live and heard.is_live]
        if event.call.first is not None:
            self._waiting.append((event.call.first, event.channel))
            if event.channel.call.state is CallState.TALKING:
                self._moment.stay(event.call)  # of two redirects at once the second may be lost
            self._moment.soon()

    def attach(self, link: AmiLink) -> None:
        """Attach spies to whom they are to hear; the dialplan finds the channel's name in a variable."""
        waiting, self._waiting = self._waiting, []
        for spy, heard in waiting:
            if not spy.is_live or not heard.is_live or self._legs.of(spy) is None:
                continue
            if heard.call.state is not CallState.TALKING:
                self._waiting.append((spy, heard))
                continue
            link.send(
                "Setvar", Channel=self._legs.name_of(spy), Variable="PBXSIM_SPIED", Value=self._legs.name_of(heard)
            )
            link.send("Redirect", Channel=self._legs.name_of(spy), Context=HOLD, Exten="spy", Priority=1)
