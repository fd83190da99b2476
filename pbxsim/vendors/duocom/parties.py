"""Whom a request names: a telephone number, a VoIP address, an extension with the special diversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.numbers import SPAIN, as_dialled, behind_prefix, misprint_hints, sip_address
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.vendors.duocom import wire
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.state import PHONE, VOIP, Telephone

if TYPE_CHECKING:
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.vendors.duocom.state import State

_EXTENSION: Final = "ext"


class Caller(msgspec.Struct, frozen=True, eq=False):
    """The first party: where it is, how records name it, which of its telephones may have a mask of their own."""

    to: Destination
    name: str
    telephones: tuple[Telephone, ...]


def llamante(text: str, state: State) -> Caller:
    """S4: a telephone number, a VoIP address or an extension with the special diversion."""
    if text.startswith(_EXTENSION):
        return _diverted_extension(text, state)
    if "@" in text:
        return _voip(text, state)
    number = _dialled("llamante", text)
    return Caller(state.pbx.dialplan.resolve(number, state.settings.context), text, ((PHONE, number),))


def llamado(text: str, state: State) -> Destination:
    """S5: a telephone number."""
    return state.pbx.dialplan.resolve(_dialled("llamado", text), state.settings.context)


def resolved(number: str, state: State) -> Destination:
    """Find where a number leads."""
    return state.pbx.dialplan.resolve(as_dialled(number, SPAIN), state.settings.context)


def _diverted_extension(text: str, state: State) -> Caller:
    number, dialplan = behind_prefix(text, _EXTENSION), state.settings.dialplan
    extension = state.pbx.directory.internal_or_none(number, dialplan) if number else None
    if extension is None:
        raise Refusal(Text.EXTENSION, f"no extension {text!r} in dialplan {dialplan}")
    if not extension.special_diversion:
        raise Refusal(Text.EXTENSION, f"extension {extension.internal} has no special diversion")
    telephones = tuple((VOIP, line.user) for line in extension.lines)
    return Caller(ToExtension(extension.internal, extension), extension.internal, telephones)


def _voip(text: str, state: State) -> Caller:
    user, domain = sip_address(text) or ("", "")
    line = state.pbx.directory.lines.get(user)
    if domain not in state.settings.voip_domains or line is None:
        raise Refusal(Text.NUMBER, f"llamante {text!r} is no VoIP address here")
    return Caller(ToExtension(line.extension.internal, line.extension, line), user, ((VOIP, user),))


def _dialled(name: str, text: str) -> str:
    """Read a national, mobile or international number (R8), as it is dialled. Raises Refusal."""
    if SPAIN.fits(text):
        return text
    if wire.is_telephone(text):
        return as_dialled(text, SPAIN)
    raise Refusal(Text.NUMBER, *misprint_hints(name, text))
