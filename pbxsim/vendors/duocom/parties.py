"""Whom a request names: a telephone number, a VoIP address, an extension with the special diversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.numbers import SPAIN, as_dialled, behind_prefix, international, misprint_hints, sip_address
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendors.duocom.errors import Refusal, Text

if TYPE_CHECKING:
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.vendors.duocom.site import Site

_EXTENSION: Final = "ext"


class Caller(msgspec.Struct, frozen=True, eq=False):
    """The first party: where it is, how records name it, which of its telephones may have a mask of their own."""

    to: Destination
    name: str
    phone: str = ""
    sip_users: tuple[str, ...] = ()


def llamante(text: str, site: Site) -> Caller:
    """S4: a telephone number, a VoIP address or an extension with the special diversion."""
    if text.startswith(_EXTENSION):
        return _diverted_extension(text, site)
    if "@" in text:
        return _voip(text, site)
    return Caller(resolved(_telephone("llamante", text), site), text, phone=as_dialled(text, SPAIN))


def llamado(text: str, site: Site) -> Destination:
    """S5: a telephone number."""
    return resolved(_telephone("llamado", text), site)


def resolved(number: str, site: Site) -> Destination:
    """Find where a number leads."""
    return site.pbx.dialplan.resolve(as_dialled(number, SPAIN), site.settings.context)


def is_telephone(text: str) -> bool:
    """Tell whether text is a national, mobile or international number (R8)."""
    return SPAIN.fits(text) or international(text) is not None


def _diverted_extension(text: str, site: Site) -> Caller:
    number, dialplan = behind_prefix(text, _EXTENSION), site.settings.dialplan
    extension = site.pbx.directory.internal_or_none(number, dialplan) if number else None
    if extension is None:
        raise Refusal(Text.EXTENSION, f"no extension {text!r} in dialplan {dialplan}")
    if not extension.special_diversion:
        raise Refusal(Text.EXTENSION, f"extension {extension.internal} has no special diversion")
    sip_users = tuple(line.user for line in extension.lines)
    return Caller(ToExtension(extension.internal, extension), extension.internal, sip_users=sip_users)


def _voip(text: str, site: Site) -> Caller:
    user, domain = sip_address(text) or ("", "")
    line = site.pbx.directory.lines.get(user)
    if domain not in site.settings.voip_domains or line is None:
        raise Refusal(Text.NUMBER, f"llamante {text!r} is no VoIP address here")
    return Caller(ToExtension(line.extension.internal, line.extension, line), user, sip_users=(user,))


def _telephone(name: str, text: str) -> str:
    """Read a national, mobile or international number (R8)."""
    if is_telephone(text):
        return text
    raise Refusal(Text.NUMBER, *misprint_hints(name, text))
