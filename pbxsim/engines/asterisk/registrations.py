"""Where telephones are registered, as Asterisk knows it; the directory tells everybody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.pbx.directory import Registration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pbxsim.engines.asterisk.link import Event
    from pbxsim.pbx.directory import Directory

_CONTACT: Final = re.compile(r"sips?:(?:[^@;>]*@)?\[?([^\];>]+?)\]?(?::(\d+))?(?:[;>].*)?$")
_SIP_PORT: Final = 5060  # RFC 3261, 19.1.2
_GONE: Final = ("Removed", "Unreachable")


class Registrations:
    """The registrations of a PBX's lines, but for those that are `simulated`: these are as its file says."""

    def __init__(self, directory: Directory, simulated: Collection[str]) -> None:
        self._directory = directory
        self._simulated = simulated

    def forget(self) -> None:
        """Hold no telephone for registered until Asterisk says so."""
        for user, line in self._directory.lines.items():
            if user not in self._simulated:
                self._directory.unregister(line)

    def read(self, contacts: Iterable[Event]) -> None:
        """Take all contacts that Asterisk has (PJSIPShowContacts): who is not among them is not registered."""
        known = {each["objectname"].partition(";")[0]: each for each in contacts}
        for user, line in self._directory.lines.items():
            contact = known.get(user)
            if user in self._simulated:
                continue
            if contact is None:
                self._directory.unregister(line)
            else:
                self._directory.register(line, _registration(contact))

    def changed(self, event: Event) -> None:
        """Take an event ContactStatus. Of a telephone that moved, the new contact is told before the old one goes."""
        line = self._directory.lines.get(event.get("aor", ""))
        if line is None or line.user in self._simulated:
            return
        if event.get("contactstatus") not in _GONE:
            self._directory.register(line, _registration(event))
        elif event.get("uri") == line.registration.contact:
            self._directory.unregister(line)


def _registration(event: Event) -> Registration:
    uri, usec = event.get("uri", ""), event.get("roundtripusec", "")
    found = _CONTACT.match(uri)
    return Registration(
        host=found[1] if found else uri or "unknown",
        port=int(found[2] or _SIP_PORT) if found else 0,
        contact=uri,
        user_agent=event.get("useragent", ""),
        status=f"OK ({int(usec) // 1000} ms)" if usec.isdigit() else "Unmonitored",
    )
