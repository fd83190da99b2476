"""`call/originate/act`: one party is rung, then the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.call import CallOrder
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import PARAMETERS, Originate, read_fields, read_originate, unknown_hints
from pbxsim.vendors.simotel.parties import caller_id_shown, find_first, find_second

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.state import State


def originate(request: Request, state: State) -> Reply:
    """Place a call and give its id. Raises Refusal."""
    fields = read_fields(request.body)
    hints = unknown_hints(fields, PARAMETERS)
    try:
        wanted = read_originate(fields)
        order = _order(wanted, state)
    except Refusal as refusal:
        raise Refusal(refusal.error, *refusal.hints, *hints) from refusal
    call = state.pbx.calls.originate(order)
    return wire.originated(order.reference, call.number, hints + _name_hints(wanted, state.pbx))


def _order(wanted: Originate, state: State) -> CallOrder:
    shown = caller_id_shown(wanted.caller_id)
    return CallOrder(
        vendor="simotel",
        first=find_first(wanted, state.settings, state.pbx),
        src=wanted.caller,
        dst=wanted.callee,
        second=wanted.callee,
        second_to=find_second(wanted, state.settings, state.pbx),
        context=wanted.context,
        first_shows=shown,
        second_shows=shown,
        first_timeout=wanted.timeout,
        second_timeout=wanted.timeout,
        talk_limit=wanted.call_limit,
        reference=state.call_ids.next(state.pbx.clock.now),
    )


def _name_hints(wanted: Originate, pbx: Pbx) -> tuple[str, ...]:
    directory = pbx.directory
    hints = word_hint("context", wanted.context, tuple(directory.contexts))
    return hints + word_hint("trunk", wanted.trunk_name, ("", *directory.trunks))
