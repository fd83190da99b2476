"""What Simotel's manual says of how a call goes and which events tell of it, for whoever asks why it went so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.cause import Cause
from pbxsim.pbx.call import CallKind
from pbxsim.vendors.simotel.event_settings import EventName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.vendors.simotel.api import SimotelInterface
    from pbxsim.vendors.simotel.event_settings import EventSettings


def explain(interface: SimotelInterface, call: Call) -> Iterator[Cause]:
    """Tell in which order the parties of a call that was asked for are rung, and why no Cdr event comes."""
    if call.order.vendor == "simotel":
        yield Cause("success says that the call was taken: the first party is called, when it answers the second", "S1")
    why = _no_record(interface.state.settings.events, call)
    if why is not None:
        yield why


def _no_record(events: EventSettings | None, call: Call) -> Cause | None:
    """Say why no Cdr event of a call comes; None where one comes at its end."""
    if events is None:
        return Cause("no event comes, Cdr neither: the settings have no `events`")
    if not events.wants(EventName.CDR):
        return Cause("no Cdr event comes: it is not among those `chosen`, or `events` are not enabled")
    is_told = call.order.kind is CallKind.INCOMING or events.send_unanswered_first_party
    if call.is_over and call.original_parties[0] is None and not is_told:
        return Cause("no Cdr event comes: the first party did not answer", "S111")
    return None
