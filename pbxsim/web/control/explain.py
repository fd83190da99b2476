"""Why it went as it did: the chain of causes of a call, of a request or of a webhook, in words.

The answer is the one sentence that matters; the causes are what led there, in order, each with the number of the
vendor's statement where there is one. What vendors know themselves they say in `Vendor.explain`; why a call came to
nothing is found in hosting/call_failure.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, iso
from pbxsim.hosting import feature_course, menu_course
from pbxsim.hosting.call_failure import failure
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.cause import Cause
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cause import Disposition
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.web.control.paging import discreet
from pbxsim.web.control.request import number_of
from pbxsim.web.control.response import Problem, Response, document

if TYPE_CHECKING:
    from pbxsim.hosting.request_log import RequestRecord
    from pbxsim.pbx.call import Call
    from pbxsim.sinks.delivery import Delivery

_MEANT: Final = ("did you mean", "is written", "blanks around", "byte order mark", "lacks", "belongs to")
"""What a hint has in it that names the request that was probably meant."""


class CauseShown(msgspec.Struct, frozen=True):
    """One step of the chain; `statement` is null where the vendor's manual says nothing of it."""

    words: str
    statement: str | None


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """An explanation; `meant` is what the nearest right request would have been, null where none is near."""

    of: str
    answer: str
    causes: list[CauseShown]
    meant: str | None
    request: int | None
    call: int | None


def one(host: HostedPbx, of: str) -> Response:
    """Explain a call by its number, or `call-1`, `request-1`, `webhook-1`."""
    kind, dash, number = of.rpartition("-")
    return thing(host, kind if dash else "call", number)


def thing(host: HostedPbx, kind: str, number: str) -> Response:
    """Explain a call, a request or a webhook by its number."""
    known = _KINDS.get(kind)
    if known is None:
        raise Problem(404, f"nothing of the kind {kind!r} can be explained; kinds are {', '.join(_KINDS)}")
    return discreet(document(known(host, number_of(kind, number))), host)


# -- calls ------------------------------------------------------------------------------------------------------------


def _call(host: HostedPbx, number: int) -> Explained:
    call = host.pbx.calls.find(number)
    if call is None:
        raise Problem(404, f"there is no call {number}, or it is too long ago")
    record = host.requests.of_call(number)
    asked = [_asked(host, record)] if record is not None else []
    return Explained(
        of=f"call {number}",
        answer=_outcome(host, call),
        causes=_shown([*asked, *_course(host, call)]),
        meant=_meant(record.hints) if record is not None else None,
        request=record.seq if record is not None else None,
        call=number,
    )


def _outcome(host: HostedPbx, call: Call) -> str:
    """Say in one sentence what became of a call, or stands in its way now."""
    if not call.is_over:
        return _now(host, call)
    if message := feature_course.message(call):
        return message
    if call.disposition is Disposition.ANSWERED and (alone := feature_course.end(call)):
        return alone
    if call.disposition is Disposition.ANSWERED:
        talked = (call.ended_at - call.bridged_at) / SECOND
        return f"both parties were connected, and talked for {talked:g} s"
    return failure(host.pbx, call)


def _now(host: HostedPbx, call: Call) -> str:
    held = f"; the clock is held at {iso(host.pbx.clock.now)}: nothing goes on until it is moved"
    menu = menu_course.heard_now(call)
    talks = "the parties talk" if call.bridged_at else f"{_party(call)} is being rung"
    where = feature_course.now(call) or talks
    if menu:
        where = f"the caller is in menu {menu}"
    return f"{where}{held if not host.driver.rate else ''}"


def _party(call: Call) -> str:
    return f"the first party, {call.order.src}," if call.first is None else f"the second party, {call.order.dst},"


def _course(host: HostedPbx, call: Call) -> Iterator[Cause]:
    """Tell how a call went, party by party, and what its vendor tells of it."""
    yield from host.explanations(call)
    if call.order.kind is not CallKind.INCOMING:
        yield Cause(_first_party(call))
    yield from (Cause(words) for words in menu_course.course(call))
    yield from (Cause(words) for words in feature_course.course(call))
    if call.first is not None and not menu_course.heard_now(call) and not menu_course.end(call):
        yield Cause(feature_course.alone(call) or _second_party(call))
    if call.is_over:
        assert call.cause is not None  # of a call that has ended
        why = failure(host.pbx, call)
        yield from [Cause(why)] if why else []
        yield Cause(
            f"the call ended {call.disposition} at {iso(call.ended_at)}, cause {int(call.cause)} ({call.cause.text})"
        )


def _first_party(call: Call) -> str:
    number = call.order.src
    if call.first is not None:
        return f"the first party, {number}, answered at {iso(call.first.answered_at or call.started_at)}"
    if not call.legs:
        return f"the first party, {number}, was not rung at all, and so the second never was"
    return f"the first party, {number}, was rung{' and not had: the second never was' if call.is_over else ''}"


def _second_party(call: Call) -> str:
    number, context = call.order.dst, call.order.context
    if call.bridged_at:
        return f"the second party, {number}, was connected at {iso(call.bridged_at)}"
    rung = bool(call.second_from and call.legs[call.second_from :])
    return f"the second party, {number} in context {context or 'none'}, was {'' if rung else 'not '}rung"


# -- requests ---------------------------------------------------------------------------------------------------------


def _request(host: HostedPbx, number: int) -> Explained:
    record = host.requests.found(number)
    if record is None:
        raise Problem(404, f"there is no request {number}, or it is too long ago")
    call = host.pbx.calls.find(record.call) if record.call is not None else None
    course = list(_course(host, call)) if call is not None else []
    return Explained(
        of=f"request {number}",
        answer=answer_of(host, record, call),
        causes=_shown([_asked(host, record), *(Cause(hint) for hint in record.hints), *course]),
        meant=_meant(record.hints),
        request=number,
        call=record.call,
    )


def answer_of(host: HostedPbx, record: RequestRecord, call: Call | None) -> str:
    """Say in one sentence what matters most of a request: what was meant, why its call failed, why it was refused."""
    if call is not None and (not call.is_over or failure(host.pbx, call)):
        return _outcome(host, call)
    meant = _meant(record.hints)
    if meant or record.hints:
        return meant or record.hints[0]
    if record.code:
        return f"it was refused: {record.code}"
    return _outcome(host, call) if call is not None else "nothing is wrong with it; it asked for no call"


def _meant(hints: tuple[str, ...]) -> str | None:
    return next((hint for hint in hints if any(words in hint for words in _MEANT)), None)


def _asked(host: HostedPbx, record: RequestRecord) -> Cause:
    shown = host.requests.shown(record)
    who = f"to {shown.vendor}" if shown.vendor else "that no vendor owns the path of"
    said = f"refused with {shown.code}" if shown.code else f"answered with {shown.status}"
    then = f" and started call {shown.call}" if shown.call is not None else " and started no call"
    return Cause(f"request {shown.seq} {who}, {shown.method} {shown.path}, at {shown.at} was {said}{then}")


# -- webhooks ---------------------------------------------------------------------------------------------------------


def _webhook(host: HostedPbx, number: int) -> Explained:
    delivery = host.outbox.found(number)
    if delivery is None:
        raise Problem(404, f"there is no delivery {number}")
    call = delivery.notice.call or None
    record = host.requests.of_call(call) if call is not None else None
    return Explained(
        of=f"webhook {number}",
        answer=_delivery(host, delivery),
        causes=_shown(_tries(delivery)),
        meant=None,
        request=record.seq if record is not None else None,
        call=call,
    )


def _delivery(host: HostedPbx, delivery: Delivery) -> str:
    tries, receiver = delivery.tries, delivery.notice.receiver
    last = tries[-1].error or f"status {tries[-1].status}" if tries else ""
    if delivery.state is DeliveryState.DELIVERED:
        return f"{receiver} took it at the {len(tries)}. try"
    if delivery.state is DeliveryState.FAILED:
        return f"it was given up after {len(tries)} tries: {last}"
    ahead = next((each for each in host.outbox.known(0) if _is_before(each, delivery)), None)
    if ahead is not None:
        return f"it waits behind webhook {ahead.id}, which {receiver} has not taken: deliveries keep their order"
    held = f"; the clock is held at {iso(host.pbx.clock.now)}" if not host.driver.rate else ""
    return f"{last or 'it was not tried yet'}; the next try is at {iso(delivery.due)}{held}"


def _is_before(other: Delivery, delivery: Delivery) -> bool:
    is_same = other.notice.receiver == delivery.notice.receiver
    return is_same and other.id < delivery.id and other.state is DeliveryState.PENDING


def _tries(delivery: Delivery) -> list[Cause]:
    posted = Cause(f"{delivery.notice.event} was posted at {iso(delivery.posted_at)} for {delivery.notice.receiver}")
    return [posted, *(Cause(f"tried at {iso(each.at)}: {each.error or each.status}") for each in delivery.tries)]


def _shown(causes: list[Cause]) -> list[CauseShown]:
    return [CauseShown(cause.words, cause.statement or None) for cause in causes]


_KINDS: Final = {"call": _call, "request": _request, "webhook": _webhook}
