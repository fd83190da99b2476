"""How telephones register at a PBX: where, as whom, with which password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.engine import SipAccount
from pbxsim.engines.sip.address import spelt_host
from pbxsim.engines.sip.media.media import own_address
from pbxsim.engines.telephones import TelephoneSecrets, simulated_lines

if TYPE_CHECKING:
    from pbxsim.engines.sip.sip_settings import SipEntry
    from pbxsim.pbx.directory import Directory

_ANY = ("*", "0.0.0.0", "::")


class Accounts:
    """The SIP accounts of a PBX's lines."""

    def __init__(self, pbx: str, entry: SipEntry, directory: Directory) -> None:
        self._directory = directory
        self._address = entry.address
        self._port = entry.port
        self._tls_port = 0
        self._secrets = TelephoneSecrets(pbx, entry.lines)
        self._simulated = simulated_lines(entry.lines)

    @property
    def server(self) -> str:
        """Say where a telephone registers."""
        return f"{self._host}:{self._port}"

    @property
    def _host(self) -> str:
        return spelt_host(_reached_at() if self._address in _ANY else self._address)

    def listening_at(self, port: int, tls_port: int = 0) -> None:
        """Know the port that it has become, and that for TLS; 0: there is none."""
        self._port, self._tls_port = port, tls_port

    def of(self, user: str) -> SipAccount | None:
        """Tell how a telephone registers as the line of that SIP user; None where none can. Raises OSError."""
        password = self.password(user)
        if password is None:
            return None
        tls = f"{self._host}:{self._tls_port}" if self._tls_port else ""
        return SipAccount(server=self.server, user=user, secret=password, tls=tls)

    def password(self, user: str) -> str | None:
        """Give the password of a line's telephone; None where no telephone can be. Raises OSError."""
        if user in self._simulated or user not in self._directory.lines:
            return None
        return self._secrets.line(user)


def _reached_at() -> str:
    """Give the address at which other machines reach this one; nothing is sent to find out."""
    try:
        return own_address("192.0.2.1")  # RFC 5737: nobody's, so that the way there is the way out
    except OSError:
        return "127.0.0.1"
