"""The action sipstatus: where the SIP accounts of lines and trunks are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.vendors.voipsun.rows import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.routes import Trunk
    from pbxsim.vendors.voipsun.state import State


def sip_status(_request: Request, state: State) -> Reply:
    """S25: list the SIP accounts and what is known of each."""
    return state.account_rows.told(_accounts(state))


def prepare_accounts(state: State) -> Iterator[None] | None:
    """Spell the rows of that list, where it is long."""
    accounts = _accounts(state)
    return state.account_rows.prepare(accounts) if len(accounts) > LONG else None


def _accounts(state: State) -> list[Line | Trunk]:
    directory = state.pbx.directory
    return [*directory.lines.values(), *directory.trunks.values()]
