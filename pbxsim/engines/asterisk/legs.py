"""The legs of one engine's life: what Asterisk calls each, and the channel of the switch that it is.

An id is given by us (`ChannelId`), so that no answer must be waited for before a leg can be told from others. All have
one length: Asterisk refuses an id that begins as that of a channel which is there. They begin with a mark of the PBX:
whatever else bears it, and is not known here, is left from an earlier life.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.clock.scheduler import TimerId
    from pbxsim.engines.simulated.behaviour import LegPlan
    from pbxsim.pbx.channel import Channel

_MARK_LETTERS = 6


class Fork:
    """The legs that ring for one channel of the switch: the first that answers is it, and the others are let go."""

    __slots__ = ("_is_busy", "legs")

    def __init__(self) -> None:
        self.legs: list[Leg] = []
        self._is_busy = False

    def won(self, leg: Leg) -> list[Leg]:
        """Hear that one has answered; give the others."""
        others = [each for each in self.legs if each is not leg]
        self.legs = [leg]
        self._is_busy = False
        return others

    def over(self, leg: Leg, cause: HangupCause) -> HangupCause | None:
        """Hear that one is over; give what it amounts to for them all, None where another rings on or has answered.

        As app_dial has it, somebody who is busy counts more than whatever else went wrong.
        """
        if leg not in self.legs:
            return None
        self.legs.remove(leg)
        self._is_busy |= cause is HangupCause.USER_BUSY
        if self.legs:
            return None
        return HangupCause.USER_BUSY if self._is_busy else cause


class Leg:
    """What the engine keeps on a channel of the switch.

    `id` is Asterisk's Uniqueid of it, `name` its channel's name once there is one, `fate` that of a simulated party.
    `doomed` is why it was hung up before Asterisk had made it; `timer` ends a simulated party's talk, or patience.
    `is_coming`: it is an acted caller's, and not there yet. `is_given_up`: Asterisk ends it by itself. `fork` are all
    that ring for the same channel.
    """

    __slots__ = ("channel", "doomed", "fate", "fork", "id", "is_coming", "is_given_up", "name", "timer")

    def __init__(self, unique: str, name: str = "", fate: LegPlan | None = None) -> None:
        self.id = unique
        self.name = name
        self.fate = fate
        self.channel: Channel
        self.doomed: HangupCause | None = None
        self.timer: TimerId = 0
        self.is_coming = False
        self.is_given_up = False
        self.fork = Fork()
        self.fork.legs.append(self)

    @property
    def is_wanted(self) -> bool:
        """Tell whether no other leg has answered in its place."""
        return self in self.fork.legs

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

    def dialled(self, channel: Channel, fate: LegPlan | None = None, count: int = 1) -> list[Leg]:
        """Make so many legs, 1 to 99, of which the first that answers is the channel: they are to be dialled now."""
        fork = Fork()
        for place in range(count):
            leg = Leg(f"{self.mark}{self._life}-{channel.serial:08d}{place:02d}", fate=fate)
            leg.channel = channel
            leg.fork = fork
            self._known[leg.id] = leg
            fork.legs.append(leg)
        channel.engine_data = fork.legs[0]
        return list(fork.legs)

    def won(self, leg: Leg) -> list[Leg]:
        """Hear that a leg has answered: its channel is that one; give those that are to be let go."""
        leg.channel.engine_data = leg
        return leg.fork.won(leg)

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

    def all_of(self, channel: Channel) -> list[Leg]:
        """Give the legs that are, or may become, a channel, if Asterisk has it."""
        leg = self.of(channel)
        return list(leg.fork.legs) if leg is not None else []

    def name_of(self, channel: Channel) -> str:
        """Give what Asterisk calls a channel, or its id where Asterisk has not told its name yet."""
        leg = self.of(channel)
        return (leg.name or leg.id) if leg is not None else channel.name

    def find(self, unique: str) -> Leg | None:
        """Find a leg by Asterisk's Uniqueid, which may be that of a Local channel's other half."""
        return self._known.get(unique.removesuffix(OTHER_HALF))

    def gone(self, leg: Leg) -> None:
        """Forget a leg."""
        self._known.pop(leg.id, None)

    def over(self, leg: Leg, cause: HangupCause) -> HangupCause | None:
        """Forget a leg that ended so; give what that amounts to for its channel, None where that goes on without it."""
        self.gone(leg)
        amounts_to = leg.fork.over(leg, cause)
        if amounts_to is None and leg.channel.engine_data is leg:
            leg.channel.engine_data = leg.fork.legs[0]
        return amounts_to

    def __iter__(self) -> Iterator[Leg]:
        return iter(list(self._known.values()))


OTHER_HALF = ".b"
"""What a Local channel's second half has behind the id of the first."""
