"""Why a call came to nothing, in words: which party was not had, and what stood in the way.

Not here: how it is told, and what came before it (web/control/explain.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.hosting import feature_course, menu_course
from pbxsim.kit.near_miss import nearest
from pbxsim.kit.numbers import why_not_dialled
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.dialplan import Refused, ToExtension, ToHunt, ToPlayback, ToTrunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx

_SAYS_ITSELF: Final = re.compile(r"990[1-7][0-9]{5}$")
_BUSY: Final = (HangupCause.USER_BUSY, HangupCause.CALL_REJECTED)
_AT_FAULT: Final = frozenset({Disposition.FAILED, Disposition.BUSY})


def hints_after(pbx: Pbx, call: Call) -> tuple[str, ...]:
    """Say why a call that has ended FAILED or BUSY rang nowhere; nothing of any other.

    What a telephone did that was rung is no fault of the request.
    """
    return (failure(pbx, call),) if call.disposition in _AT_FAULT and not _rung(call) else ()


def failure(pbx: Pbx, call: Call) -> str:
    """Say why a call that has ended was not connected; empty for one that was."""
    if call.disposition is Disposition.ANSWERED or call.cause is None:
        return ""
    if in_menu := menu_course.end(call):
        return in_menu
    to = missed_party(pbx, call)
    if isinstance(to, Refused):
        return _refused(pbx, call, to)
    legs = _rung(call)
    return _not_rung(to, call.cause) if not legs else _not_answered(to, legs, call)


def _rung(call: Call) -> Sequence[Channel]:
    """Give the legs of the party that was not had."""
    if is_first_missed(call):
        return call.legs
    return call.legs[call.second_from :] if call.second_from else ()


def is_first_missed(call: Call) -> bool:
    """Tell whether it was the first party that was not had."""
    return call.order.kind is not CallKind.INCOMING and call.first is None


def missed_party(pbx: Pbx, call: Call) -> Destination:
    """Give where the party leads that was not had; behind opening hours, where these led then."""
    return feature_course.led(pbx, call, _meant(pbx, call))


def _meant(pbx: Pbx, call: Call) -> Destination:
    order = call.order
    if is_first_missed(call):
        return order.first
    chosen = [passage.to for passage in call.known.passages if passage.to is not None]
    if chosen:
        return chosen[-1]
    return order.second_to or pbx.dialplan.resolve(order.second, order.context)


def _refused(pbx: Pbx, call: Call, to: Refused) -> str:
    number, context, cause = to.number, call.order.context, to.cause
    why = why_not_dialled(number)
    if why:
        return f"{number!r} is not connected: {why}"
    if cause is HangupCause.UNALLOCATED:
        where = "no extension" if is_first_missed(call) else f"nothing in context {context}"
        return f"{where} is {number}{_near(pbx, number)}"
    if cause is HangupCause.NO_ROUTE_DESTINATION:
        return _no_way(pbx, call, number)
    if cause is HangupCause.OUTGOING_CALL_BARRED:
        return f"`{number[: 1 if number[0] == '+' else 2]}` is barred by context {context}: {number} is not dialled"
    return f"context {context} ends a call to {number} with cause {int(cause)} ({cause.text})"


def _near(pbx: Pbx, number: str) -> str:
    near = nearest(number, [extension.internal for extension in pbx.directory.extensions], 3)
    return f"; the nearest: {', '.join(near)}" if near else ""


def _no_way(pbx: Pbx, call: Call, number: str) -> str:
    if is_first_missed(call):
        return f"there is no such trunk to call {number} by; there are: {', '.join(pbx.directory.trunks) or 'none'}"
    near = nearest(call.order.context, pbx.directory.contexts)
    meant = f": did you mean {near[0]!r}?" if near else f"; there are: {', '.join(pbx.directory.contexts)}"
    return f"there is no context {call.order.context!r}{meant}"


def _not_rung(to: Destination, cause: HangupCause) -> str:
    match to:
        case ToExtension() if not any(line.is_registered for line in to.lines):
            return f"no telephone of extension {to.number} is registered"
        case ToExtension():
            most = ", ".join(f"{line.user} ({line.max_calls})" for line in to.lines)
            return f"the telephones of {to.number} had as many calls as they take: {most}"
        case ToTrunk():
            return f"every trunk by which {to.number} leaves was full: {', '.join(trunk.name for trunk in to.trunks)}"
        case ToHunt():
            return f"{to.name}: nobody took the call (cause {int(cause)}, {cause.text})"
    return f"a playback cannot be the first party: {to.number}"


def _not_answered(to: Destination, legs: Sequence[Channel], call: Call) -> str:
    cause = call.cause
    assert cause is not None  # of a call that has ended
    if isinstance(to, ToHunt | ToPlayback):
        return f"{to.name if isinstance(to, ToHunt) else to.number}: nobody took the call"
    said = "; its digits say so (pbxsim numbers)" if _SAYS_ITSELF.search(to.number) else ""
    if cause in _BUSY:
        return f"{to.number} was {'busy' if cause is HangupCause.USER_BUSY else 'rung and refused the call'}{said}"
    since = min((leg.ringing_at for leg in legs if leg.ringing_at), default=0)
    rang = f" after ringing for {(call.ended_at - since) / 1_000_000:g} s" if since else ""
    if cause in (HangupCause.NO_ANSWER, HangupCause.NO_USER_RESPONSE):
        return f"{to.number} did not answer{rang}{said}"
    if cause is HangupCause.NORMAL_CLEARING:
        return f"somebody gave up{rang} at {to.number}"
    return f"{to.number} could not be reached{rang}: cause {int(cause)} ({cause.text}){said}"
