"""What befell a call beyond a plain dialling of two parties. Most calls have none of it, and then no such object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.clock.instant import Instant  # noqa: TC001 - msgspec reads the annotations of `Note` and `Passage`

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.pbx.call_order import CallerId
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.menu_visit import MenuVisit

Told: TypeAlias = "tuple[Instant, Channel, tuple[str, ...]]"

_KEPT_DIGITS: Final = 1_000
_KEPT_TOLD: Final = 100
_NO_PICKUPS: Final[Mapping[int, Channel]] = {}


class Passage(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What a call came to, at `at`, beyond the Dial of the number asked for.

    `app` and `data` are the application of the dialplan and what it was given. Channels with a serial above `after`
    were made for it. `dst` in `context` is what is dialled from then on; empty: nothing new. `to` is where a menu led.
    `is_heard`: the PBX itself is the other side. Where a transfer led here, `leaves` is who handed on the one who
    `stays`, and `brought` whom an attended one brought, ringing yet or not.
    """

    app: str
    at: Instant
    after: int
    data: str = ""
    is_heard: bool = False
    dst: str = ""
    context: str = ""
    to: Destination | None = None
    stays: Channel | None = None
    leaves: Channel | None = None
    brought: tuple[Channel, ...] = ()


class Note(msgspec.Struct, frozen=True, eq=False):
    """Something that happened to a call and leaves no other trace in it: when, the event's name, and more in words."""

    at: Instant
    event: str
    detail: str


class CallHistory:
    """`forgotten` are legs that are among the call's no more; `passages` what it came to beyond its Dial, in order;
    `pickups` tells by serial of the leg that rang who picked the call up there. `menus` are those that the caller
    heard, `digits` the last that were pressed, with when and at which leg; `told` is what parties heard of a queue:
    when, on which channel, names of sounds and numbers; `notes` what else there is for the timeline.

    `before_transfer` are the parties that were connected first, where others are left; `spied_on` is the channel that a
    spy listens to; `diversions` counts how often the call was diverted, or a component asked about it. Where parties
    were connected again, the present ones were at `connected_at`; `shows` is what the next party's display shows, None:
    what the order says. `second_from` is where among the legs the second party's begin, where a transfer has moved
    that; else 0.

    Tuples: a call in a queue has one of these things, and empty ones cost it nothing.
    """

    __slots__ = (
        "before_transfer",
        "connected_at",
        "digits",
        "diversions",
        "forgotten",
        "menus",
        "notes",
        "passages",
        "pickups",
        "second_from",
        "shows",
        "spied_on",
        "told",
    )

    def __init__(self) -> None:
        self.forgotten: tuple[Channel, ...] = ()
        self.passages: tuple[Passage, ...] = ()
        self.pickups: Mapping[int, Channel] = _NO_PICKUPS
        self.menus: tuple[MenuVisit, ...] = ()
        self.digits: tuple[tuple[Instant, Channel, str], ...] = ()
        self.told: tuple[Told, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.before_transfer: tuple[Channel, Channel | None] | None = None
        self.spied_on: Channel | None = None
        self.diversions = 0
        self.connected_at: Instant = 0
        self.shows: CallerId | None = None
        self.second_from = 0

    def note(self, at: Instant, event: str, detail: str) -> None:
        """Add a note."""
        self.notes += (Note(at, event, detail),)

    def came_to(self, passage: Passage) -> None:
        """Add what it came to."""
        self.passages += (passage,)

    def entered(self, visit: MenuVisit) -> None:
        """Add a menu."""
        self.menus += (visit,)

    def pressed(self, at: Instant, channel: Channel, digit: str) -> None:
        """Add a digit, in place of the oldest where there are as many as are kept."""
        self.digits = (*self.digits[1 - _KEPT_DIGITS :], (at, channel, digit))

    def heard(self, at: Instant, channel: Channel, said: tuple[str, ...]) -> None:
        """Add what a party heard of a queue, in place of the oldest where there is as much as is kept."""
        self.told = (*self.told[1 - _KEPT_TOLD :], (at, channel, said))

    def picked_up(self, rung: Channel, by: Channel) -> None:
        """Add who picked it up where it rang."""
        self.pickups = {**self.pickups, rung.serial: by}


NOTHING: Final = CallHistory()
"""The history of a call that has none; nothing is ever put into it."""
