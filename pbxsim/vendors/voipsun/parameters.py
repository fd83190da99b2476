"""How VoIPSUN's parameters are read: whole numbers, caller ids, channel names. Not here: which an action has."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.kit.near_miss import word_hint
from pbxsim.pbx.call import CallerId

if TYPE_CHECKING:
    from pbxsim.kit.params import Params

CUSTOM_FIELDS: Final = ("customCDR1", "customCDR2", "customCDR3", "customCDR4")
RECORDERS: Final = ("mixmonitor", "monitor")
RING: Final = (1, 86_400)
"""The shortest and the longest ring time, in seconds."""

_INDIRECT: Final = frozenset(CUSTOM_FIELDS)  # what dialerCid may name
_NOBODY: Final = "000"  # the number shown where the request names none (manual 44, 242)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SEPARATOR: Final = re.compile(r"\ASIP(?:/|\\{1,2})")


class Wanted(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What `originate` and `dial` are asked for; what was not sent is empty."""

    src_exten_public_num: str = ""
    src_exten_internal_num: str = ""
    src_exten_id: str = ""
    src_sip_username: str = ""
    dst_num: str = ""
    outroute_name: str = ""
    outroute_id: str = ""
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

    def can_originate(self) -> bool:
        """Tell at a glance that `originate` lacks nothing; False: whoever knows what each action needs is to look."""
        has_caller = self.src_exten_internal_num or self.src_exten_id or self.src_sip_username
        if not self.dst_num or not (has_caller or self.src_exten_public_num) or self.monitor_type:
            return False
        return _can_ring(self.src_ring_timeout, self.dst_ring_timeout)

    def can_dial(self) -> bool:
        """Tell the same of `dial`."""
        if not self.dst_num or not self.context or not (self.outroute_name or self.outroute_id) or self.monitor_type:
            return False
        return _can_ring("", self.dst_ring_timeout)


def _can_ring(first_time: str, second_time: str) -> bool:
    try:
        if first_time:
            ring_time(first_time)
        if second_time:
            ring_time(second_time)
    except ValueError:
        return False
    return True


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


@lru_cache(maxsize=1_024)
def ring_time(text: str) -> Duration:
    """Read how long to ring, in whole seconds. Raises ValueError for what no action takes."""
    number, (least, most) = _number(text), RING
    if not least <= number <= most:
        raise ValueError(text)
    return number * SECOND


def dialer(asked: Wanted) -> CallerId:
    """Give what the party that is rung first sees: `000 Dialer` unless dialerCid or dialerName differ (S6, S7)."""
    number = asked.dialer_cid
    if number in _INDIRECT:
        number = asked.custom[CUSTOM_FIELDS.index(number)]
    return CallerId(number or _NOBODY, asked.dialer_name or number or "Dialer")


def spy(params: Params) -> CallerId:
    """Give what the listening line sees: `000 Spy` unless spyCid or spyName say otherwise (S24)."""
    number, name = params.text("spyCid"), params.text("spyName")
    return CallerId(number or _NOBODY, name or number or "Spy")


def dialer_hints(asked: Wanted) -> tuple[str, ...]:
    """Say where dialerCid almost takes its number from a custom field, or takes it from an empty one."""
    number = asked.dialer_cid
    if number[:1] not in "cC" or not number.lower().startswith("customcdr"):
        return ()
    if number in CUSTOM_FIELDS and not asked.custom[CUSTOM_FIELDS.index(number)]:
        return (f"dialerCid takes the value of {number}, which is empty",)
    return word_hint("dialerCid", number, CUSTOM_FIELDS)


def channel_name(text: str) -> str:
    r"""Read a channel's name, as `SIP/x` (listcalls), `SIP\x` (the manual's example) or `SIP\\x` (R19)."""
    return _SEPARATOR.sub("SIP/", text)
