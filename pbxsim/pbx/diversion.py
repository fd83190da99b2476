"""Call forwarding: what a telephone has been told to do with its calls instead, and how often a call follows that.

The PBX remembers it, as with Asterisk's feature codes, so it holds while the telephone is unplugged, too. It is
followed wherever an extension is rung. A queue's members are rung where they are: it wants the agent, not whoever
answers (app_queue's option `i`).

A telephone may have such a wish of its own, and say so when it is rung (SIP's 302): a leg's `sent_on_to`, followed as
Asterisk follows it (app_dial.c, do_forward), wherever the other wishes are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Destination, Refused, ToExtension, ToHours
from pbxsim.pbx.events import CallDiverted, HoursDecided

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.extension import Line

MOST: Final = 20  # diversions that one call follows (Asterisk's Max-Forwards, main/max_forwards.c)

ALWAYS: Final = "always"
BUSY: Final = "busy"
NO_ANSWER: Final = "no answer"
TELEPHONE: Final = "telephone"

_REASONS: Final = {
    HangupCause.USER_BUSY: BUSY,
    HangupCause.CALL_REJECTED: BUSY,
    HangupCause.NO_ANSWER: NO_ANSWER,
    HangupCause.NO_USER_RESPONSE: NO_ANSWER,
    HangupCause.SUBSCRIBER_ABSENT: NO_ANSWER,
}


def forward_now(line: Line) -> tuple[str, str] | None:
    """Tell why this line is not rung now, and which number is instead; None where it has no such wish."""
    wishes = line.diversion
    if wishes is None:
        return None
    if wishes.always:
        return ALWAYS, wishes.always
    if not line.is_registered:
        return (NO_ANSWER, wishes.no_answer) if wishes.no_answer else None
    if line.is_full or line.do_not_disturb:
        return (BUSY, wishes.busy) if wishes.busy else None
    return None


def forward_on_failure(line: Line, cause: HangupCause) -> tuple[str, str] | None:
    """Tell why a call that failed there with that cause is diverted, and whereto; None where it is not."""
    wishes, why = line.diversion, _REASONS.get(cause)
    if wishes is None or why is None:
        return None
    to = wishes.busy if why == BUSY else wishes.no_answer
    return (why, to) if to else None


def forward(control: CallControl, call: Call, line: Line, why: str, to: str) -> Destination:
    """Go where a line diverts a call to; a call that has been sent round too often is refused (cause 34)."""
    if call.diversions >= MOST:
        return Refused(to, HangupCause.NORMAL_CIRCUIT_CONGESTION)
    call.diversions += 1
    control.bus.emit(CallDiverted(call, line, to, why))
    return control.dialplan.resolve(to, line.extension.dialplan)


def final_destination(control: CallControl, call: Call, destination: Destination) -> Destination:
    """Give where a destination leads at this hour, and one of one line in the end; it may be no line at all."""
    if type(destination) is ToHours:
        destination = decided(control, call, destination)
    while type(destination) is ToExtension:
        line, lines = destination.line, destination.extension.lines
        if line is None and len(lines) == 1:
            line = lines[0]
        if line is None or line.diversion is None:
            break
        way = forward_now(line)
        if way is None:
            break
        destination = decided(control, call, forward(control, call, line, *way))
    return destination


def decided(control: CallControl, call: Call, destination: Destination) -> Destination:
    """Give where a call goes now that a schedule leads to; one that goes round for ever is refused (cause 34)."""
    while type(destination) is ToHours:
        if call.diversions >= MOST:
            return Refused(destination.number, HangupCause.NORMAL_CIRCUIT_CONGESTION)
        call.diversions += 1
        period = control.hours.period(destination.name)
        call.noted().note(control.clock.now, "hours-decided", f"{destination.name}: {period}")
        control.bus.emit(HoursDecided(call, destination.name, period))
        step = control.hours.schedules[destination.name].step(period)
        destination = control.dialplan.follow(step, destination.number, destination.context)
    return destination
