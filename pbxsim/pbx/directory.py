"""Who is connected: extensions, lines, trunks, outbound routes, numbering plans, contexts; and their lookups.

A directory does not change while the PBX runs, but for what telephones say of themselves (they register, and are told
to refuse or divert calls), and what each line and trunk is busy with. What a number *means* is in dialplan.py.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.errors import AmbiguousExtension, DialplanNotFound, ExtensionNotFound, OutboundRouteNotFound
from pbxsim.pbx.events import DiversionChanged, DoNotDisturbChanged, LineRegistered, LineUnregistered
from pbxsim.pbx.extension_index import ExtensionIndex, indexed
from pbxsim.pbx.numbers import LONGEST_DIALLED, is_dialable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.feature import Feature


_DOWN = ChannelState.DOWN  # looked up through its class it costs more than all else that `is_full` does


class DeviceState(IntEnum):
    """How a telephone looks from outside: Asterisk's device states and numbers (include/asterisk/devicestate.h)."""

    NOT_IN_USE = 1
    IN_USE = 2
    BUSY = 3
    INVALID = 4
    UNAVAILABLE = 5
    RINGING = 6
    RING_IN_USE = 7
    ON_HOLD = 8


class Registration(msgspec.Struct, frozen=True):
    """Where a SIP account was last registered from.

    `host` is empty when it is not registered now; the rest is then what a PBX still remembers of it. `status` is the
    qualify result as `sip show peers` words it, e.g. `OK (35 ms)`; empty means that the account is not monitored.
    """

    host: str = ""
    port: int = 0
    contact: str = ""
    user_agent: str = ""
    status: str = ""

    @property
    def contact_host(self) -> str:
        """Give the host of the Contact address (RFC 3261, 20.10): behind `@`, before port and parameters."""
        address = self.contact.partition(":")[2].rpartition("@")[2].partition(";")[0]
        if address.startswith("["):
            return address[1:].partition("]")[0]
        return address.partition(":")[0]


class Diversion(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers to which a line's calls go instead, in the extension's numbering plan; empty: they do not.

    `always` for every call, `busy` for one that it refuses or has no room for, `no_answer` for one that it does not
    take within `after` microseconds or for which it is not there.
    """

    always: str = ""
    busy: str = ""
    no_answer: str = ""
    after: Duration = 20 * SECOND


class Line:
    """A SIP account of an extension, on one telephone.

    `max_calls` is how many calls it takes at once (1 or more). `resting_state` is the channel state it shows without
    any call of ours: DOWN, or e.g. OFF_HOOK for a handset left beside its cradle; in any but DOWN it takes no call.
    `order` is its place where SIP accounts, those of lines and trunks together, are listed: the smaller first. While
    `do_not_disturb` is on, the telephone refuses what rings there as busy. `diversion` is where its calls go instead.
    `transfers_on_hang_up`: a receiver put down in a consultation connects the held party (Snom's "Transfer on Onhook").
    """

    __slots__ = (
        "channels",
        "diversion",
        "do_not_disturb",
        "extension",
        "id",
        "max_calls",
        "order",
        "registration",
        "resting_state",
        "transfers_on_hang_up",
        "user",
    )

    def __init__(
        self,
        *,
        id: int,  # noqa: A002 - the vendor's own word: table `extensions`, column `id`
        user: str,
        max_calls: int = 2,
        registration: Registration | None = None,
        resting_state: ChannelState = ChannelState.DOWN,
        order: int = 0,
        transfers_on_hang_up: bool = False,
    ) -> None:
        self.id = id
        self.user = user
        self.max_calls = max_calls
        self.order = order
        self.registration = registration or Registration()
        self.resting_state = resting_state
        self.transfers_on_hang_up = transfers_on_hang_up
        self.extension: Extension
        self.do_not_disturb = False
        self.diversion: Diversion | None = None
        self.channels: list[Channel] = []

    @property
    def is_registered(self) -> bool:
        """Tell whether the telephone can be reached now."""
        return self.registration.host != ""

    @property
    def is_full(self) -> bool:
        """Tell whether the telephone takes no further call."""
        return len(self.channels) >= self.max_calls or self.resting_state is not _DOWN

    @property
    def channel_state(self) -> ChannelState:
        """Give the state of its oldest channel, or what it shows at rest."""
        return self.channels[0].shown_state if self.channels else self.resting_state

    @property
    def device_state(self) -> DeviceState:
        """Sum up its channels as chan_sip does with `notifyhold` (chan_sip.c, sip_devicestate): who holds comes first,
        and a telephone rings from the INVITE on, before it says so.
        """
        if not self.is_registered:
            return DeviceState.UNAVAILABLE
        if not self.channels:
            return _RESTING.get(self.resting_state, DeviceState.BUSY)
        return self._device_state_in_call()

    def _device_state_in_call(self) -> DeviceState:
        if any(channel.is_held for channel in self.channels):
            return DeviceState.ON_HOLD
        ringing = [channel for channel in self.channels if channel.state in _RINGS]
        if ringing:
            return DeviceState.RINGING if len(ringing) == len(self.channels) else DeviceState.RING_IN_USE
        return DeviceState.BUSY if self.is_full else DeviceState.IN_USE


_RINGS = (ChannelState.DIALING, ChannelState.RINGING)

_RESTING = {
    ChannelState.DOWN: DeviceState.NOT_IN_USE,
    ChannelState.RESERVED: DeviceState.INVALID,
    ChannelState.OFF_HOOK: DeviceState.IN_USE,
    ChannelState.DIALING: DeviceState.IN_USE,
    ChannelState.RING: DeviceState.IN_USE,
    ChannelState.RINGING: DeviceState.RINGING,
    ChannelState.UP: DeviceState.IN_USE,
}


class Extension(Entity, eq=False, kw_only=True):
    """A subscriber: an internal number in a numbering plan, any public numbers, lines that ring together.

    `caller_id` is what it shows outside; empty: its first public number, else the internal one. `records` is the
    recording switch; `special_diversion` is Duocom's "Desvio Especial", which lets it be called by `extXXXX`. Who dials
    it and is not answered within `rings_for` (0: as long as the call would ring) comes to `mailbox`, empty: nowhere.
    Who has one of its `call_group` in `pickup_group` may pick its calls up.
    """

    id: int
    internal: str
    dialplan: str
    lines: list[Line]
    public: tuple[str, ...] = ()
    owner: str = ""
    caller_id: str = ""
    records: bool = False
    special_diversion: bool = False
    mailbox: str = ""
    rings_for: Duration = 0
    call_group: frozenset[str] = frozenset()
    pickup_group: frozenset[str] = frozenset()

    @property
    def outside_number(self) -> str:
        """Give the number that it shows to the outside world."""
        return self.caller_id or (self.public[0] if self.public else self.internal)


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


class Directory:
    """All of the above with its lookups. Duplicate ids, users, names and public numbers are the builder's to refuse.

    `bus` is the PBX's, from when it has this directory on: what telephones say of themselves is told there.
    `before` is another whose extensions are these, too, but for those given here (extension_index.py).
    """

    def __init__(
        self,
        *,
        extensions: Sequence[Extension] = (),
        before: Directory | None = None,
        trunks: Sequence[Trunk] = (),
        routes: Sequence[OutboundRoute] = (),
        dialplans: Sequence[NumberingPlan] = (),
        contexts: Sequence[Context] = (),
        dids: Sequence[Did] = (),
        features: Sequence[Feature] = (),
    ) -> None:
        self.bus: EventBus
        self.features = tuple(features)
        self.trunks = {trunk.name: trunk for trunk in trunks}
        self.routes = tuple(routes)
        self.dialplans = {plan.name: plan for plan in dialplans}
        plans = {plan.name: Context(name=plan.name, dialplan=plan.name, routes=self.routes) for plan in dialplans}
        self.contexts = plans | {context.name: context for context in contexts}
        self.dids = {did.number: did for did in dids}
        index = indexed(extensions, None if before is None else before.index)
        self.extensions, self._by_id, self._by_public, self._by_internal = index
        self.lines: dict[str, Line] = {} if before is None else before.lines.copy()
        for extension in extensions:
            for line in extension.lines:
                self.lines[line.user] = line
                line.extension = extension

    @property
    def index(self) -> ExtensionIndex[Extension]:
        """Give its extensions by all that they are found by."""
        return self.extensions, self._by_id, self._by_public, self._by_internal

    # -- what telephones say of themselves ------------------------------------------------------------------------

    def register(self, line: Line, registration: Registration) -> None:
        """Note where a telephone is registered from now on; tell so if it was not, or was elsewhere (host or port).

        An engine calls it as often as it likes: a refreshed registration, or another `status`, is noted and no event.
        Raises ValueError for a registration without a host.
        """
        if not registration.host:
            raise ValueError(f"{line.user} cannot be registered from nowhere")
        before, line.registration = line.registration, registration
        if (before.host, before.port) != (registration.host, registration.port):
            self.bus.emit(LineRegistered(line))

    def unregister(self, line: Line) -> None:
        """Note that a telephone is registered no more, and tell so; nothing happens if it was not.

        All else that is known of it stays. Its calls go on: what becomes of those that ring there, the engine reports.
        """
        before = line.registration
        if not before.host:
            return
        status = "UNKNOWN" if before.status else ""  # an account that is not monitored stays so
        line.registration = msgspec.structs.replace(before, host="", port=0, status=status)
        self.bus.emit(LineUnregistered(line))

    def do_not_disturb(self, line: Line, *, on: bool) -> None:
        """Note that a telephone refuses every call from now on, or takes calls again; tell so if that is new."""
        if line.do_not_disturb != on:
            line.do_not_disturb = on
            self.bus.emit(DoNotDisturbChanged(line))

    def divert(self, line: Line, diversion: Diversion | None) -> None:
        """Note where calls to a telephone go instead from now on, None: they do not; tell so if that is new."""
        if line.diversion != diversion:
            line.diversion = diversion
            self.bus.emit(DiversionChanged(line))

    # -- lookups --------------------------------------------------------------------------------------------------

    def public(self, number: str) -> Extension:
        """Find the extension with that public number. Raises ExtensionNotFound."""
        return _found(self._by_public.get(number))

    def public_or_none(self, number: str) -> Extension | None:
        """Find the extension with that public number, if it is one of ours."""
        return self._by_public.get(number)

    def by_id(self, extension_id: int) -> Extension:
        """Find the extension with that id (VoIPSUN: column `id` of table `extensions`). Raises ExtensionNotFound."""
        return _found(self._by_id.get(extension_id))

    def line(self, user: str) -> Line:
        """Find the line with that SIP user name. Raises ExtensionNotFound."""
        line = self.lines.get(user)
        if line is None:
            raise ExtensionNotFound
        return line

    def internal(self, number: str, dialplan: str | None = None) -> Extension:
        """Find an internal number, in one numbering plan or, with None, in any if only one has it.

        Raises DialplanNotFound, ExtensionNotFound, AmbiguousExtension (several plans have it and none was named).
        """
        if dialplan is not None and dialplan not in self.dialplans:
            raise DialplanNotFound(dialplan)
        having = self._by_internal.get(number, [])
        found = having if dialplan is None else [extension for extension in having if extension.dialplan == dialplan]
        if len(found) > 1:
            raise AmbiguousExtension(number)
        return _found(found[0] if found else None)

    def internal_or_none(self, number: str, dialplan: str) -> Extension | None:
        """Find an internal number of that numbering plan, if there is one."""
        for extension in self._by_internal.get(number, ()):
            if extension.dialplan == dialplan:
                return extension
        return None

    def route(self, name: str) -> OutboundRoute:
        """Find the outbound route with that name. Raises OutboundRouteNotFound."""
        return self._route(route for route in self.routes if route.name == name)

    def route_by_id(self, route_id: int) -> OutboundRoute:
        """Find the outbound route with that id (VoIPSUN: table `outroute`). Raises OutboundRouteNotFound."""
        return self._route(route for route in self.routes if route.id == route_id)

    @staticmethod
    def _route(found: Iterable[OutboundRoute]) -> OutboundRoute:
        route = next(iter(found), None)
        if route is None:
            raise OutboundRouteNotFound
        return route


def _found(extension: Extension | None) -> Extension:
    if extension is None:
        raise ExtensionNotFound
    return extension
