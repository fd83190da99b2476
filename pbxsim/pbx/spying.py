"""Listening in, as ChanSpy does it: a spy hears a channel, and waits for one where there is none yet.

A spy that was given a line without a call waits until a call comes up there, and hears that. It stops with its target:
when the channel that it hears is gone. Nobody spies on itself (app_chanspy.c skips its own channel).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.native import mypyc_attr
from pbxsim.pbx import clearing
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.events import SpyAttached

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Spies:
    """The spies of a PBX that have picked up; `listening` has their calls by number, in the order in which they did."""

    def __init__(self, control: CallControl) -> None:
        self._control = control
        self.listening: dict[int, Call] = {}

    def listen(self, spy: Call) -> None:
        """Let a spy hear its target, or wait for one; it has nothing to hear where its channel has gone meanwhile."""
        channel = spy.order.spied_channel
        if channel is not None and not channel.is_live:
            clearing.end(self._control, spy, HangupCause.NORMAL_CLEARING)
            return
        target = channel or _call_on_line(spy)
        self.listening[spy.number] = spy
        self._control.bridge(spy, self._control.talk_limit(spy))
        if target is not None and not spy.is_over:
            self._attach(spy, target)

    def came_up(self, channel: Channel) -> None:
        """Let those hear a channel that waited for a call on its line."""
        for spy in list(self.listening.values()):
            if spy.spied_on is None and spy.order.spied_line is channel.line is not None and channel.call is not spy:
                self._attach(spy, channel)

    def target_gone(self) -> None:
        """End the spies whose target is gone."""
        for spy in list(self.listening.values()):
            if spy.spied_on is not None and not spy.spied_on.is_live:
                self._control.hang_up(spy)

    def _attach(self, spy: Call, channel: Channel) -> None:
        spy.spied_on = channel
        self._control.bus.emit(SpyAttached(spy, channel))


def _call_on_line(spy: Call) -> Channel | None:
    """Give the oldest channel of the spied line that is up."""
    line = spy.order.spied_line
    if line is None:
        return None
    return next((leg for leg in line.channels if leg.is_up and leg.call is not spy), None)
