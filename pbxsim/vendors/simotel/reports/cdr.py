"""The reports about calls: `reports/quick/search`, `reports/cdr/{search,ordered/id}`, `reports/audio/download`.

No path of a recording ever comes from the client: its name leads to a record, and the record says where it lies.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.preparation import LONG, preparation, taken
from pbxsim.kit.reply import Reply
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.errors import RecordingUnreadable
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, read_fields, require, useless
from pbxsim.vendors.simotel.ids import CDR, cuid_in, is_id, number_in, record_name
from pbxsim.vendors.simotel.reports.call_page import CallPage, named
from pbxsim.vendors.simotel.reports.dates import ReportDates
from pbxsim.vendors.simotel.reports.rows import cdr_id, cdr_row, cdr_search_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.kit.request import Request
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.reports.query import ReportQuery
    from pbxsim.vendors.simotel.state import State

_DONE: Final = "Requested operation is done successfully"
_ORDERED: Final = 20  # records that `cdr/ordered/id` gives at once

_KINDS: Final = {"mp3": "audio/mpeg", "wav": "audio/x-wav"}  # as Apache's table of types has them
_PAGE_TYPE: Final = "text/html; charset=iso-8859-1"
_PAGE: Final = b"""<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>404 Not Found</title>
</head><body>
<h1>Not Found</h1>
<p>The requested URL was not found on this server.</p>
</body></html>
"""


class QuickPage(CallPage):
    """A page of `reports/quick/search`."""

    row = staticmethod(cdr_row)

    def without_rows(self) -> bytes:
        """Spell the reply as it is before the rows are in it."""
        return wire.without_rows({"pagination": self.query.pagination(self.total), "data": []}, _DONE)


class SearchPage(CallPage):
    """A page of `reports/cdr/search`."""

    row = staticmethod(cdr_search_row)

    def without_rows(self) -> bytes:
        """Spell the reply as it is before the rows are in it."""
        return wire.without_rows(targeted_data("cdr", self.query, self.total, []))


def quick_search(request: Request, state: State) -> Reply:
    """Give a page of the calls' records. Raises Refusal."""
    return taken(QuickPage, request, state).told()


def cdr_search(request: Request, state: State) -> Reply:
    """Give the same page in this report's form. Raises Refusal."""
    return taken(SearchPage, request, state).told()


def prepare_quick(request: Request, state: State) -> Iterator[None] | None:
    """Make ready a page of `reports/quick/search`, where there are many records. Raises Refusal."""
    return preparation(QuickPage(request, state), request) if len(state.pbx.cdrs) > LONG else None


def prepare_cdr(request: Request, state: State) -> Iterator[None] | None:
    """Make ready a page of `reports/cdr/search`, where there are many records. Raises Refusal."""
    return preparation(SearchPage(request, state), request) if len(state.pbx.cdrs) > LONG else None


def cdr_ordered(request: Request, state: State) -> Reply:
    """Give the twenty records behind an `_id`, oldest first; from the beginning without one. Raises Refusal."""
    fields = read_fields(request.body)
    last = as_text("_id", fields.get("_id") or fields.get("id_"))
    if last and not is_id(last):
        raise useless("_id", "24 hexadecimal digits in small letters expected")
    dates = ReportDates(state.settings.reports)
    cdrs = list(islice(_behind(last, state.pbx), _ORDERED))
    data = {"last_id": cdr_id(cdrs[-1]) if cdrs else last, "data": [cdr_row(cdr, dates) for cdr in cdrs]}
    return wire.done(data, _DONE, parameter_hints(fields, ("_id", "id_")))


def download(request: Request, state: State) -> Reply:
    """Give a recording, or the web server's page for what is not there. Raises Refusal."""
    fields = read_fields(request.body)
    require(fields, ("file",))
    name, hints = as_text("file", fields["file"]), parameter_hints(fields, ("file",))
    cdr = next((cdr for cdr in named(cuid_in(name), state.pbx) if record_name(cdr) == name), None)
    if cdr is None:
        return _not_found(f"no record names a recording {name!r}", *hints)
    try:
        content = state.pbx.recordings.content(cdr)
    except RecordingUnreadable:
        return _not_found(f"the recording of record {cdr.id} is not there", *hints)
    return Reply(body=content, content_type=_KINDS[name[-3:]], hints=hints)


def targeted_data(target: str, query: ReportQuery, total: int, rows: list[dict[str, object]]) -> dict[str, object]:
    """Give the data of a page of one of the reports that say what they are about."""
    return {"pagination": query.pagination(total), "target": target, "useGroupBy": False, "data": rows}


def _behind(last: str, pbx: Pbx) -> Iterable[Cdr]:
    """Give the records behind an `_id`; one that is not from here counts by the order of ids, as any text would."""
    number = number_in(last, CDR)
    if number is not None or not last:
        return pbx.shown_cdrs(CdrQuery(after=number, limit=_ORDERED))
    return (cdr for cdr in pbx.shown_cdrs(CdrQuery()) if cdr_id(cdr) > last)


def _not_found(*hints: str) -> Reply:
    return Reply(body=_PAGE, content_type=_PAGE_TYPE, status=404, code="404", hints=hints)
