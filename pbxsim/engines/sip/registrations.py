"""What the directory is told of telephones: that they registered, where, and that they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.sip.registrar import Registrar
from pbxsim.pbx.extension import Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pbxsim.engines.sip.registrar import Binding
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Line

_STATUS = "Unmonitored"  # nobody asks telephones whether they are there: as chan_sip says without `qualify`


class Registrations:
    """The registrations of a PBX's lines. `real` are the users for whom a telephone has registered in its life.

    Until then a line's telephone is acted, and registered as the PBX file says. `on_change` hears of a line whose
    contacts are not what they were, `keep` of all contacts of a user, for a life after this one.
    """

    def __init__(self, directory: Directory, longest: int) -> None:
        self.real: set[str] = set()
        self.on_change: Callable[[Line], None] = _nothing
        self.keep: Callable[[str, Sequence[Binding]], None] = _forgotten
        self.registrar = Registrar(self.changed, longest)
        self._directory = directory

    def changed(self, user: str) -> None:
        """Tell of a user whose contacts are not what they were."""
        line = self._directory.lines.get(user)
        if line is None:
            return
        contacts = self.registrar.contacts(user)
        if contacts:
            self._register(line, contacts[0])
        else:
            self._directory.unregister(line)
        self.keep(user, contacts)
        self.on_change(line)

    def take_up(self, known: Mapping[str, list[Binding]]) -> None:
        """Know the contacts of a life before; whoever had some, and has none any more, is not there."""
        for user, contacts in known.items():
            line = self._directory.lines.get(user)
            if line is not None:
                self.real.add(user)
                if contacts:
                    self.registrar.take_over({user: contacts})
                else:
                    self._directory.unregister(line)

    def _register(self, line: Line, best: Binding) -> None:
        self.real.add(line.user)
        flow = best.flow
        made = Registration(flow.host, flow.port, contact=best.uri, user_agent=best.user_agent, status=_STATUS)
        self._directory.register(line, made)


def _nothing(_line: Line) -> None:
    """Hear of no line."""


def _forgotten(_user: str, _contacts: Sequence[Binding]) -> None:
    """Keep nothing."""
