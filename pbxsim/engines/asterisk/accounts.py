"""How telephones register at the Asterisk of a PBX: where, as whom, with which password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.engines.asterisk.configuration import Secrets
from pbxsim.engines.engine import SipAccount

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry
    from pbxsim.pbx.directory import Directory


class Accounts:
    """The SIP accounts of a PBX's lines. Where Asterisk listens, the PBX file says."""

    def __init__(self, pbx: str, entry: AsteriskEntry) -> None:
        self._server = f"{entry.address}:{entry.sip_port}"
        self._ws = f"ws://{entry.address}:{entry.ws_port}/ws"
        self._secrets = Secrets(pbx, entry)
        self._simulated = entry.simulated

    def of(self, user: str) -> SipAccount | None:
        """Tell how a telephone registers as the line of that SIP user; None where no telephone can. Raises OSError."""
        if user in self._simulated:
            return None
        return SipAccount(server=self._server, user=user, secret=self._secrets.line(user), ws=self._ws)


class Registering(msgspec.Struct, frozen=True, kw_only=True):
    """What a telephone must be told to register as a line; None where no telephone can: the line is simulated."""

    pbx: str
    line: str
    number: str
    server: str | None = None
    user: str | None = None
    secret: str | None = None
    uri: str | None = None
    ws: str | None = None


def registering(pbx: str, entry: AsteriskEntry, directory: Directory) -> list[Registering]:
    """Give it for all lines of a PBX, in its file's order. Raises OSError."""
    accounts = Accounts(pbx, entry)
    return [
        _registering(pbx, user, line.extension.internal, accounts.of(user)) for user, line in directory.lines.items()
    ]


def _registering(pbx: str, line: str, number: str, account: SipAccount | None) -> Registering:
    if account is None:
        return Registering(pbx=pbx, line=line, number=number)
    return Registering(
        pbx=pbx,
        line=line,
        number=number,
        server=account.server,
        user=account.user,
        secret=account.secret,
        uri=account.uri,
        ws=account.ws or None,
    )
