"""Calls: which there are, one in full, an incoming one, hanging up."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.pbx.call import Call, CallerId, CallKind, CallOrder, DetailedOrder
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Destination, ToExtension, ToHunt, ToTrunk
from pbxsim.pbx.dtmf import keystrokes
from pbxsim.pbx.errors import NothingToDo, PbxError
from pbxsim.pbx.recent_calls import in_order
from pbxsim.web.control import call_document
from pbxsim.web.control.paging import Page, listing
from pbxsim.web.control.request import Keys, Number
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command
from pbxsim.web.control.spelt import Spelt

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.dtmf import Keystrokes
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.routes import Trunk

VENDOR: Final = "control"
"""Whom records name as the one that asked for a call placed here."""

_number: Final = attrgetter("number")
_STRAIGHT: Final = ("queue", "group", "menu")  # what can be called without a number
_NEW: Final = ("menu", "presses")  # left out of the journal where they are not given, as journals before had them

START: Final = "s"
"""Where a call begins in a context in which nobody dialled anything (Asterisk's start extension)."""


class CallFilter(Page, kw_only=True):
    """Which calls; all that is given must fit. `number`: anybody's in it, dialled, calling, or of one of its legs."""

    state: Literal["dialing", "ringing", "up", "ended"] | None = None
    number: str | None = None
    reference: str | None = None
    vendor: str | None = None


class Press(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a caller presses so many seconds after it is answered."""

    after: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 0
    digits: Keys


class IncomingCall(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who calls whom. `from` may be one of our own telephones: its internal number, public number or SIP user.

    A caller from outside comes in by `trunk`, or by the first that has room, and reaches one of the PBX's own public
    numbers; or `queue`, `group` or `menu`, straight; or with `context` whatever `to` means there (`s` without it).
    `dialplan` tells internal numbers apart where several numbering plans have one. Once it is answered, it `presses`.
    """

    from_: Number = msgspec.field(name="from")
    to: Number | None = None
    queue: str | None = None
    group: str | None = None
    menu: str | None = None
    context: str | None = None
    name: Annotated[str, msgspec.Meta(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    trunk: str | None = None
    dialplan: str | None = None
    ring_seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 30
    presses: Keys | Annotated[list[Press], msgspec.Meta(max_length=100)] = []


class HangUp(msgspec.Struct, forbid_unknown_fields=True):
    """Why (a Q.850 cause)."""

    cause: HangupCause = HangupCause.NORMAL_CLEARING


async def listed(host: HostedPbx, query: CallFilter) -> Response:
    """List calls in progress and those that ended lately, in the order in which they began."""
    calls = host.pbx.calls
    fitting = in_order(calls.live, calls.ended, query.after)
    if query != CallFilter(limit=query.limit, after=query.after):
        fitting = (call for call in fitting if _fits(call, query))
    return await listing(
        fitting,
        query.limit,
        call_document.show,
        key=_number,
        is_known=lambda call: calls.find(call.number) is call,
        spelt=Spelt.of(host, "calls", call_document.show, call_document.HANGS_ON),
    )


def one(host: HostedPbx, call: int) -> Response:
    """Show one call."""
    found = _found(host.pbx, call)
    return document(call_document.show_whole(found, host.engine.signals_of(found)))


def incoming(host: HostedPbx, body: IncomingCall) -> Command:
    """Have somebody call: an outsider, or the person at one of our telephones."""
    line = _own_line(host.pbx, body)
    if line is not None and host.pbx.handset is None:
        raise Problem(409, "this engine's telephones dial by themselves: only somebody outside can be made to call")
    order = _order(host.pbx, body, line)
    presses = _strokes(host.pbx, body)
    told = {name: value for name, value in msgspec.to_builtins(body).items() if name not in _NEW or value}
    return Command("incoming call", told, lambda: _placed(host.pbx, order, line, presses))


def hang_up(host: HostedPbx, call: int, body: HangUp) -> Command:
    """End a call from inside the PBX."""
    found, cause = _found(host.pbx, call), body.cause
    if found.is_over:
        raise Problem(409, f"call {call} is over")
    return Command("hang up", {"cause": int(cause)}, lambda: _hung_up(host.pbx, found, cause), call=call)


def _fits(call: Call, query: CallFilter) -> bool:
    order = call.order
    return (
        query.reference in (None, order.reference)
        and query.vendor in (None, order.vendor)
        and (query.number is None or query.number in (order.src, order.dst, *(leg.number for leg in call.legs)))
        and (query.state is None or query.state == call_document.state(call))
    )


def _strokes(pbx: Pbx, wish: IncomingCall) -> Keystrokes:
    """Give what the caller presses, in order. Raises Problem 409 where nobody is there whose fingers they could be."""
    if wish.presses and pbx.handset is None:
        raise Problem(409, "this engine's callers have no fingers that a program could lend them")
    if isinstance(wish.presses, str):
        return keystrokes(wish.presses)
    strokes = (keystrokes(press.digits, seconds(press.after)) for press in wish.presses)
    return tuple(sorted(chain.from_iterable(strokes), key=_when))


def _when(stroke: tuple[Duration, str]) -> Duration:
    return stroke[0]


def _placed(pbx: Pbx, order: CallOrder, line: Line | None, presses: Keystrokes) -> Response:
    try:
        if pbx.handset is not None:
            call = pbx.handset.call_in(order, line=line, presses=presses)
        else:
            call = pbx.calls.receive(order, line=line)
    except NothingToDo as error:
        raise Problem(409, str(error)) from None
    if call is None:
        raise Problem(
            409, "the line takes no more calls" if line else "every trunk is full", call=pbx.calls.calls_started
        )
    return document(call_document.show(call), 201, ("Location", f"/_pbxsim/calls/{call.number}"))


def _hung_up(pbx: Pbx, call: Call, cause: HangupCause) -> Response:
    pbx.calls.hang_up(call, cause)
    return document(call_document.show(call))


def _found(pbx: Pbx, number: int) -> Call:
    call = pbx.calls.find(number)
    if call is None:
        raise Problem(404, f"there is no call {number}, or it is too long ago")
    return call


def _own_line(pbx: Pbx, wish: IncomingCall) -> Line | None:
    """Find the telephone of ours that calls; None for a caller from outside."""
    directory = pbx.directory
    if wish.from_ in directory.lines:
        return directory.lines[wish.from_]
    extension = directory.public_or_none(wish.from_)
    if extension is None and any(own.internal == wish.from_ for own in directory.extensions):
        try:
            extension = directory.internal(wish.from_, wish.dialplan)
        except PbxError as error:
            raise Problem(422, f"from: {wish.from_} is no one telephone's number: {type(error).__name__}") from None
    if extension is None:
        return None
    registered = [line for line in extension.lines if line.is_registered]
    if not registered:
        raise Problem(409, f"no telephone of {wish.from_} is registered")
    return next((line for line in registered if not line.is_full), registered[0])


def _order(pbx: Pbx, wish: IncomingCall, line: Line | None) -> CallOrder:
    target = _target(pbx, wish)
    if wish.context is not None and not pbx.dialplan.knows(wish.context):
        raise Problem(422, f"context: there is no {wish.context!r}")
    if line is not None:
        own = line.extension
        first, context, name = ToExtension(own.internal, own), wish.context or own.dialplan, wish.name or own.owner
        return _call(wish, target, first, own.internal, context, name)
    return _call(
        wish, target, ToTrunk(wish.from_, _trunks(pbx, wish.trunk)), wish.from_, _entered(pbx, wish, target), wish.name
    )


def _target(pbx: Pbx, wish: IncomingCall) -> Destination | None:
    """Find the queue, group or menu that is called straight; None for a number. Raises Problem 422."""
    named = [(kind, name) for kind in _STRAIGHT if (name := getattr(wish, kind)) is not None]
    if len(named) + (wish.to is not None) > 1:
        raise Problem(422, "of to, queue, group and menu only one can be called")
    for kind, name in named:
        if f"{kind} {name}" not in pbx.calls.hunts:
            raise Problem(422, f"{kind}: there is no {name!r}")
        return ToHunt(name, f"{kind} {name}")
    if wish.to is None and wish.context is None:
        raise Problem(422, "to: whom? A number, or queue, group, menu or context instead")
    return None


def _entered(pbx: Pbx, wish: IncomingCall, target: Destination | None) -> str:
    """Give the context that a caller from outside comes into. Raises Problem 422 where the number is none of ours."""
    if wish.context is not None:
        return wish.context
    if target is not None:  # where its overflow leads is looked up there
        return next(iter(pbx.directory.dialplans), "")
    did = pbx.directory.dids.get(wish.to or "")
    if did is None and pbx.directory.public_or_none(wish.to or "") is None:
        raise Problem(422, f"to: {wish.to} is no public number of this PBX; nobody outside can call it")
    return did.context if did is not None else ""


def _trunks(pbx: Pbx, name: str | None) -> tuple[Trunk, ...]:
    trunks = pbx.directory.trunks
    if name is not None and name not in trunks:
        raise Problem(422, f"trunk: there is no {name!r}; there are: {', '.join(trunks)}")
    if not trunks:
        raise Problem(422, "this PBX has no trunk by which anybody could call from outside")
    return tuple(trunks.values()) if name is None else (trunks[name],)


def _call(
    wish: IncomingCall,
    target: Destination | None,
    first: ToExtension | ToTrunk,
    src: str,
    context: str,
    name: str,
) -> CallOrder:
    to = wish.to or wish.queue or wish.group or wish.menu or START
    return DetailedOrder(
        vendor=VENDOR,
        kind=CallKind.INCOMING,
        first=first,
        src=src,
        dst=to,
        second=to,
        second_to=target,
        context=context,
        second_shows=CallerId(src, name),
        second_timeout=seconds(wish.ring_seconds),
    )
