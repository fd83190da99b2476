"""What Duocom's manual says of how a call goes, for whoever asks why it went so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.vendors.duocom.api import DuocomInterface


def explain(_interface: DuocomInterface, call: Call) -> Iterator[Cause]:
    """Tell in which order the parties of a call that was asked for are rung."""
    if call.order.vendor == "duocom":
        yield Cause("1 and a reference say that the call was taken: llamante is called, then llamado dialled", "S13")
