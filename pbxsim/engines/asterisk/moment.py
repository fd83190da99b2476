"""What the switch asks for in one moment, sent together in an order that loses nobody: bridges, redirects, hang-ups.

A bridge moves its two straight out of those they are in; who is parted leaves before the other is hung up. What is
asked for an acted caller that is not there yet waits until it is.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.asterisk.legs import Leg, Legs
    from pbxsim.engines.asterisk.link import AmiLink
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cause import HangupCause

HOLD: Final = "pbxsim-hold"
"""The context in which legs wait for what becomes of them; the next two are extensions there."""

WAITS: Final = "wait"
GOES: Final = "goes"


class Moment:
    """`link` gives the link that is up now, `join` connects the parties of a call, `joined` does what comes then."""

    def __init__(
        self,
        legs: Legs,
        *,
        link: Callable[[], AmiLink | None],
        join: Callable[[AmiLink, Call], None],
        joined: Callable[[AmiLink], None],
    ) -> None:
        self._legs = legs
        self._link = link
        self._join = join
        self._then = joined
        self.forget()
        self._is_due = False

    def forget(self) -> None:
        """Ask for nothing of it: it cannot be told any more."""
        self._joined: dict[int, Call] = {}
        self._redirected: dict[str, str] = {}
        self._leaving: dict[str, HangupCause] = {}

    def join(self, call: Call) -> None:
        """Connect the parties of a call."""
        for party in (call.first, call.second):
            leg = self._legs.of(party) if party is not None else None
            if leg is not None:
                self._redirected.pop(leg.id, None)
        self._joined[call.number] = call
        self.soon()

    def redirect(self, leg: Leg, exten: str) -> None:
        """Have a leg go on at an extension of HOLD."""
        self._redirected[leg.id] = exten
        self.soon()

    def leave(self, leg: Leg, cause: HangupCause) -> None:
        """Hang up a leg; one that is answered in this moment hears that first."""
        if self._redirected.pop(leg.id, "") == WAITS:
            self._redirected[leg.id] = GOES
        else:
            self._leaving[leg.id] = cause
        self.soon()

    def soon(self) -> None:
        """Send it when the moment is over."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._is_due = False
        joined, redirected, leaving, link = self._joined, self._redirected, self._leaving, self._link()
        self.forget()
        if link is None:
            return
        for call in joined.values():
            self._send_join(link, call)
        for unique, exten in redirected.items():
            self._send_redirect(link, unique, exten)
        self._then(link)
        for unique, cause in leaving.items():
            leg = self._legs.find(unique)
            if leg is not None:
                link.send("Hangup", Channel=leg.name or leg.id, Cause=int(cause))

    def _send_join(self, link: AmiLink, call: Call) -> None:
        leg = self._legs.of(call.first) if call.first is not None else None
        if leg is not None and leg.is_coming:
            self._joined[call.number] = call
        elif not call.is_over:
            self._join(link, call)

    def _send_redirect(self, link: AmiLink, unique: str, exten: str) -> None:
        leg = self._legs.find(unique)
        if leg is not None and leg.is_coming:
            self._redirected[unique] = exten
        elif leg is not None and (leg.channel.is_live or exten == GOES):
            link.send("Redirect", Channel=leg.name or leg.id, Context=HOLD, Exten=exten, Priority=1)
