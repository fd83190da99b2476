"""A call's record as the vendor's reports show it: its keys, their order, and what stands in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.vendors.simotel.ids import CDR, record_name, row_id
from pbxsim.vendors.simotel.reports.dates import hhmmss, raw

if TYPE_CHECKING:
    from pbxsim.vendors.simotel.reports.dates import ReportDates

_NEVER_REACHED: Final = "OutgoingSpoolFailed"


def cdr_id(cdr: Cdr) -> str:
    """Give a record's `_id`."""
    return row_id(cdr.end, CDR, cdr.id)


def waited(cdr: Cdr) -> int:
    """Give the full seconds before the parties were connected, or until the end if they never were."""
    return ((cdr.answer or cdr.end) - cdr.start) // SECOND


def cdr_row(cdr: Cdr, dates: ReportDates) -> dict[str, object]:
    """Give a record as `reports/quick/search` and `reports/cdr/ordered/id` show it."""
    name, last_app, last_data = cdr.unique_id, *_last(cdr)
    return {
        "_id": cdr_id(cdr),
        "type": cdr.direction.value,
        "cuid": name,
        "clid": plain(f'"{cdr.clid_name}" <{cdr.clid_number}>'),
        "src": plain(cdr.src),
        "dst": plain(cdr.dst),
        "dcontext": plain(cdr.context),
        "channel": _NEVER_REACHED if _is_unreached(cdr) else cdr.channel,
        "dstchannel": cdr.dst_channel,
        "lastapp": last_app,
        "lastdata": plain(last_data),
        "start": dates.local(cdr.start),
        "answer": dates.gregorian(cdr.answer) if cdr.answer else "",
        "duration": cdr.duration,
        "billsec": cdr.billsec,
        "disposition": cdr.disposition.value,
        "amaflags": "DOCUMENTATION",
        "accountcode": "",
        "uniqueid": name,
        "userfield": "",
        "sequence": str(cdr.id),
        "comment": f"originated call: {cdr.reference}" if is_originated(cdr) else "",
        "v": 2,
        **_points(cdr),
        "route": _route(cdr),
        "wait": waited(cdr),
        "starttime": dates.local(cdr.start),
        "endtime": dates.local(cdr.end),
        **({"record": record_name(cdr)} if cdr.recording_file else {}),
        cdr.disposition.value: 1,
        cdr.direction.value: 1,
        "billsec_hhmmss": hhmmss(cdr.billsec),
        "wait_hhmmss": hhmmss(waited(cdr)),
    }


def cdr_search_row(cdr: Cdr, dates: ReportDates) -> dict[str, object]:
    """Give it as `reports/cdr/search` does: the end as the database has it, and one key more."""
    return cdr_row(cdr, dates) | {"endtime": raw(cdr.end), "duration_hhmmss": hhmmss(cdr.duration)}


def is_originated(cdr: Cdr) -> bool:
    """Tell whether the call was asked for by `call/originate/act`."""
    return cdr.vendor == "simotel" and bool(cdr.reference)


def plain(text: str) -> str:
    """Spell what is no character, so that JSON can hold it: another vendor's clients may have sent such bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


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


def _route(cdr: Cdr) -> list[dict[str, object]]:
    """Give the call's way through the dialplan, each step with its seconds and the moment at which it was over."""
    way = "Incoming" if cdr.direction is Direction.INCOMING else "Outgoing"
    steps = [_step(f"{way}Route", f"{way} Route", cdr.start, cdr.start)]
    if cdr.second_serial:
        where = "Trunk" if _leaves_by_trunk(cdr) else "Extension"
        steps.append(_step(where, where, cdr.start, cdr.end))
    return steps


def _step(kind: str, name: str, began: int, ended: int) -> dict[str, object]:
    return {"type": kind, "name": name, "duration": (ended - began) / SECOND, "date": raw(ended)}
