"""The deterministic journal: the ordered record of commands and events. Same seed, file and commands, same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pbxsim.clock.instant import iso
from pbxsim.web.control.request import Page
from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest


class JournalFilter(Page, kw_only=True):
    """Which entries; as `jsonl` the whole journal, in the bytes that determinism is measured by."""

    format: Literal["json", "jsonl"] = "json"


def listed(ask: ControlRequest) -> Response:
    """List entries in order."""
    page = ask.filters(JournalFilter)
    ask.host.driver.catch_up()
    if page.format == "jsonl":
        return Response(body=ask.host.journal.jsonl(), content_type="application/jsonl")
    entries = ask.host.journal.entries(page.after, page.limit)
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
    return ask.page(shown, page, entries[-1].seq if entries else 0)
