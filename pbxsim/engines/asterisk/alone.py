"""One Asterisk serves one pbxsim: two would take each other's calls for what an earlier one left, and hang them up.

Whoever goes to an Asterisk that runs asks first, by an event that is told to all who are logged in there, and a pbxsim
that works with it answers. Where `manager.conf` does not allow that (`write = user`), nobody hears, and nobody answers.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final

from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.ami_login import AmiLogin
    from pbxsim.engines.asterisk.link import AmiLink, Event

_ASKS: Final = "PbxsimAsks"
_SERVES: Final = "PbxsimServed"
_LISTENS: Final = 0.25  # seconds in which the other one answers, on this machine or beside it


class Alone:
    """Sees once for a server that no other one works with its Asterisk, and from then on answers whoever asks."""

    def __init__(self) -> None:
        self._life = secrets.token_hex(8)
        self._works = False
        self._asked = False
        self._answered = asyncio.Event()

    def works(self) -> None:
        """Count as the one that works with it."""
        self._works = True

    async def see(self, link: AmiLink, login: AmiLogin) -> None:
        """See that nobody else does, unless that was seen. Raises EngineUnreachable."""
        if self._works:
            return
        self._answered.clear()
        self._tell(link, _ASKS, self._life)
        try:
            await asyncio.wait_for(self._answered.wait(), _LISTENS)
        except TimeoutError:
            self.works()
        else:
            self._asked = False
            where = f"{login.host}:{login.port}"
            raise EngineUnreachable(f"the Asterisk at {where} serves another pbxsim already: it serves one")

    def heard(self, link: AmiLink, event: Event) -> None:
        """Take an event of Asterisk's. All hear them in one order: of two that ask at once the first works."""
        what, life = event.get("userevent"), event.get("life", "")
        mine = life == self._life
        if what == _ASKS and mine:  # Asterisk tells the asker, too: whoever is heard from now on came later
            self._asked = True
        elif what == _ASKS and (self._works or self._asked):
            self._tell(link, _SERVES, life)
        elif what == _SERVES and mine:
            self._answered.set()

    @staticmethod
    def _tell(link: AmiLink, what: str, life: str) -> None:
        link.send("UserEvent", lambda _: None, UserEvent=what, Life=life)
