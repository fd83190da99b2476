"""The call control API: cuts a call that was asked for here, by its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.settings import Api

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.call import Call
    from pbxsim.vendors.duocom.settings import Account
    from pbxsim.vendors.duocom.state import State

PARAMETERS: Final = ("principal", "pass", "orden", "ref")
ORDERS: Final = ("cortar",)


def cut_call(request: Request, state: State) -> Reply:
    """S19: cut the call."""
    account = state.admitted(request, Api.CALLS)
    params = request.params
    order, reference = params.text("orden"), params.text("ref")
    if order and order not in ORDERS:
        raise Refusal(Text.ORDER, *word_hint("orden", order, ORDERS))
    missing = params.missing(("orden", "ref"))
    if missing:
        raise Refusal(Text.MISSING_PARAMETER, f"without {' and '.join(missing)} there is nothing to do")
    call = _in_progress(state, account, reference)
    if call is None:
        raise Refusal(Text.REFERENCE, f"no call of this account with the reference {reference!r} is in progress")
    state.pbx.calls.hang_up(call)
    return state.reply(wire.DONE)


def _in_progress(state: State, account: Account, reference: str) -> Call | None:
    """Find the newest call in progress with a reference: one of yesterday may have the same (S14)."""
    calls = (call for call in reversed(state.pbx.calls.live.values()) if call.order.reference == reference)
    return next(
        (call for call in calls if (call.order.vendor, call.order.custom[0]) == (wire.NAME, account.principal)), None
    )
