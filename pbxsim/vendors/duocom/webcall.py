"""The call API: whom to call first, whom then, what they see, how long they may talk, whether it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import MINUTE
from pbxsim.kit.civil import civil
from pbxsim.kit.reach import can_pay
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.call import CallerId, CallOrder, DetailedOrder, RecordingWish
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.parties import llamado, llamante
from pbxsim.vendors.duocom.settings import Api

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.account import Account as Payer
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.vendors.duocom.parties import Caller
    from pbxsim.vendors.duocom.settings import Account
    from pbxsim.vendors.duocom.state import State

PARAMETERS: Final = ("principal", "pass", "llamante", "llamado", "mascara", "grabar", "minutos")

_EACH_LEG: Final = ChargeBasis.LEG
_LONGEST_MINUTES: Final = 240
_MOST_DIGITS: Final = 3


def place_call(request: Request, state: State) -> Reply:
    """Place the call and give its reference (S9)."""
    account = state.admitted(request, Api.CALLS)
    order, hints = _order(request.params, account, state)
    call = state.pbx.calls.originate(order)
    reply = state.reply(wire.accepted(order.reference), call=call.number)
    return reply.hinted(*hints) if hints else reply


def _order(params: Params, account: Account, state: State) -> tuple[CallOrder, tuple[str, ...]]:
    """Read a request in the order of R4: parameters, then credit; only one that is taken uses a reference."""
    first, number = params.text("llamante"), params.text("llamado")
    if not first or not number:
        missing = params.missing(("llamante", "llamado"))
        raise Refusal(Text.MISSING_PARAMETER, f"without {' and '.join(missing)} there is nobody to call")
    caller, second = llamante(first, state), llamado(number, state)
    mask = CallerId(_mask(params, account, caller, state))
    talk_limit, hints = _minutes(params)
    payer = _payer(account, state, caller.to, second)
    reference = state.references.take(state.pbx.clock.now)
    order = DetailedOrder(
        vendor=wire.NAME,
        first=caller.to,
        src=caller.name,
        dst=number,
        second=number,
        second_to=second,
        context=state.settings.context,
        first_shows=mask,
        second_shows=mask,
        first_timeout=state.ring,
        second_timeout=state.ring,
        talk_limit=talk_limit,
        custom=(account.principal, "", "", ""),
        account=payer,
        charge_basis=_EACH_LEG,
        reference=reference,
        recording=_recording(params, account, reference, state),
    )
    return order, hints + _flag_hints(params)


def _payer(account: Account, state: State, *parties: Destination) -> Payer:
    """S11: both calls are charged, so there must be credit."""
    payer = state.pbx.accounts[account.account]
    if not can_pay(payer, *parties):
        raise Refusal(Text.CREDIT, f"account {payer.name} has no credit left, and a number costs something")
    return payer


def _recording(params: Params, account: Account, reference: str, state: State) -> RecordingWish | None:
    """S7: recorded if the request asks for it, or if the account has the recording service anyway; named by R17."""
    if params.text("grabar") != "1" and not account.records:
        return None
    day = civil(state.pbx.clock.now, state.zone).date()
    return RecordingWish(f"duocom/{account.principal}/{day}", f"{reference}.mp3", regardless=True)


def _mask(params: Params, account: Account, caller: Caller, state: State) -> str:
    """S6: the number that both parties see; it must be one of the account's own. Unasked, it is that of R9."""
    asked = params.text("mascara")
    if asked and asked not in account.masks:
        raise Refusal(Text.MASK, f"mascara {asked!r} is none of the account's virtual numbers", *_listed(account.masks))
    return asked or state.masks.of(account, caller.telephones) or account.principal


def _listed(masks: tuple[str, ...]) -> tuple[str, ...]:
    return (f"it has {', '.join(masks)}",) if masks else ()


def _minutes(params: Params) -> tuple[Duration, tuple[str, ...]]:
    """S8: the longest talk, 0 for no limit, and what is odd about how it was asked for."""
    text = params.text("minutos")
    if not text:
        return 0, ()
    if not (text.isdecimal() and text.isascii()):
        return 0, (f"minutos {text!r} is no whole number from 0 to 240: taken as 0, no limit",)
    digits = text.lstrip("0")
    minutes = int(digits or "0") if len(digits) <= _MOST_DIGITS else _LONGEST_MINUTES
    return min(minutes, _LONGEST_MINUTES) * MINUTE, ()


def _flag_hints(params: Params) -> tuple[str, ...]:
    grabar = params.text("grabar")
    return () if grabar in ("", "0", "1") else (f"grabar {grabar!r}: only 1 records the call",)
