"""What the directory is told of telephones: that they registered, where, and that they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.sip.registrar import Registrar
from pbxsim.pbx.directory import Registration

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Directory

_STATUS = "Unmonitored"  # nobody asks telephones whether they are there: as chan_sip says without `qualify`


class Registrations:
    """The registrations of a PBX's lines. `real` are the users for whom a telephone has registered in its life.

    Until then a line's telephone is acted, and registered as the PBX file says.
    """

    def __init__(self, directory: Directory, longest: int) -> None:
        self.real: set[str] = set()
        self.registrar = Registrar(self.changed, longest)
        self._directory = directory

    def changed(self, user: str) -> None:
        """Tell of a user whose contacts are not what they were."""
        line = self._directory.lines.get(user)
        if line is None:
            return
        contacts = self.registrar.contacts(user)
        if not contacts:
            self._directory.unregister(line)
            return
        best = contacts[0]
        self.real.add(user)
        flow = best.flow
        made = Registration(flow.host, flow.port, contact=best.uri, user_agent=best.user_agent, status=_STATUS)
        self._directory.register(line, made)
