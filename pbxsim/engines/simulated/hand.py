"""A person's hand on a simulated telephone: picks up, refuses, hangs up, holds, pulls the plug."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Channel, ChannelState, Report
from pbxsim.pbx.directory import Registration
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import LineRegistered, LineUnregistered

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.simulated.engine import SimulatedEngine
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.directory import Line
    from pbxsim.pbx.pbx import Pbx

_HOME = Registration(
    host="127.0.0.1", port=5060, status="OK (1 ms)"
)  # where a telephone registers that never was before


class SimulatedHand:
    """Implements `TelephoneHand`: what it does overrides what the telephone was going to do."""

    def __init__(self, pbx: Pbx, engine: SimulatedEngine) -> None:
        self._pbx = pbx
        self._engine = engine
        self._last: dict[str, Registration] = {}

    def call_in(self, order: CallOrder, *, line: Line | None = None) -> Call | None:
        """Place a call as `CallControl.receive` takes it; the caller gives up when out of patience."""
        return self._engine.call_in(order, line=line)

    def answer(self, line: Line) -> None:
        """Pick up the call that rings longest. Raises NothingToDo if none rings."""
        self._act(line, _rings, "rings", Report.ANSWERED, HangupCause.NORMAL_CLEARING)

    def reject(self, line: Line) -> None:
        """Refuse the call that rings longest. Raises NothingToDo if none rings."""
        self._act(line, _rings, "rings", Report.FAILED, HangupCause.CALL_REJECTED)

    def hang_up(self, line: Line) -> None:
        """End the oldest call that is up, or that this telephone is placing. Raises NothingToDo if there is none."""
        self._act(line, _is_off_hook, "is in a call", Report.HUNG_UP, HangupCause.NORMAL_CLEARING)

    def hold(self, line: Line) -> None:
        """Put the oldest call on hold. Raises NothingToDo if none is up, or all are held."""
        self._act(line, _talks, "talks", Report.HELD, HangupCause.NORMAL_CLEARING, stays=True)

    def unhold(self, line: Line) -> None:
        """Take the oldest held call back. Raises NothingToDo if none is held."""
        self._act(line, _is_held, "holds a call", Report.UNHELD, HangupCause.NORMAL_CLEARING, stays=True)

    def register(self, line: Line) -> None:
        """Register again where the telephone last was. Raises NothingToDo if it is registered."""
        if line.is_registered:
            raise NothingToDo(f"{line.user} is registered already")
        line.registration = self._last.pop(line.user, _HOME)
        self._pbx.events.emit(LineRegistered(line))

    def unregister(self, line: Line) -> None:
        """Drop off: what rings fails (cause 20), what is up goes on. Raises NothingToDo if not registered."""
        if not line.is_registered:
            raise NothingToDo(f"{line.user} is not registered")
        before = self._last[line.user] = line.registration
        status = "UNKNOWN" if before.status else ""  # an account that is not monitored stays so
        line.registration = msgspec.structs.replace(before, host="", port=0, status=status)
        self._pbx.events.emit(LineUnregistered(line))
        for channel in [channel for channel in line.channels if _is_rung(channel)]:
            self._report(channel, Report.FAILED, HangupCause.SUBSCRIBER_ABSENT)

    def _act(
        self,
        line: Line,
        fits: Callable[[Channel], bool],
        needed: str,
        report: Report,
        cause: HangupCause,
        *,
        stays: bool = False,
    ) -> None:
        channel = min(filter(fits, line.channels), key=_age, default=None)
        if channel is None:
            raise NothingToDo(f"no channel of {line.user} {needed}")
        self._report(channel, report, cause, stays=stays)

    def _report(self, channel: Channel, report: Report, cause: HangupCause, *, stays: bool = False) -> None:
        if not stays:
            self._engine.forget(channel)
        self._pbx.calls.on_leg(channel, report, cause)


def _age(channel: Channel) -> tuple[int, int]:
    """Order those that ring by the moment when they began to, all others by their making."""
    return (channel.ringing_at if _rings(channel) else 0, channel.serial)


def _rings(channel: Channel) -> bool:
    return channel.state is ChannelState.RINGING


def _is_rung(channel: Channel) -> bool:
    return channel.state in (ChannelState.DIALING, ChannelState.RINGING)


def _is_off_hook(channel: Channel) -> bool:
    return channel.state in (ChannelState.UP, ChannelState.RING)


def _talks(channel: Channel) -> bool:
    return channel.is_up and not channel.is_held


def _is_held(channel: Channel) -> bool:
    return channel.is_up and channel.is_held
