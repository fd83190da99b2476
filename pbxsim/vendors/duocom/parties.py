"""Whom a request names: a telephone number, a VoIP address, an extension with the special diversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendorkit.numbers import SPAIN, as_dialled, behind_prefix, international, misprint_hints, sip_address
from pbxsim.vendors.duocom.errors import Refusal, Text

if TYPE_CHECKING:
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.vendors.duocom.site import Site

_EXTENSION: Final = "ext"


def llamante(text: str, site: Site) -> tuple[Destination, str]:
    """S4: a telephone number, a VoIP address or an extension with the special diversion; its name in records."""
    if text.startswith(_EXTENSION):
        return _diverted_extension(text, site)
    if "@" in text:
        return _voip(text, site)
    return resolved(_telephone("llamante", text), site), text


def llamado(text: str, site: Site) -> Destination:
    """S5: a telephone number."""
    return resolved(_telephone("llamado", text), site)


def resolved(number: str, site: Site) -> Destination:
    """Find where a number leads."""
    return site.pbx.dialplan.resolve(as_dialled(number, SPAIN), site.settings.context)


def _diverted_extension(text: str, site: Site) -> tuple[Destination, str]:
    number, dialplan = behind_prefix(text, _EXTENSION), site.settings.dialplan
    extension = site.pbx.directory.internal_or_none(number, dialplan) if number else None
    if extension is None:
        raise Refusal(Text.EXTENSION, f"no extension {text!r} in dialplan {dialplan}")
    if not extension.special_diversion:
        raise Refusal(Text.EXTENSION, f"extension {extension.internal} has no special diversion")
    return ToExtension(extension.internal, extension), extension.internal


def _voip(text: str, site: Site) -> tuple[Destination, str]:
    user, domain = sip_address(text) or ("", "")
    line = site.pbx.directory.lines.get(user)
    if domain not in site.settings.voip_domains or line is None:
        raise Refusal(Text.NUMBER, f"llamante {text!r} is no VoIP address here")
    return ToExtension(line.extension.internal, line.extension, line), user


def _telephone(name: str, text: str) -> str:
    """Read a national, mobile or international number (R8)."""
    if SPAIN.fits(text) or international(text):
        return text
    raise Refusal(Text.NUMBER, *misprint_hints(name, text))
