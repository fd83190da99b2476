"""What three kinds of activation key are for: two parties are called one after the other, and connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.numbers import international, is_digits, misprint_hints
from pbxsim.kit.reach import can_pay
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.call import CallerId, DetailedOrder
from pbxsim.vendors.vum.errors import Text

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.vum.settings import Key
    from pbxsim.vendors.vum.state import State

_CONVERSATION: Final = ChargeBasis.CONVERSATION


def given_first(request: Request, state: State) -> Reply:
    """S2: call the given number; when it answers, connect it to the key's own."""
    key = state.key(request.params)
    given = _number(request.params, "cislo", Text.NUMBER_MISSING)
    return _connect(state, key, first=given, second=key.own)


def own_first(request: Request, state: State) -> Reply:
    """S3: call the key's own number; when it answers, connect it to the given one."""
    key = state.key(request.params)
    given = _number(request.params, "cislo", Text.NUMBER_MISSING)
    return _connect(state, key, first=key.own, second=given)


def callback(request: Request, state: State) -> Reply:
    """S4: call `cislo_kdo`; when it answers, connect it to `cislo`."""
    given = _number(request.params, "cislo", Text.NUMBER_MISSING)
    caller = _number(request.params, "cislo_kdo", Text.CALLER_MISSING)
    return _connect(state, state.key(request.params), first=caller, second=given)


def _connect(state: State, key: Key, *, first: str, second: str) -> Reply:
    account, settings = state.pbx.accounts[key.account], state.settings
    ring_first, ring_second = state.resolve(first), state.resolve(second)
    if not can_pay(account, ring_first, ring_second):
        raise Refusal(Text.CREDIT, f"account {account.name} has no credit left, and a number costs something")
    order = DetailedOrder(
        vendor="vum",
        first=ring_first,
        src=first,
        dst=second,
        second=second,
        second_to=ring_second,
        context=settings.context,
        first_shows=_shown(state, key, to=first, other=second),
        second_shows=_shown(state, key, to=second, other=first),
        first_timeout=state.ring,
        second_timeout=state.ring,
        account=account,
        charge_basis=_CONVERSATION,
    )
    return state.accepted(state.pbx.calls.originate(order))


def _shown(state: State, key: Key, *, to: str, other: str) -> CallerId:
    """R7: the own telephone shows the other party; everybody else shows the own number, if the key has one."""
    return CallerId(other) if to == key.own or not key.own else state.shown[key.key]


def _number(params: Params, name: str, missing: Text) -> str:
    """Read a number (R6): digits, or `+` and an international number. Raises Refusal."""
    text = params.text(name)
    if not text:
        raise Refusal(missing)
    if is_digits(text, 2, 17) or international(text):
        return text
    raise Refusal(Text.NUMBER, *misprint_hints(name, text))
