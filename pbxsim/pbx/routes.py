"""Where numbers lead: trunks, outbound routes, contexts with their steps, DIDs and numbering plans."""

from __future__ import annotations

import msgspec

from pbxsim.pbx.extension import Registration
from pbxsim.pbx.numbers import LONGEST_DIALLED, is_dialable


class Trunk:
    """A way out of the PBX. `capacity` is in channels, both directions together; None is no limit.

    `caller_id` replaces what the calling side would show, where set. `in_use` counts its live channels. `order` is its
    place among the listed SIP accounts, as a Line's. A number of up to `longest_number` digits can be dialled over it.
    """

    __slots__ = ("caller_id", "capacity", "id", "in_use", "longest_number", "name", "order", "registration")

    def __init__(
        self,
        *,
        id: int,  # noqa: A002 - as Line
        name: str,
        capacity: int | None = None,
        registration: Registration | None = None,
        caller_id: str = "",
        order: int = 0,
        longest_number: int = LONGEST_DIALLED,
    ) -> None:
        self.id = id
        self.name = name
        self.capacity = capacity
        self.longest_number = longest_number
        self.order = order
        self.registration = registration or Registration()
        self.caller_id = caller_id
        self.in_use = 0

    @property
    def has_room(self) -> bool:
        """Tell whether one more channel fits."""
        return self.capacity is None or self.in_use < self.capacity

    def can_dial(self, number: str) -> bool:
        """Tell whether that is a number which can be dialled over it, by its form alone."""
        return is_dialable(number, self.longest_number)


class OutboundRoute(msgspec.Struct, frozen=True, kw_only=True):
    """Which dialled numbers leave by which trunks: Asterisk patterns, trunks in order of preference.

    `strip` digits are cut from the front of the number and `prepend` put before it, on the trunk only. With `answers`
    the dialplan answers a caller before it dials.
    """

    id: int
    name: str
    patterns: tuple[str, ...]
    trunks: tuple[Trunk, ...]
    strip: int = 0
    prepend: str = ""
    answers: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What a context does with a number that fits: exactly one of the fields says it.

    `extension`: ring that internal number. `dial`: dial that number instead. `route`: leave by that route. `queue`,
    `group`, `menu`: wait in that queue, ring that ring group, choose in that menu. `component`: have that component's
    server say where to. `voicemail`: leave a message in that mailbox. `hours`: go where that schedule says.
    `play_seconds`: answer, play for so long, hang up. `hangup`: refuse with that Q.850 cause. With `answers` a caller
    is answered before anybody is rung.
    """

    extension: str = ""
    dial: str = ""
    route: str = ""
    queue: str = ""
    group: str = ""
    menu: str = ""
    component: str = ""
    voicemail: str = ""
    hours: str = ""
    play_seconds: float | None = None
    hangup: int = 0
    answers: bool = False


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a number means to someone who dials in it (Asterisk's dialplan context).

    Tried in this order: its own `entries`, the extensions of `dialplan`, its `routes`, then the contexts it `includes`.
    """

    name: str
    dialplan: str = ""
    entries: tuple[tuple[str, Step], ...] = ()
    routes: tuple[OutboundRoute, ...] = ()
    includes: tuple[str, ...] = ()


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """One of the PBX's own public numbers that is no extension's: where a call to it goes, seen from `context`."""

    number: str
    context: str
    step: Step


class NumberingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A numbering plan: the namespace of internal numbers. Every plan is also the context of that name."""

    id: int
    name: str
