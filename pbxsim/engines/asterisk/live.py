"""Numbers that leave for real, by a trunk whose provider the PBX file names: which may, how many, for how long.

Whatever rings a number outside (a vendor's request, a telephone, a queue, a diversion, a transfer) comes through the
engine's `dial`, and so past `LiveTrunks.bars`. Nothing in Asterisk's dialplan dials.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk.endpoints import OF_TRUNK
from pbxsim.pbx.events import LegAnswered, LegBarred, LegEnded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.engine import Present
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx

SHORT: Final = 7
"""A number of fewer digits (among these are all of emergency services) leaves only if it is named whole."""

_NUMBER: Final = re.compile(r"\+?[0-9]{2,40}")
_MINUTE: Final = 60.0
_GRACE: Final = 5  # seconds by which Asterisk's own limit comes later than ours


class LiveCalls:
    """What a server's operator allows of them, and what of it is left: nothing that a PBX does gives any back.

    `prefixes` are beginnings of numbers as a trunk is given them. `calls` counts those that were dialled, whatever came
    of them, and `minutes` from the answer to the end, those of all calls together.
    """

    def __init__(self, prefixes: Sequence[str], calls: int, minutes: float) -> None:
        self.prefixes = tuple(prefixes)
        self.calls = calls
        self.minutes = minutes
        self._calls_left = calls
        self._left = minutes * _MINUTE
        self._looked_at = 0.0
        self._talking: dict[Channel, Callable[[], None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def refusal(self, number: str) -> str:
        """Say why that number may not leave now; empty: it may."""
        if not _NUMBER.fullmatch(number):
            return f"{number!r} is no number that leaves: digits, a + before them or none"
        if not self._is_allowed(number):
            whole = f" and has less than {SHORT} digits" if len(number.lstrip("+")) < SHORT else ""
            return f"{number}{whole} is not among the numbers allowed, {', '.join(self.prefixes)}"
        if not self._calls_left:
            return f"the budget of calls, {self.calls}, is spent"
        return "" if self.seconds_left() > 0 else self.out_of_time

    @property
    def out_of_time(self) -> str:
        """Say that no more may be talked."""
        return f"the budget of minutes, {self.minutes:g}, is spent"

    def seconds_left(self) -> float:
        """Take off what was talked since the last look; tell how long may be talked yet, if one does."""
        now = asyncio.get_running_loop().time()
        self._left -= (now - self._looked_at) * len(self._talking)
        self._looked_at = now
        return self._left

    def dialled(self) -> None:
        """Count a call."""
        self._calls_left -= 1

    def answered(self, channel: Channel, end: Callable[[], None]) -> None:
        """Count its time from now on; `end` is called when there is none left."""
        self.seconds_left()
        self._talking[channel] = end
        self._rearm()

    def over(self, channel: Channel) -> None:
        """Count it no more; nothing happens if it was not."""
        self.seconds_left()
        if self._talking.pop(channel, None) is not None:
            self._rearm()

    def _is_allowed(self, number: str) -> bool:
        is_long = len(number.lstrip("+")) >= SHORT
        return number in self.prefixes or (is_long and number.startswith(self.prefixes))

    def _rearm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._talking:
            due = max(0.0, self._left / len(self._talking))
            self._timer = asyncio.get_running_loop().call_later(due, self._look)

    def _look(self) -> None:
        if self.seconds_left() > 0:  # the loop's clock may be a little ahead
            self._rearm()
            return
        for end in list(self._talking.values()):
            end()


class LiveTrunks:
    """The trunks of a PBX that lead to a provider, by `names`. `allowed` None: nobody is called by them."""

    def __init__(self, pbx: Pbx, names: Collection[str], allowed: LiveCalls | None, present: Present) -> None:
        self._pbx = pbx
        self._names = names
        self._allowed = allowed
        self._present = present
        self._away: set[Channel] = set()
        if allowed is not None and names:
            pbx.events.subscribe(LegAnswered, self._answered)
            pbx.events.subscribe(LegEnded, self._ended)

    def bars(self, channel: Channel) -> bool:
        """Tell whether a number that is to be dialled now may not be; the journal has why. One that may is counted."""
        if channel.trunk is None or channel.trunk.name not in self._names:
            return False
        if self._allowed is None:
            self._tell(channel, "it is acted: the server was started without --allow-live-calls")
            return False
        why = self._allowed.refusal(channel.number)
        if why:
            self._tell(channel, f"it is not dialled: {why}")
            return True
        self._allowed.dialled()
        self._away.add(channel)
        return False

    def leaves(self, channel: Channel) -> bool:
        """Tell whether that is a leg which leaves."""
        return channel in self._away

    def asked(self, channel: Channel, timeout: Duration) -> dict[str, str]:
        """Spell what Asterisk is to dial. It ends the call by itself, should nobody be there to do it."""
        assert channel.trunk is not None  # else it does not leave
        most = timeout // SECOND + self.most_seconds()
        target = f"PJSIP/{channel.number}@{OF_TRUNK}{channel.trunk.name}"
        return {"Channel": target, "Variable": f"TIMEOUT(absolute)={most}"}

    def most_seconds(self) -> int:
        """Tell after how many seconds from now on Asterisk is to end a leg that leaves, whatever we do."""
        assert self._allowed is not None  # else none leaves
        return max(0, int(self._allowed.seconds_left())) + _GRACE

    def close(self) -> None:
        """Count nothing more: all legs are given up."""
        for channel in self._away:
            if self._allowed is not None:
                self._allowed.over(channel)
        self._away.clear()

    def _tell(self, channel: Channel, why: str) -> None:
        self._pbx.events.emit(LegBarred(channel, why))

    def _answered(self, event: LegAnswered) -> None:
        channel = event.channel
        if self._allowed is not None and channel in self._away:
            self._allowed.answered(channel, lambda: self._present(lambda: self._runs_out(channel)))

    def _ended(self, event: LegEnded) -> None:
        if self._allowed is not None and event.channel in self._away:
            self._away.discard(event.channel)
            self._allowed.over(event.channel)

    def _runs_out(self, channel: Channel) -> None:
        assert self._allowed is not None  # it was, when the leg left
        self._tell(channel, f"it is hung up: {self._allowed.out_of_time}")
        self._pbx.calls.hang_up(channel.call)
