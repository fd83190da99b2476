"""How VoIPSUN's parameters are read: whole numbers, caller ids, channel names. Not here: which an action has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.kit.near_miss import word_hint
from pbxsim.pbx.call import CallerId

if TYPE_CHECKING:
    from pbxsim.kit.params import Params

CUSTOM_FIELDS: Final = ("customCDR1", "customCDR2", "customCDR3", "customCDR4")

_NOBODY: Final = "000"  # the number shown where the request names none (manual 44, 242)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SEPARATOR: Final = re.compile(r"\ASIP(?:/|\\{1,2})")


def whole_number(text: str) -> int | None:
    """Read a number of one to nine decimal digits; None for anything else, a sign or a blank included."""
    return int(text) if _NUMBER.fullmatch(text) else None


def custom_fields(params: Params) -> tuple[str, str, str, str]:
    """Give customCDR1 to customCDR4, unchanged."""
    text = params.text
    return text("customCDR1"), text("customCDR2"), text("customCDR3"), text("customCDR4")


def dialer(params: Params) -> CallerId:
    """Give what the party that is rung first sees: `000 Dialer` unless dialerCid or dialerName differ (S6, S7)."""
    return _shown(_dialer_number(params), params.text("dialerName"), "Dialer")


def spy(params: Params) -> CallerId:
    """Give what the listening line sees: `000 Spy` unless spyCid or spyName say otherwise (S24)."""
    return _shown(params.text("spyCid"), params.text("spyName"), "Spy")


def dialer_hints(params: Params) -> tuple[str, ...]:
    """Say where dialerCid almost takes its number from a custom field, or takes it from an empty one."""
    asked = params.text("dialerCid")
    if asked in CUSTOM_FIELDS:
        return () if params.text(asked) else (f"dialerCid takes the value of {asked}, which is empty",)
    if asked.lower().startswith("customcdr"):
        return word_hint("dialerCid", asked, CUSTOM_FIELDS)
    return ()


def channel_name(text: str) -> str:
    r"""Read a channel's name, as `SIP/x` (listcalls), `SIP\x` (the manual's example) or `SIP\\x` (R19)."""
    return _SEPARATOR.sub("SIP/", text)


def _dialer_number(params: Params) -> str:
    asked = params.text("dialerCid")
    return params.text(asked) if asked in CUSTOM_FIELDS else asked


def _shown(number: str, name: str, nobody: str) -> CallerId:
    return CallerId(number or _NOBODY, name or number or nobody)
