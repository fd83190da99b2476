"""How VoIPSUN's parameters are read: whole numbers, caller ids, channel names. Not here: which an action has."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.near_miss import word_hint
from pbxsim.pbx.call import CallerId

if TYPE_CHECKING:
    from pbxsim.kit.params import Params

CUSTOM_FIELDS: Final = ("customCDR1", "customCDR2", "customCDR3", "customCDR4")

_NOBODY: Final = "000"  # the number shown where the request names none (manual 44, 242)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SEPARATOR: Final = re.compile(r"\ASIP(?:/|\\{1,2})")


class Wanted(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What `originate` and `dial` are asked for, but for whom and by which route; what was not sent is empty."""

    dst_num: str = ""
    context: str = ""
    hangup_context: str = ""
    custom_1: str = msgspec.field(name=CUSTOM_FIELDS[0], default="")
    custom_2: str = msgspec.field(name=CUSTOM_FIELDS[1], default="")
    custom_3: str = msgspec.field(name=CUSTOM_FIELDS[2], default="")
    custom_4: str = msgspec.field(name=CUSTOM_FIELDS[3], default="")
    dialer_cid: str = ""
    dialer_name: str = ""
    src_ring_timeout: str = ""
    dst_ring_timeout: str = ""
    override_caller_id: str = ""
    macro: str = ""
    monitor_path: str = ""
    monitor_filename: str = ""
    monitor_type: str = ""
    check_exten: str = ""
    check_ip_host: str = ""
    check_ip_contact: str = ""

    @property
    def custom(self) -> tuple[str, str, str, str]:
        """Give customCDR1 to customCDR4, unchanged."""
        return self.custom_1, self.custom_2, self.custom_3, self.custom_4


def wanted(params: Params) -> Wanted:
    """Read all that is wanted at once: to ask for one parameter after the other takes longer."""
    return msgspec.convert(params, Wanted)


def whole_number(text: str) -> int | None:
    """Read a number of one to nine decimal digits; None for anything else, a sign or a blank included."""
    try:
        return _number(text)
    except ValueError:
        return None


@lru_cache(maxsize=1_024)
def _number(text: str) -> int:
    """Read one; ring times are the same all day. Raises ValueError, so that nothing long is remembered."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def dialer(asked: Wanted) -> CallerId:
    """Give what the party that is rung first sees: `000 Dialer` unless dialerCid or dialerName differ (S6, S7)."""
    number = asked.dialer_cid
    if number in CUSTOM_FIELDS:
        number = asked.custom[CUSTOM_FIELDS.index(number)]
    return CallerId(number or _NOBODY, asked.dialer_name or number or "Dialer")


def spy(params: Params) -> CallerId:
    """Give what the listening line sees: `000 Spy` unless spyCid or spyName say otherwise (S24)."""
    number, name = params.text("spyCid"), params.text("spyName")
    return CallerId(number or _NOBODY, name or number or "Spy")


def dialer_hints(asked: Wanted) -> tuple[str, ...]:
    """Say where dialerCid almost takes its number from a custom field, or takes it from an empty one."""
    number = asked.dialer_cid
    if not number.lower().startswith("customcdr"):
        return ()
    if number in CUSTOM_FIELDS and not asked.custom[CUSTOM_FIELDS.index(number)]:
        return (f"dialerCid takes the value of {number}, which is empty",)
    return word_hint("dialerCid", number, CUSTOM_FIELDS)


def channel_name(text: str) -> str:
    r"""Read a channel's name, as `SIP/x` (listcalls), `SIP\x` (the manual's example) or `SIP\\x` (R19)."""
    return _SEPARATOR.sub("SIP/", text)
