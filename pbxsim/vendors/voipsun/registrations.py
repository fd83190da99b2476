"""The action sipstatus: where the SIP accounts of lines and trunks are registered."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from pbxsim.vendors.voipsun import wire

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.directory import Line, Trunk
    from pbxsim.vendors.voipsun.state import State


def sip_status(_request: Request, state: State) -> Reply:
    """S25: list the SIP accounts and what is known of each."""
    accounts = _accounts(state)
    return wire.accounts(len(accounts), state.account_rows.spelt(accounts))


def _accounts(state: State) -> list[Line | Trunk]:
    omitted, directory = state.settings.sipstatus_omits, state.pbx.directory
    lines = (line for user, line in directory.lines.items() if user not in omitted)
    trunks = (trunk for name, trunk in directory.trunks.items() if name not in omitted)
    return sorted([*lines, *trunks], key=attrgetter("order"))
