"""Dialogues (RFC 3261, 12): who talks with whom under which tags, by which way, and what comes after what."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.address import Address, address, spelt_host
from pbxsim.engines.sip.message import Request

if TYPE_CHECKING:
    from pbxsim.engines.sip.flow import Flow
    from pbxsim.engines.sip.message import Response

REFERRED: Final = (
    ("event", "refer"),
    ("subscription-state", "terminated;reason=noresource"),
    ("content-type", "message/sipfrag;version=2.0"),
)
"""What a NOTIFY says that tells how the handing on of a call went (RFC 3515)."""

_HOPS: Final = "70"  # RFC 3261, 8.1.1.6


class Place:
    """How we spell ourselves to one peer. `host` and `port` are where that peer reaches us, by `transport`."""

    def __init__(self, host: str, port: int, transport: str) -> None:
        self._where = f"{spelt_host(host)}:{port}"
        self._transport = transport
        self._scheme = "sip"

    def like(self, target: str) -> Place:
        """Give how we spell ourselves with that Request-URI: `sips` with `sips` (RFC 3261, 8.1.1.8 and 12.1.1)."""
        if target[:5].lower() != "sips:":
            return self
        place = copy(self)
        place._scheme = "sips"  # noqa: SLF001 - it is one of ours
        return place

    @property
    def contact(self) -> str:
        """Spell our Contact."""
        more = "" if self._transport == "UDP" else f";transport={self._transport.lower()}"
        return f"<{self._scheme}:pbxsim@{self._where}{more if self._scheme == 'sip' else ''}>"

    def via(self, branch: str) -> str:
        """Spell our Via."""
        return f"SIP/2.0/{self._transport} {self._where};branch={branch};rport"

    def uri(self, user: str) -> str:
        """Spell somebody here."""
        return f"{self._scheme}:{user}@{self._where}" if user else f"{self._scheme}:{self._where}"


class Dialog:
    """One dialogue, early or confirmed. `local` and `remote` are spelt with their tags, `target` is where requests go.

    `routes` are the proxies on the way, the nearest first. `sequence` is our last CSeq, `remote_sequence` the other
    side's, -1 before there was one.
    """

    def __init__(self, flow: Flow, place: Place, call_id: str, *, local: str, remote: str, target: str) -> None:
        self.flow = flow
        self.place = place
        self.call_id = call_id
        self.local = local
        self.remote = remote
        self.target = target
        self.routes: list[str] = []
        self.sequence = 0
        self.remote_sequence = -1

    @classmethod
    def called(cls, invite: Request, flow: Flow, place: Place, tag: str) -> Dialog:
        """Begin the one in which we are called (RFC 3261, 12.1.1)."""
        local, remote = f"{invite.first('to')};tag={tag}", invite.first("from")
        made = cls(flow, place, invite.call_id, local=local, remote=remote, target=_target(invite, remote))
        made.routes = invite.listed("record-route")
        made.remote_sequence = invite.sequence
        return made

    def answered(self, answer: Response) -> None:
        """Take over what the first answer that made a dialogue says (RFC 3261, 12.1.2)."""
        self.remote = answer.first("to")
        self.target = _target(answer, self.target)
        self.routes = answer.listed("record-route")[::-1]

    @property
    def local_tag(self) -> str:
        """Give our tag."""
        return _tag(self.local)

    @property
    def remote_tag(self) -> str:
        """Give the other side's tag; empty before it has one."""
        return _tag(self.remote)

    def has(self, request: Request) -> bool:
        """Tell whether a request from the other side is within it, by its tags."""
        sender, receiver = request.sender, request.receiver
        is_to_us = receiver is not None and receiver.tag == self.local_tag
        return is_to_us and sender is not None and sender.tag == self.remote_tag

    def takes(self, request: Request) -> bool:
        """Tell whether a request comes in its order, and note it."""
        if request.sequence <= self.remote_sequence:
            return False
        self.remote_sequence = request.sequence
        return True

    def refresh(self, message: Request | Response) -> None:
        """Take a new target from a request, or its answer, that may bring one (RFC 3261, 12.2)."""
        self.target = _target(message, self.target)

    def request(self, method: str, branch: str, *more: tuple[str, str], body: bytes = b"") -> Request:
        """Make the next request, of that branch."""
        self.sequence += 1
        return self.request_again(method, branch, self.sequence, *more, body=body)

    def early_request(self, answer: Response, method: str, branch: str, *more: tuple[str, str]) -> Request:
        """Make the next request within the early one that a provisional answer makes."""
        early = copy(self)
        early.answered(answer)
        made = early.request(method, branch, *more)
        self.sequence = early.sequence
        return made

    def request_again(
        self, method: str, branch: str, sequence: int, *more: tuple[str, str], body: bytes = b""
    ) -> Request:
        """Make a request that has the number of an earlier one: an ACK, or a CANCEL."""
        headers = [("via", self.place.via(branch)), ("max-forwards", _HOPS)]
        headers += [("route", route) for route in self.routes]
        headers += [("from", self.local), ("to", self.remote), ("call-id", self.call_id)]
        headers += [("cseq", f"{sequence} {method}"), *more]
        return Request(method=method, target=self.target, headers=headers, body=body)


class Dialogs:
    """All dialogues of one user agent with whatever each is for, by Call-ID and our tag."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], object] = {}

    def __len__(self) -> int:
        """Count them."""
        return len(self._known)

    def add(self, dialog: Dialog, usage: object) -> None:
        """Know one."""
        self._known[dialog.call_id, dialog.local_tag] = usage

    def find(self, call_id: str, local_tag: str) -> object:
        """Find what one is for; None: there is none."""
        return self._known.get((call_id, local_tag))

    def all(self) -> list[object]:
        """Give what they all are for."""
        return list(self._known.values())

    def remove(self, dialog: Dialog) -> None:
        """Forget one."""
        self._known.pop((dialog.call_id, dialog.local_tag), None)


def cancel_of(invite: Request, reason: str) -> Request:
    """Make the CANCEL of an INVITE, which has its branch (RFC 3261, 9.1)."""
    headers = [(name, value) for name, value in invite.headers if name in ("max-forwards", "route", "from", "to")]
    headers = [("via", invite.first("via")), *headers, ("call-id", invite.call_id)]
    headers += [("cseq", f"{invite.sequence} CANCEL"), ("reason", reason)]
    return Request(method="CANCEL", target=invite.target, headers=headers)


def sent_on_to(answer: Response) -> str:
    """Give the number at which a telephone says to call instead (RFC 3261, 21.3); empty: it does not."""
    contacts = answer.contacts if answer.code < 400 else []
    return contacts[0].uri.user.partition(";")[0] if contacts else ""


def _target(message: Request | Response, otherwise: str) -> str:
    contacts: list[Address] = message.contacts
    if contacts:
        return contacts[0].uri.text
    found = address(otherwise)
    return found.uri.text if found is not None else otherwise


def _tag(spelt: str) -> str:
    found = address(spelt)
    return found.tag if found is not None else ""
