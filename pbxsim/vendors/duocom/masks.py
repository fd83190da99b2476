"""The masks API: which virtual numbers a telephone may show, and which one it shows from now on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pbxsim.kit.near_miss import word_hint
from pbxsim.kit.numbers import SPAIN, as_dialled
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.chosen_masks import PHONE, VOIP
from pbxsim.vendors.duocom.errors import Refusal, Text
from pbxsim.vendors.duocom.settings import Api
from pbxsim.vendors.duocom.site import entitled, readable
from pbxsim.vendors.duocom.template import filled

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.duocom.chosen_masks import Telephone
    from pbxsim.vendors.duocom.settings import Account
    from pbxsim.vendors.duocom.site import Site

PARAMETERS: Final = ("usuario_voip", "password_voip", "principal", "pass", "ani", "accion", "mascara")
ACTIONS: Final = ("poner",)


def answer(request: Request, site: Site) -> Reply:
    """S20: list the masks, or set one (R24, R25)."""
    account, telephone = _telephone(request, site)
    params = request.params
    action = params.text("accion")
    if not action:
        return site.reply(_list(account, telephone, site), media="text/xml")
    if action not in ACTIONS:
        raise Refusal(Text.ACTION, *word_hint("accion", action, ACTIONS))
    site.masks.put(account, telephone, _chosen(params, account))
    return site.reply(wire.DONE)


def _telephone(request: Request, site: Site) -> tuple[Account, Telephone]:
    """Tell which telephone is meant, of the VoIP user if one is named, else of the activated telephone `ani`."""
    params = request.params
    if not params.given(("usuario_voip", "password_voip")):
        account = site.admitted(request, Api.MASKS)
        return account, _activated(params, account)
    readable(request)
    found = site.voip_user(params)
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


def _list(account: Account, telephone: Telephone, site: Site) -> str:
    form, shown = site.settings.mask_list, site.masks.shown(account, telephone)
    masks = (filled(form.mask, {"numero": mask, "puesta": str(int(mask == shown))}, escape) for mask in account.masks)
    return filled(form.document, {"charset": site.settings.charset.upper(), "mascaras": "".join(masks)})
