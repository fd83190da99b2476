"""The checks that `originate` makes on request before it rings a line: checkIpHost, checkIpContact, checkExten."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from pbxsim.pbx.channel import ChannelState
from pbxsim.vendors.voipsun.errors import Refusal
from pbxsim.vendors.voipsun.wire import UNREGISTERED, is_reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pbxsim.kit.params import Params
    from pbxsim.pbx.directory import Line

_STATE_CODES: Final = {
    ChannelState.RESERVED: 221,
    ChannelState.OFF_HOOK: 222,
    ChannelState.DIALING: 223,
    ChannelState.RING: 224,
    ChannelState.RINGING: 225,
    ChannelState.UP: 226,
    ChannelState.BUSY: 227,
}


def check_addresses(params: Params, lines: Sequence[Line]) -> None:
    """S11, S12: insist on the address that the line registered from, and on the one in its Contact (210, 211)."""
    _check_address(params.text("checkIpHost"), lines, lambda line: line.registration.host, 210)
    _check_address(params.text("checkIpContact"), lines, lambda line: line.registration.contact_host, 211)


def check_extension(lines: Sequence[Line], *, refuse_free: bool) -> None:
    """S10: insist that a line is registered and idle (220 to 227); with `refuse_free` say 228 where it is (R14)."""
    reachable = [line for line in lines if is_reachable(line)]
    if not reachable:
        raise Refusal(220)
    for line in reachable:
        code = _STATE_CODES.get(line.channel_state)
        if code is not None:
            raise Refusal(code, hints=(f"line {line.user} is {line.channel_state.label}",))
    if refuse_free:
        raise Refusal(228)


def _check_address(asked: str, lines: Sequence[Line], address: Callable[[Line], str], code: int) -> None:
    if not asked or any(_same_address(address(line), asked) for line in lines):
        return
    shown = next((line for line in lines if address(line)), lines[0] if lines else None)
    raise Refusal(
        code,
        filled={
            "SIP/XYZ": f"SIP/{shown.user if shown else ''}",
            "XXX.YYY.ZZZ.AAA": (address(shown) if shown else "") or UNREGISTERED,
            "AAA.ZZZ.YYY.XXX": asked,
        },
    )


def _same_address(one: str, other: str) -> bool:
    try:
        return ip_address(one) == ip_address(other)
    except ValueError:  # a host name, or no address at all
        return one == other
