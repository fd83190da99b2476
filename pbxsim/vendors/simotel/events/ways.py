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


def tell_ways(pbx: Pbx, poster: Poster) -> None:
    """Post these events from now on."""

    def on_dialed(event: LegDialed) -> None:
        channel = event.channel
        if channel.trunk is not None:
            _tell_trunk_leg(poster, channel, channel.trunk.name)

    def on_transferred(event: CallTransferred) -> None:
        call = event.call
        handed_on = call.first.number if call.first is not None else ""
        numbers = {"transferer": event.by.number, "transferred_from": handed_on, "transferred_to": event.to}
        poster.post(EventName.TRANSFER, ids(call) | numbers, call.number)

    pbx.events.subscribe(LegDialed, on_dialed)
    pbx.events.subscribe(CallTransferred, on_transferred)


def _tell_trunk_leg(poster: Poster, channel: Channel, trunk: str) -> None:
    call = channel.call
    came_in = channel.is_calling
    event = EventName.INCOMING_CALL if came_in else EventName.OUTGOING_CALL
    point = {"entry_point" if came_in else "outgoing_point": trunk}
    reference = originated(call.order.vendor, call.order.reference)
    poster.post(event, {"number": channel.number, **ids(call), **point, **reference}, call.number)
