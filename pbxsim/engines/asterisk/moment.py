"""What the switch asks for in one moment, collected: it is sent together, in an order that loses nobody.

A bridge moves its two straight out of those they are in; who is parted leaves before the other is hung up. Sent one by
one, as the switch asks, a redirect would take a party out of the bridge that it is to enter next.
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
"""The dialplan's context in which legs wait for what comes."""


class Moment:
    """Collects, and sends by `link()`, if that is up. `join` has two parties of a call hear each other."""

    def __init__(self, legs: Legs, link: Callable[[], AmiLink | None], join: Callable[[AmiLink, Call], None]) -> None:
        self._legs = legs
        self._link = link
        self._join_now = join
        self._joined: dict[int, Call] = {}
        self._redirected: dict[str, tuple[str, bool]] = {}
        self._leaving: dict[str, HangupCause] = {}
        self._is_due = False

    def join(self, call: Call) -> None:
        """Have the parties of a call hear each other."""
        self._joined[call.number] = call
        self._soon()

    def apart(self, call: Call) -> None:
        """Have a call's parties not joined after all: something else is done with them at once."""
        self._joined.pop(call.number, None)

    def redirect(self, leg: Leg, exten: str, *, though_over: bool = False) -> None:
        """Have a leg go on elsewhere in HOLD, as long as the switch has its channel; or `though_over` by then."""
        self._redirected[leg.id] = exten, though_over
        self._soon()

    def stays(self, leg: Leg) -> str:
        """Have a leg not go on elsewhere; give where it was to go, empty: nowhere."""
        return self._redirected.pop(leg.id, ("", False))[0]

    def leave(self, leg: Leg, cause: HangupCause) -> None:
        """Have a leg end."""
        self._leaving[leg.id] = cause
        self._soon()

    def forget(self) -> None:
        """Ask for nothing of it."""
        self._joined.clear()
        self._redirected.clear()
        self._leaving.clear()

    def _soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._is_due = False
        joined, redirected, leaving = self._joined, self._redirected, self._leaving
        self._joined, self._redirected, self._leaving = {}, {}, {}
        link = self._link()
        if link is None or not link.is_up:
            return
        for call in joined.values():
            if not call.is_over:
                self._join_now(link, call)
        for unique, (exten, though_over) in redirected.items():
            leg = self._legs.find(unique)
            if leg is not None and (leg.channel.is_live or though_over):
                link.send("Redirect", Channel=leg.name or leg.id, Context=HOLD, Exten=exten, Priority=1)
        for unique, cause in leaving.items():
            leg = self._legs.find(unique)
            if leg is not None:
                link.send("Hangup", Channel=leg.name or leg.id, Cause=int(cause))
