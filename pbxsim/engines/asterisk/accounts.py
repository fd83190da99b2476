"""How telephones register at the Asterisk of a PBX: where, as whom, with which password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.asterisk.configuration import Secrets
from pbxsim.engines.engine import SipAccount
from pbxsim.engines.telephones import simulated_lines

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry


class Accounts:
    """The SIP accounts of a PBX's lines. Where Asterisk listens, the PBX file says."""

    def __init__(self, pbx: str, entry: AsteriskEntry) -> None:
        self._server = f"{entry.address}:{entry.sip_port}"
        self._ws = f"ws://{entry.address}:{entry.ws_port}/ws"
        self._secrets = Secrets(pbx, entry)
        self._simulated = simulated_lines(entry.lines)

    def of(self, user: str) -> SipAccount | None:
        """Tell how a telephone registers as the line of that SIP user; None where no telephone can. Raises OSError."""
        if user in self._simulated:
            return None
        return SipAccount(server=self._server, user=user, secret=self._secrets.line(user), ws=self._ws)
