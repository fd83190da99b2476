"""Cdr: what became of a call, told when its record is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Direction
from pbxsim.pbx.events import CallEnded
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import originated
from pbxsim.vendors.simotel.ids import record_name

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster

_FAILED = "failed"  # Asterisk's extension for a call whose first party was not had


class Records:
    """Posts Cdr, but, unless the settings say otherwise, not for a call whose first party did not answer."""

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._poster = poster
        self._trunks = pbx.directory.trunks
        self._unanswered_first: tuple[int, str] = 0, ""
        pbx.events.subscribe(CallEnded, self._on_ended)
        pbx.events.subscribe(CallRecorded, self._on_recorded)

    def _on_ended(self, event: CallEnded) -> None:
        """Note that the first party did not answer, and what it was shown: the record, which is next, does not tell."""
        call = event.call
        if call.order.kind is not CallKind.INCOMING and call.original_parties[0] is None:
            self._unanswered_first = call.number, _shown(call)

    def _on_recorded(self, event: CallRecorded) -> None:
        cdr = event.whole
        number, shown = self._unanswered_first
        if cdr.call != number:
            self._post(cdr, cdr.src, cdr.dst)
        elif self._poster.settings.send_unanswered_first_party:
            self._post(cdr, shown, _FAILED)

    def _post(self, cdr: Cdr, src: str, dst: str) -> None:
        moment = self._poster.moment
        fields: dict[str, object] = {"starttime": moment(cdr.start), "endtime": moment(cdr.end), "src": src, "dst": dst}
        fields |= {"type": cdr.direction.value, "disposition": cdr.disposition.value, **_seconds(cdr)}
        record, name = record_name(cdr), cdr.unique_id
        fields |= {"record": record} if record else {}
        fields |= {"unique_id": name, "cuid": name, **self._points(cdr), **originated(cdr.vendor, cdr.reference)}
        self._poster.post(EventName.CDR, fields, cdr.call)

    def _points(self, cdr: Cdr) -> dict[str, str]:
        """Name the trunk by which the call came in, and the one by which it, or its last party, went out."""
        came_in = cdr.direction is Direction.INCOMING
        into = cdr.first_peer if came_in else ""
        peers = (cdr.second_peer,) if came_in else (cdr.second_peer, cdr.first_peer)
        out = next((peer for peer in peers if peer in self._trunks), "")
        return ({"entry_point": into} if into else {}) | ({"outgoing_point": out} if out else {})


def _seconds(cdr: Cdr) -> dict[str, int]:
    """Give the talk and the wait before it; of a call that nobody answered, the whole of it, which was all waiting."""
    if cdr.disposition is Disposition.ANSWERED:
        return {"billsec": cdr.billsec, "wait": (cdr.answer - cdr.start) // SECOND}
    return {"duration": cdr.duration, "wait": cdr.duration}


def _shown(call: Call) -> str:
    shows = call.order.first_shows
    return shows.number or shows.name or call.order.src
