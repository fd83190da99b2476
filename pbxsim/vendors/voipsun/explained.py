"""What VoIPSUN's manual says of how a call goes, for whoever asks why it went so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.cause import Cause
from pbxsim.pbx.call import CallKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.vendors.voipsun.api import VoipsunInterface

_SAID = {
    CallKind.CONNECT: Cause("success says that the call was taken: the line is called, then dstNum is dialled", "S2"),
    CallKind.DIAL: Cause("success says that the call was taken: dstNum is called by the route, then sent on", "S16"),
    CallKind.SPY: Cause("success says that the call was taken: the line is called, then it listens", "S22"),
}


def explain(_interface: VoipsunInterface, call: Call) -> Iterator[Cause]:
    """Tell in which order the parties of a call that was asked for are rung."""
    if call.order.vendor == "voipsun" and call.order.kind in _SAID:
        yield _SAID[call.order.kind]
