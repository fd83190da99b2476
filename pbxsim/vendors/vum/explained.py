"""What VUM's page says of how a call goes, for whoever asks why it went so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.cause import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.vendors.vum.api import VumInterface


def explain(interface: VumInterface, call: Call) -> Iterator[Cause]:
    """Tell in which order the parties are rung, and why no hang-up notice comes."""
    if call.order.vendor == "vum":
        yield Cause("the reply says that the call was taken: one party is called, when it answers the other", "S2")
    if not interface.state.settings.hangup_notices:
        yield Cause("no hang-up notice comes: the settings have no `hangup_notices`", "S11")
