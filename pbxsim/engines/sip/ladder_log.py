"""What telephones and we say to each other, in the log: each message as it passes, or a call's ladder at its end.

Secrets are struck out (struck_out.py), and what a terminal would not print as it is: whoever sends a message writes no
line of the log.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from pbxsim.clock.instant import SECOND
from pbxsim.engines.sip.legs import SipLeg
from pbxsim.pbx.events import CallEnded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.engines.engine import Signal
    from pbxsim.engines.sip.flow import Flow
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.pbx import Pbx

SipLog = Literal["none", "calls", "messages"]

AFTER: Final = 1.0
"""Seconds after the end of a call at which its ladder is logged: the answer to a BYE, or an ACK, is then there."""

_log: Final = logging.getLogger("pbxsim.sip")


class LadderLog:
    """Logs the ladder of each call that a real telephone was in. `later` does something so many seconds later."""

    def __init__(
        self,
        pbx: Pbx,
        signals_of: Callable[[Call], Sequence[Signal]],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._name = pbx.name
        self._signals_of = signals_of
        self._later = later
        self._waiting: dict[int, Call] = {}
        pbx.events.subscribe(CallEnded, self._ended)

    def close(self) -> None:
        """Log those that wait."""
        for number in list(self._waiting):
            self._tell(number)

    def _ended(self, event: CallEnded) -> None:
        call = event.call
        if any(isinstance(leg.engine_data, SipLeg) for leg in call.legs):
            self._waiting[call.number] = call
            self._later(AFTER, partial(self._tell, call.number))

    def _tell(self, number: int) -> None:
        call = self._waiting.pop(number, None)
        signals = self._signals_of(call) if call is not None else ()
        if call is not None and signals:
            _log.info("%s", ladder(self._name, call, signals))


def ladder(pbx: str, call: Call, signals: Sequence[Signal]) -> str:
    """Write the ladder of a call that is over: seconds since its first message, the channel, from or to whom, what."""
    became = "no record" if call.disposition is None else call.disposition.value
    if call.cause is not None:
        became += f", cause {int(call.cause)} ({call.cause.text})"
    lines = [f"call {call.number} of {pbx}, {call.order.src or '-'} to {call.order.dst or '-'}: {became}"]
    for signal in signals:
        since = (signal.at - signals[0].at) / SECOND
        lines.append(f"{since:9.3f} {signal.channel} {'<-' if signal.came else '->'} {signal.text}")
    return "\n".join(map(printable, lines))


def log_message(pbx: str, came: bool, line: str, flow: Flow) -> None:
    """Log a message that came by a way, or went."""
    _log.info("%s", printable(f"{pbx} {flow.transport} {flow.host} {flow.port} {'<-' if came else '->'} {line}"))


def printable(text: str) -> str:
    """Give text with a question mark for whatever is none that can be printed."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in text)
