"""The action sipstatus: where the SIP accounts of lines and trunks are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.routes import Trunk
    from pbxsim.vendors.voipsun.state import State


def sip_status(_request: Request, state: State) -> Reply:
    """S25: list the SIP accounts and what is known of each."""
    directory = state.pbx.directory
    known: list[Line | Trunk] = [*directory.lines.values(), *directory.trunks.values()]
    return state.account_rows.told(known)
