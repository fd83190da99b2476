"""Where telephones are: what REGISTER says of a line's contacts, and for how long (RFC 3261, 10.3), without I/O."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.sip.address import Address, address

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.flow import Flow
    from pbxsim.engines.sip.message import Request

MOST: Final = 8
"""Contacts of a line at once."""

_UNSAID: Final = 2**31
_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One contact of a line: `uri` is what is asked for there, `flow` the way to it, whatever its URI says (NAT)."""

    uri: str
    flow: Flow
    ends_at: float
    quality: float
    call_id: str
    sequence: int
    instance: str
    user_agent: str


class Answer(msgspec.Struct, frozen=True):
    """What a REGISTER comes to."""

    code: int
    phrase: str
    headers: tuple[tuple[str, str], ...] = ()


class Registrar:
    """The contacts of lines, by SIP user. `changed` is told of each user whose contacts are not what they were.

    `longest` is how many seconds a registration lasts at most, and one that does not say.
    """

    def __init__(self, changed: Callable[[str], None], longest: int = 3_600) -> None:
        self._changed = changed
        self._longest = longest
        self._bindings: dict[str, list[Binding]] = {}
        self._flows: dict[Flow, int] = {}  # of how many contacts each is the way
        self._due: float | None = inf  # None: to be looked for

    def contacts(self, user: str) -> list[Binding]:
        """Give the contacts of a user, the best first (RFC 3261, 10.2.1.2)."""
        return sorted(self._bindings.get(user, ()), key=lambda binding: -binding.quality)

    def due(self) -> float:
        """Tell when the next contact ends."""
        if self._due is None:
            self._due = min((one.ends_at for bindings in self._bindings.values() for one in bindings), default=inf)
        return self._due

    def expire(self, now: float) -> None:
        """Forget the contacts whose time is over.

        It is asked whenever anything is due, and looks at a thousand lines only when one of them is.
        """
        if self.due() > now:
            return
        for user, bindings in list(self._bindings.items()):
            self._keep(user, [one for one in bindings if one.ends_at > now])

    def all(self) -> dict[str, list[Binding]]:
        """Give all contacts, by user."""
        return dict(self._bindings)

    def take_over(self, bindings: dict[str, list[Binding]]) -> None:
        """Know the contacts that were known before."""
        for user, known in bindings.items():
            self._keep(user, known)

    def has(self, flow: Flow) -> bool:
        """Tell whether a contact is reached by that way."""
        return flow in self._flows

    def ports(self, host: str) -> list[int]:
        """Give the ports of an address from which contacts are reached by datagrams."""
        return sorted(flow.port for flow in self._flows if flow.host == host and not flow.is_reliable)

    def drop(self, user: str, binding: Binding) -> None:
        """Forget a contact at which nobody is."""
        self._keep(user, [one for one in self._bindings.get(user, ()) if one is not binding])

    def lost(self, flow: Flow) -> None:
        """Forget the contacts that were reached by a connection which is closed."""
        if flow not in self._flows:
            return
        for user, bindings in list(self._bindings.items()):
            self._keep(user, [one for one in bindings if one.flow != flow])

    def register(self, now: float, user: str, request: Request, flow: Flow) -> Answer:
        """Take a REGISTER of a user, who has shown to be it.

        That its CSeq is higher than the last is not asked for (10.3, 7): an older one that comes late has a nonce's
        count that was used, and a telephone that has begun anew may count from the beginning.
        """
        known = self._bindings.get(user, [])
        given = request.listed("contact")
        if given == ["*"]:
            if request.number("expires") != 0:
                return Answer(400, "Contact * Without Expires: 0")
            self._keep(user, [])
            return self._told(now, user)
        contacts = [address(each) for each in given]
        read = [contact for contact in contacts if contact is not None]
        if len(read) < len(contacts) or any(contact.uri.scheme == "tel" for contact in read):
            return Answer(400, "Malformed Contact")
        for contact in read[:MOST]:
            known = self._with(now, known, contact, request, flow)
        self._keep(user, known[-MOST:])
        return self._told(now, user)

    def _with(self, now: float, known: list[Binding], contact: Address, request: Request, flow: Flow) -> list[Binding]:
        """Give the contacts of a user with one more, or anew, or without it."""
        seconds = min(_seconds(contact, request), self._longest)
        quality = contact.parameters.get("q", "1")
        made = Binding(
            uri=contact.uri.text,
            flow=flow,
            ends_at=now + seconds,
            quality=float(quality) if _QUALITY.fullmatch(quality) else 1.0,
            call_id=request.call_id,
            sequence=request.sequence,
            instance=contact.parameters.get("+sip.instance", ""),
            user_agent=request.first("user-agent"),
        )
        left = [one for one in known if not _is_same(one, made)]
        return [*left, made] if seconds else left

    def _keep(self, user: str, bindings: list[Binding]) -> None:
        before = self._bindings.pop(user, [])
        if bindings:
            self._bindings[user] = bindings
        if before == bindings:
            return
        for one in bindings:
            self._flows[one.flow] = self._flows.get(one.flow, 0) + 1
        for one in before:
            self._flows[one.flow] -= 1
            if not self._flows[one.flow]:
                del self._flows[one.flow]
        self._due = None
        self._changed(user)

    def _told(self, now: float, user: str) -> Answer:
        told = [f"<{one.uri}>;expires={max(0, round(one.ends_at - now))}" for one in self.contacts(user)]
        return Answer(200, "OK", tuple(("contact", each) for each in told))


def _is_same(one: Binding, other: Binding) -> bool:
    """Tell whether two contacts are one telephone: of one address, one instance (RFC 5626), or one that has moved."""
    return (
        one.uri == other.uri
        or (one.instance != "" and one.instance == other.instance)
        or (one.call_id == other.call_id and one.sequence != other.sequence)
    )


def _seconds(contact: Address, request: Request) -> int:
    text = contact.parameters.get("expires", "")
    if text.isdecimal() and text.isascii():
        return int(text[:10])
    number = request.number("expires")
    return _UNSAID if number is None else number
