"""All of a call as one record, and the event that its records are closed, for who tells of calls and not of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cdr import Cdr, Direction, RecordStyle
from pbxsim.pbx.cdr_rows import dialled_alone
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.events import Event

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call, CallOrder
    from pbxsim.pbx.channel import Channel

# Members of an enum are looked up through their class at a cost.
_ASTERISK: Final = RecordStyle.ASTERISK
_CALLS_US: Final = CallKind.INCOMING
_IN, _OUT, _LOCAL = Direction.INCOMING, Direction.OUTGOING, Direction.LOCAL
_FEATURES: Final = ("VoiceMail", "Park", "ParkedCall", "Pickup")


class CallRecorded(Event, frozen=True, eq=False):
    """All records of a call are closed.

    `number`, `folder` and `file` are id and recording of the one that stands for the call: the last in which somebody
    talked, else the last one; the number is 0 where there is none.
    """

    call: Call
    style: RecordStyle
    number: int
    folder: str
    file: str

    @property
    def whole(self) -> Cdr:
        """Give one record of all of the call, as in style CALL, whatever the PBX writes down; made when asked for."""
        return whole_record(self.call, self.style, self.number, self.folder, self.file)


def whole_record(call: Call, style: RecordStyle, number: int, folder: str, file: str) -> Cdr:
    """Make one record of all of a call: of its parties as they were first connected, from then to its end."""
    order, (first, second) = call.order, parties(call)
    src, clid_number, clid_name = order.src, order.second_shows.number, order.second_shows.name
    if style is _ASTERISK:
        src, clid_number, clid_name = caller_id(call, first, first)
    trunk = trunk_name(first, second)
    last_app, last_data = _last(call, second)
    assert call.disposition is not None and call.cause is not None  # noqa: PT018 - `end` has set both
    return Cdr(
        id=number,
        call=call.number,
        vendor=order.vendor,
        start=call.started_at,
        answer=call.bridged_at,
        end=call.ended_at,
        src=src,
        dst=order.dst,
        disposition=call.disposition,
        cause=call.cause,
        direction=direction_of(call, trunk),
        custom=order.custom,
        clid_number=clid_number,
        clid_name=clid_name,
        context=order.context,
        first_peer=first.peer if first else "",
        serial=call.serial,
        first_serial=first.serial if first else 0,
        second_peer=second.peer if second else "",
        second_serial=second.serial if second else 0,
        trunk=trunk,
        account=order.account.name if order.account else "",
        reference=order.reference,
        recording_folder=folder,
        recording_file=file,
        caller=order.src,
        called=order.dst,
        linked_at=call.started_at,
        last_app=last_app,
        last_data=last_data,
        talk=call.bridged_at,
    )


def _last(call: Call, second: Channel | None) -> tuple[str, str]:
    """Give the application that ran last and what it was given: that of a feature, or the Dial of the second party."""
    last = call.known.passages[-1] if call.known.passages else None
    if last is not None and last.app in _FEATURES:
        return last.app, last.data
    return ("Dial", dialled_alone(call, second)) if second is not None else ("", "")


def caller_id(call: Call, party: Channel | None, first: Channel | None) -> tuple[str, str, str]:
    """Give `src`, and number and name of `clid`: of the first channel the order's, of another one its own."""
    if party is not None and party is not first:
        return party.number, party.number, party.line.extension.owner if party.line is not None else ""
    return own_id(call.order)


def own_id(order: CallOrder) -> tuple[str, str, str]:
    """Give the same of the first channel, which has the order's."""
    src, clid = order.src, order.clid
    if clid is not None:
        return clid.number or src, clid.number, clid.name
    shows = order.second_shows
    return src, shows.number or src, shows.name


def parties(call: Call) -> tuple[Channel | None, Channel | None]:
    """Give the channels that one record of the call names."""
    first, second = call.original_parties
    if first is not None and second is not None:
        return first, second
    legs = call.legs
    return first or (legs[0] if legs else None), second or (legs[-1] if 0 < call.second_from < len(legs) else None)


def trunk_name(first: Channel | None, second: Channel | None) -> str:
    for leg in (second, first):
        if leg is not None and leg.trunk is not None:
            return leg.trunk.name
    return ""


def direction_of(call: Call, trunk: str) -> Direction:
    if call.order.kind is _CALLS_US and _came_in(call):
        return _IN
    return _OUT if trunk else _LOCAL


def _came_in(call: Call) -> bool:
    """Tell whether the caller is outside, even one for whom no trunk had room."""
    first, _ = call.original_parties
    return first.trunk is not None if first is not None else isinstance(call.order.first, ToTrunk)
