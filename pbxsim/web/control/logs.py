"""The two logs of a PBX: the deterministic journal of commands and events, and the requests of its clients.

Same seed, file and commands: the same bytes of the journal. Of requests: what clients sent, got, and probably meant.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal

from pbxsim.clock.instant import iso
from pbxsim.web.control.request import Page
from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest, Nothing


class JournalFilter(Page, kw_only=True):
    """Which entries; as `jsonl` the whole journal, in the bytes that determinism is measured by."""

    format: Literal["json", "jsonl"] = "json"


class RequestFilter(Page, kw_only=True):
    """Which requests: of one vendor (`none`: those that reached none), only those with hints."""

    vendor: str | None = None
    hints: bool = False


def journal(asked: ControlRequest[JournalFilter, Nothing]) -> Response:
    """List entries in order."""
    page, kept = asked.query, asked.host.journal
    if page.format == "jsonl":
        return Response(body=kept.jsonl(), content_type="application/jsonl")
    entries = kept.entries(page.after, page.limit)
    shown = [
        {
            "seq": entry.seq,
            "at": iso(entry.at),
            "kind": entry.kind,
            "call": entry.call,
            "channel": entry.channel,
            "data": entry.data,
        }
        for entry in entries
    ]
    return asked.page(shown, entries[-1].seq if entries else 0)


def requests(asked: ControlRequest[RequestFilter, Nothing]) -> Response:
    """List requests, oldest first, secrets hidden."""
    page, log = asked.query, asked.host.requests
    vendor = "" if page.vendor == "none" else page.vendor
    fitting = (record for record in log.records(after=page.after, vendor=vendor) if record.hints or not page.hints)
    shown = [log.shown(record) for record in islice(fitting, page.limit)]
    return asked.page(shown, shown[-1].seq if shown else 0)
