"""IncomingCall, OutgoingCall, Transfer: a call comes in or goes out by a trunk, a user hands one on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.events import CallTransferred, LegDialed
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import ids, originated

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster


class Ways:
    """Posts IncomingCall, OutgoingCall and Transfer."""

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._poster = poster
        pbx.events.subscribe(LegDialed, self._on_dialed)
        pbx.events.subscribe(CallTransferred, self._on_transferred)

    def _on_dialed(self, event: LegDialed) -> None:
        if event.channel.trunk is not None:
            self._tell_trunk_leg(event.channel, event.channel.trunk.name)

    def _on_transferred(self, event: CallTransferred) -> None:
        call = event.call
        handed_on = call.first.number if call.first is not None else ""
        numbers = {"transferer": event.by.number, "transferred_from": handed_on, "transferred_to": event.to}
        self._poster.post(EventName.TRANSFER, ids(call) | numbers, call.number)

    def _tell_trunk_leg(self, channel: Channel, trunk: str) -> None:
        call = channel.call
        came_in = channel.is_calling
        event = EventName.INCOMING_CALL if came_in else EventName.OUTGOING_CALL
        point = {"entry_point" if came_in else "outgoing_point": trunk}
        reference = originated(call.order.vendor, call.order.reference)
        self._poster.post(event, {"number": channel.number, **ids(call), **point, **reference}, call.number)
