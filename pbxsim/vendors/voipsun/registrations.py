"""The action sipstatus: where the SIP accounts of lines and trunks are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.vendors.voipsun import wire

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.directory import Line, Trunk
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.voipsun.settings import Settings


def sip_status(_params: Params, pbx: Pbx, settings: Settings) -> Reply:
    """S25: list the SIP accounts and what is known of each."""
    rows = [wire.account_row(account) for account in _accounts(pbx, settings)]
    return wire.php_document({"total": len(rows), "results": rows, "success": True, "_debug": False})


def _accounts(pbx: Pbx, settings: Settings) -> list[Line | Trunk]:
    omitted = settings.sipstatus_omits
    lines = (line for user, line in pbx.directory.lines.items() if user not in omitted)
    trunks = (trunk for name, trunk in pbx.directory.trunks.items() if name not in omitted)
    return sorted([*lines, *trunks], key=lambda account: account.order)
