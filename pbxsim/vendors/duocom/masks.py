"""The masks API: which virtual numbers a telephone may show, and which one it shows from now on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.numbers import SPAIN, as_dialled
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.settings import Api
from pbxsim.vendors.duocom.state import PHONE, VOIP, entitled, readable
from pbxsim.vendors.duocom.template import filled

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.duocom.settings import Account
    from pbxsim.vendors.duocom.state import State, Telephone

PARAMETERS: Final = ("usuario_voip", "password_voip", "principal", "pass", "ani", "accion", "mascara")
VERBS: Final = ("poner",)


def list_or_set(request: Request, state: State) -> Reply:
    """S20: list the masks, or set one (R24, R25)."""
    account, telephone = _telephone(request, state)
    params = request.params
    action = params.text("accion")
    if not action:
        return state.reply(_list(account, telephone, state), media="text/xml")
    if action not in VERBS:
        raise Refusal(Text.ACTION, *word_hint("accion", action, VERBS))
    state.masks.put(account, telephone, _chosen(params, account))
    return state.reply(wire.DONE)


def _telephone(request: Request, state: State) -> tuple[Account, Telephone]:
    """Tell which telephone is meant, of the VoIP user if one is named, else of the activated telephone `ani`."""
    params = request.params
    if not params.given(("usuario_voip", "password_voip")):
        account = state.admitted(request, Api.MASKS)
        return account, _activated(params, account)
    readable(request)
    found = state.voip_user(params)
    if found is None:
        raise Refusal(Text.ACCOUNT, "no VoIP user of this PBX has this usuario_voip and password_voip")
    account, user = found
    entitled(request, account, Api.MASKS)
    return account, (VOIP, user.sip_user)


def _activated(params: Params, account: Account) -> Telephone:
    if not params.text("ani"):
        raise Refusal(Text.MISSING_PARAMETER, "without ani (or usuario_voip and password_voip) no telephone is meant")
    ani = as_dialled(params.text("ani"), SPAIN)
    if ani not in [as_dialled(phone, SPAIN) for phone in account.phones]:
        raise Refusal(
            Text.PHONE, f"ani {params.text('ani')!r} is none of the account's activated telephones (`phones`)"
        )
    return PHONE, ani


def _chosen(params: Params, account: Account) -> str:
    mask = params.text("mascara")
    if not mask:
        raise Refusal(Text.MISSING_PARAMETER, "without mascara there is nothing to set")
    if mask not in account.masks:
        raise Refusal(Text.MASK, f"mascara {mask!r} is none of the account's virtual numbers")
    return mask


def _list(account: Account, telephone: Telephone, state: State) -> str:
    form, shown = state.settings.mask_list, state.masks.shown(account, telephone)
    masks = (filled(form.mask, {"numero": mask, "puesta": str(int(mask == shown))}, escape) for mask in account.masks)
    return filled(form.document, {"charset": state.settings.charset.upper(), "mascaras": "".join(masks)})
