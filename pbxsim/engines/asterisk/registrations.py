"""Where telephones are registered, as Asterisk knows it; the directory tells everybody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.engines.asterisk.endpoints import endpoint_at
from pbxsim.pbx.extension import Registration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pbxsim.engines.asterisk.link import Event
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Line

_CONTACT: Final = re.compile(r"sips?:(?:[^@;>]*@)?\[?([^\];>]+?)\]?(?::(\d+))?(?:[;>].*)?$")
_SIP_PORT: Final = 5060  # RFC 3261, 19.1.2
_GONE: Final = ("Removed", "Unreachable")
_SEVERAL: Final = 2


class Registrations:
    """The registrations of a PBX's lines, but for those that are `simulated`: these are as its file says.

    A line may have several telephones. The directory shows the one that came last, and when that goes, the last of
    those that are left; which are rung, `targets` tells.
    """

    def __init__(self, directory: Directory, simulated: Collection[str]) -> None:
        self._directory = directory
        self._simulated = simulated
        self._there: dict[str, dict[str, Registration]] = {}  # by SIP user, then by URI

    def forget(self) -> None:
        """Hold no telephone for registered until Asterisk says so."""
        self._there.clear()
        for user, line in self._directory.lines.items():
            if user not in self._simulated:
                self._directory.unregister(line)

    def read(self, contacts: Iterable[Event]) -> None:
        """Take all contacts that Asterisk has (PJSIPShowContacts): who is not among them is not registered."""
        self._there.clear()
        for each in contacts:
            user = each["objectname"].partition(";")[0]
            self._there.setdefault(user, {})[each.get("uri", "")] = _registration(each)
        for user, line in self._directory.lines.items():
            if user not in self._simulated:
                self._show(line)

    def changed(self, event: Event) -> None:
        """Take an event ContactStatus. Of a telephone that moved, the new contact is told before the old one goes."""
        line, uri = self._directory.lines.get(event.get("aor", "")), event.get("uri", "")
        if line is None or line.user in self._simulated:
            return
        there = self._there.setdefault(line.user, {})
        if event.get("contactstatus") in _GONE:
            there.pop(uri, None)
            self._show(line)
            return
        is_new = uri not in there
        there[uri] = _registration(event)
        self._show(line, uri if is_new else "")

    def targets(self, line: Line) -> list[str]:
        """Name what Asterisk is to dial so that each telephone of a line rings."""
        uris = list(self._there.get(line.user, ()))
        if len(uris) < _SEVERAL:
            return [f"PJSIP/{endpoint_at(line.user, line.registration.contact)}"]
        return [f"PJSIP/{endpoint_at(line.user, uri)}/{uri}" for uri in uris]

    def _show(self, line: Line, uri: str = "") -> None:
        """Have the directory tell of the telephone there; without one, of the one it tells of, if that is there."""
        there = self._there.get(line.user, {})
        shown = there.get(uri or line.registration.contact) if there else None
        if not there:
            self._directory.unregister(line)
        else:
            self._directory.register(line, shown or next(reversed(there.values())))


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
