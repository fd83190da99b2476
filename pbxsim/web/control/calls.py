"""Calls: which there are, one in full, an incoming one, hanging up."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.pbx.call import Call, CallerId, CallKind, CallOrder
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import ToExtension, ToTrunk
from pbxsim.pbx.errors import PbxError
from pbxsim.web.control import call_shown
from pbxsim.web.control.answer import Answer, Problem, document
from pbxsim.web.control.ask import Page

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Line, Trunk
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.web.control.ask import Ask

VENDOR = "control"
"""Whom records name as the one that asked for a call placed here."""

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]


class CallFilter(Page, kw_only=True):
    """Which calls."""

    state: Literal["dialing", "ringing", "up", "ended"] | None = None


class IncomingCall(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who calls whom. `from` may be one of our own telephones: its internal number, public number or SIP user.

    A caller from outside comes in by `trunk`, or by the first that has room. `dialplan` tells internal numbers apart
    where several numbering plans have one.
    """

    from_: Number = msgspec.field(name="from")
    to: Number
    name: Annotated[str, msgspec.Meta(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    trunk: str | None = None
    dialplan: str | None = None
    ring_seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 30


class HangUp(msgspec.Struct, forbid_unknown_fields=True):
    """Why (a Q.850 cause)."""

    cause: HangupCause = HangupCause.NORMAL_CLEARING


def listed(ask: Ask) -> Answer:
    """List calls in progress and those that ended lately, in the order in which they began."""
    page = ask.filters(CallFilter)
    ask.host.driver.catch_up()
    fitting = (
        call
        for call in _by_number(ask.host.pbx)
        if call.number > page.after and page.state in (None, call_shown.state(call))
    )
    calls = [call_shown.show(call) for call in islice(fitting, page.limit)]
    return ask.page(calls, page, calls[-1].id if calls else 0)


def one(ask: Ask) -> Answer:
    """Show one call."""
    ask.host.driver.catch_up()
    return document(call_shown.show(_found(ask)))


def incoming(ask: Ask) -> Answer:
    """Have somebody call: an outsider, or the person at one of our telephones."""
    wish, host = ask.command(IncomingCall), ask.host
    host.driver.catch_up()
    line = _own_line(host.pbx, wish)
    order = _order(host.pbx, wish, line)
    host.journal.append("control", data={"does": "incoming call", **msgspec.to_builtins(wish)})
    call = host.pbx.calls.receive(order, line=line)
    host.driver.rearm()
    if call is None:
        raise Problem(
            409, "the line takes no more calls" if line else "every trunk is full", call=host.pbx.calls.calls_started
        )
    return document(call_shown.show(call), 201, ("Location", f"/_pbxsim/calls/{call.number}"))


def hang_up(ask: Ask) -> Answer:
    """End a call from inside the PBX."""
    host, cause = ask.host, ask.command(HangUp).cause
    host.driver.catch_up()
    call = _found(ask)
    if call.is_over:
        raise Problem(409, f"call {call.number} is over")
    host.journal.append("control", call=call.number, data={"does": "hang up", "cause": int(cause)})
    host.pbx.calls.hang_up(call, cause)
    host.driver.rearm()
    return document(call_shown.show(call))


def _by_number(pbx: Pbx) -> Iterator[Call]:
    ended = sorted(pbx.calls.recent, key=_number)
    return merge(ended, pbx.calls.live.values(), key=_number)


def _number(call: Call) -> int:
    return call.number


def _found(ask: Ask) -> Call:
    number = ask.number("call")
    call = ask.host.pbx.calls.find(number)
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
    if line is not None:
        own = line.extension
        first, src, context, name = ToExtension(own.internal, own), own.internal, own.dialplan, wish.name or own.owner
        return _call(wish, first, src, context, name)
    if pbx.directory.public_or_none(wish.to) is None:
        raise Problem(422, f"to: {wish.to} is no public number of this PBX; nobody outside can call it")
    return _call(wish, ToTrunk(wish.from_, _trunks(pbx, wish.trunk)), wish.from_, "", wish.name)


def _trunks(pbx: Pbx, name: str | None) -> tuple[Trunk, ...]:
    trunks = pbx.directory.trunks
    if name is not None and name not in trunks:
        raise Problem(422, f"trunk: there is no {name!r}; there are: {', '.join(trunks)}")
    if not trunks:
        raise Problem(422, "this PBX has no trunk by which anybody could call from outside")
    return tuple(trunks.values()) if name is None else (trunks[name],)


def _call(wish: IncomingCall, first: ToExtension | ToTrunk, src: str, context: str, name: str) -> CallOrder:
    return CallOrder(
        vendor=VENDOR,
        kind=CallKind.INCOMING,
        first=first,
        src=src,
        dst=wish.to,
        second=wish.to,
        context=context,
        second_shows=CallerId(src, name),
        second_timeout=seconds(wish.ring_seconds),
    )
