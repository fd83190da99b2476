"""A call's record as the vendor's reports show it: its keys, their order, and what stands in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.vendors.simotel.ids import CDR, record_name, row_id
from pbxsim.vendors.simotel.reports.dates import RawDate, hhmmss, raw

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.vendors.simotel.reports.dates import ReportDates

_NEVER_REACHED: Final = "OutgoingSpoolFailed"


def cdr_id(cdr: Cdr) -> str:
    """Give a record's `_id`."""
    return row_id(cdr.end, CDR, cdr.id)


def waited(cdr: Cdr) -> int:
    """Give the full seconds before the parties were connected, or until the end if they never were."""
    return ((_answered(cdr) or cdr.end) - cdr.start) // SECOND


def lasted(cdr: Cdr) -> int:
    """Give the seconds that a record lasted; of one that nobody answered, from when its first party was up (R306)."""
    return cdr.billsec if cdr.answer and cdr.disposition is not Disposition.ANSWERED else cdr.duration


def _answered(cdr: Cdr) -> Instant:
    """Tell since when the parties talk, or whoever answers for the PBX has the caller; 0: never."""
    return cdr.talk or (cdr.answer if cdr.disposition is Disposition.ANSWERED else 0)


def talked(cdr: Cdr) -> int:
    """Give the seconds of the talk, or those that the first party was up for nothing (R306)."""
    return cdr.talked if cdr.talk else cdr.billsec


def cdr_row(cdr: Cdr, dates: ReportDates) -> dict[str, object]:
    """Give a record as `reports/quick/search` and `reports/cdr/ordered/id` show it."""
    name, answered, last_app, last_data = cdr.linked_id, cdr.talk or cdr.answer, *_last(cdr)
    way, disposition, start = cdr.direction.value, cdr.disposition.value, dates.local(cdr.start)
    talk, wait = talked(cdr), waited(cdr)
    return {
        "_id": cdr_id(cdr),
        "type": way,
        "cuid": name,
        "clid": plain(f'"{cdr.clid_name}" <{cdr.clid_number}>'),
        "src": plain(cdr.src),
        "dst": plain(cdr.dst or cdr.called),
        "dcontext": plain(cdr.context),
        "channel": _NEVER_REACHED if _is_unreached(cdr) else cdr.channel,
        "dstchannel": cdr.dst_channel,
        "lastapp": last_app,
        "lastdata": plain(last_data),
        "start": start,
        "answer": dates.gregorian(answered) if answered else "",
        "duration": lasted(cdr),
        "billsec": talk,
        "disposition": disposition,
        "amaflags": "DOCUMENTATION",
        "accountcode": "",
        "uniqueid": name,
        "userfield": "",
        "sequence": str(cdr.id),
        "comment": f"originated call: {cdr.reference}" if is_originated(cdr) else "",
        "v": 2,
        **_points(cdr),
        "route": _route(cdr),
        "wait": wait,
        "starttime": start,
        "endtime": dates.local(cdr.end),
        **({"record": record_name(cdr)} if cdr.recording_file else {}),
        disposition: 1,
        way: 1,
        "billsec_hhmmss": hhmmss(talk),
        "wait_hhmmss": hhmmss(wait),
    }


def cdr_search_row(cdr: Cdr, dates: ReportDates) -> dict[str, object]:
    """Give it as `reports/cdr/search` does: the end as the database has it, and one key more."""
    row = cdr_row(cdr, dates)
    row["endtime"] = raw(cdr.end)
    row["duration_hhmmss"] = hhmmss(lasted(cdr))
    return row


def is_originated(cdr: Cdr) -> bool:
    """Tell whether the call was asked for by `call/originate/act`."""
    return cdr.vendor == "simotel" and bool(cdr.reference)


def plain(text: str) -> str:
    """Spell what is no character, so that JSON can hold it: another vendor's clients may have sent such bytes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_unreached(cdr: Cdr) -> bool:
    return is_originated(cdr) and not cdr.answer and not cdr.second_serial


def _last(cdr: Cdr) -> tuple[str, str]:
    """Give the last application of the dialplan and its data, as the vendor's dialplan dials."""
    if not cdr.second_serial:
        return "Hangup", ""
    if _leaves_by_trunk(cdr):
        return "Dial", f"SIP/{cdr.trunk}/{cdr.dst},30,TtKk"
    return "Dial", f"SIP/{cdr.second_peer},,TtKkg"


def _leaves_by_trunk(cdr: Cdr) -> bool:
    return bool(cdr.trunk) and cdr.second_peer == cdr.trunk


def _points(cdr: Cdr) -> dict[str, object]:
    """Give the keys that not every record has: by which trunk the call came or went, and who asked for it."""
    points: dict[str, object] = {}
    if cdr.direction is Direction.INCOMING:
        points = {"did": plain(cdr.dst), "entry_point": cdr.trunk}
    elif cdr.direction is Direction.OUTGOING:
        points = {"outgoing_point": cdr.trunk}
    if is_originated(cdr):
        points["originated_call_id"] = cdr.reference
    return points


class Step(msgspec.Struct, frozen=True, gc=False):
    """A step of a call's way: its seconds, and the moment at which it was over."""

    type: str
    name: str
    duration: float
    date: RawDate


def _route(cdr: Cdr) -> tuple[Step, ...]:
    """Give the call's way through the dialplan."""
    way = "Incoming" if cdr.direction is Direction.INCOMING else "Outgoing"
    first = Step(f"{way}Route", f"{way} Route", 0.0, raw(cdr.start))
    if not cdr.second_serial:
        return (first,)
    where = "Trunk" if _leaves_by_trunk(cdr) else "Extension"
    return first, Step(where, where, (cdr.end - cdr.start) / SECOND, raw(cdr.end))
