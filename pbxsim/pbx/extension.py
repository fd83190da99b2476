"""An extension, and its lines: what each is registered as, what it is busy with, and how it looks from outside."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.entity import Entity

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel

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
