"""The legs of one engine's life: what Asterisk calls each, and the channel of the switch that it is.

An id is given by us (`ChannelId`), so that no answer must be waited for before a leg can be told from others. All have
one length: Asterisk refuses an id that begins as that of a channel which is there. They begin with a mark of the PBX:
whatever else bears it, and is not known here, is left from an earlier life.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.clock.scheduler import TimerId
    from pbxsim.engines.simulated.behaviour import LegPlan
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.channel import Channel

_MARK_LETTERS = 6


class Leg:
    """What the engine keeps on a channel of the switch.

    `id` is Asterisk's Uniqueid of it, `name` its channel's name once there is one, `fate` that of a simulated party.
    `doomed` is why it was hung up before Asterisk had made it; `timer` ends a simulated party's talk, or patience.
    `is_coming`: it is an acted caller's, and not there yet.
    """

    __slots__ = ("channel", "doomed", "fate", "id", "is_coming", "name", "timer")

    def __init__(self, unique: str, name: str = "", fate: LegPlan | None = None) -> None:
        self.id = unique
        self.name = name
        self.fate = fate
        self.channel: Channel
        self.doomed: HangupCause | None = None
        self.timer: TimerId = 0
        self.is_coming = False

    @property
    def exists(self) -> bool:
        """Tell whether Asterisk has told of it."""
        return self.name != ""


class Legs:
    """All legs that Asterisk has, or is about to make, by id."""

    def __init__(self, pbx: str) -> None:
        self.mark = f"pbxsim-{hashlib.sha256(pbx.encode()).hexdigest()[:_MARK_LETTERS]}-"
        self._life = secrets.token_hex(_MARK_LETTERS // 2)
        self._known: dict[str, Leg] = {}

    def dialled(self, channel: Channel, fate: LegPlan | None) -> Leg:
        """Give a leg an id, for it is to be dialled now."""
        leg = Leg(f"{self.mark}{self._life}-{channel.serial:08d}", fate=fate)
        leg.channel = channel
        channel.engine_data = self._known[leg.id] = leg
        return leg

    def comes(self, leg: Leg) -> None:
        """Know the leg of somebody who calls: the switch asks about it as soon as it has made its channel."""
        self._known[leg.id] = leg

    def of(self, channel: Channel) -> Leg | None:
        """Give the leg of a channel, if Asterisk has it."""
        leg = channel.engine_data
        if not isinstance(leg, Leg) or self._known.get(leg.id) is not leg:
            return None
        leg.channel = channel
        return leg

    def find(self, unique: str) -> Leg | None:
        """Find a leg by Asterisk's Uniqueid, which may be that of a Local channel's other half."""
        return self._known.get(unique.removesuffix(OTHER_HALF))

    def gone(self, leg: Leg) -> None:
        """Forget a leg."""
        self._known.pop(leg.id, None)

    def __iter__(self) -> Iterator[Leg]:
        return iter(list(self._known.values()))


OTHER_HALF = ".b"
"""What a Local channel's second half has behind the id of the first."""
