"""What happened: the journal of the PBX, and the requests of its clients.

The journal is deterministic, the ordered record of commands and events: same seed, file and commands, same bytes. The
log of requests tells what clients sent, what they got, what they probably meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.session import Session
from pbxsim.web.control.paging import OrderedPage, Page, listing
from pbxsim.web.control.request import moment
from pbxsim.web.control.response import Problem, Response

if TYPE_CHECKING:
    from pbxsim.sinks.journal.journal import Entry


class JournalFilter(Page, kw_only=True):
    """Which entries, all or one call's; as `jsonl` the whole journal, in the bytes that determinism is measured by.

    As `replay` with all that was asked in front of it, for `pbxsim replay`. `kind` are kinds of entries with commas
    between them, `since` is the moment at which the first may have been taken down; neither goes with a call.
    """

    call: Annotated[int, msgspec.Meta(ge=1)] | None = None
    kind: str | None = None
    since: str | None = None
    format: Literal["json", "jsonl", "replay"] = "json"


class RequestFilter(OrderedPage, kw_only=True):
    """Which requests: of one vendor (`none`: those that reached none), only those with hints; in which order."""

    vendor: str | None = None
    hints: bool = False


async def journal(host: HostedPbx, query: JournalFilter) -> Response:
    """List the journal's entries in order."""
    narrowed = query.kind is not None or query.since is not None
    if query.call is not None and narrowed:
        raise Problem(400, "query: a call's entries are given whole: leave out kind and since")
    if query.format != "json":
        if query.call is not None or narrowed:
            raise Problem(400, f"query: the journal as {query.format} is that of all calls: leave out either")
        asked = _asked(host) if query.format == "replay" else b""
        return Response(body=asked + host.secrets.json(host.journal.jsonl()), content_type="application/jsonl")
    entries: Iterable[Entry]
    if query.call is not None:
        entries = _of_call(host, query)
    elif narrowed:
        entries = _of_kinds(host, query)
    else:
        entries = host.journal.entries(query.after, query.limit)
    return await listing(entries, query.limit, _entry, key=lambda entry: entry.seq, host=host)


def _of_call(host: HostedPbx, query: JournalFilter) -> Iterable[Entry]:
    assert query.call is not None
    known = host.pbx.calls.find(query.call)
    return host.journal.of_call(query.call, query.after, known.started_at if known is not None else 0)


def _of_kinds(host: HostedPbx, query: JournalFilter) -> Iterable[Entry]:
    kinds = None if query.kind is None else frozenset(query.kind.split(","))
    return host.journal.of_kinds(kinds, query.after, moment("since", query.since) or 0)


def _asked(host: HostedPbx) -> bytes:
    session = Session(host)
    return b"".join(msgspec.json.encode(each) + b"\n" for each in (session.head, *session.steps()))


async def requests(host: HostedPbx, query: RequestFilter) -> Response:
    """List requests, oldest first unless asked otherwise, secrets hidden."""
    vendor = "" if query.vendor == "none" else query.vendor
    if query.order == "oldest":
        records = host.requests.records(after=query.after, vendor=vendor)
    else:
        records = host.requests.newest(before=query.after, vendor=vendor)
    fitting = (record for record in records if record.hints or not query.hints)
    return await listing(fitting, query.limit, host.requests.shown, key=lambda record: record.seq, host=host)


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": iso(entry.at),
        "kind": entry.kind,
        "call": entry.call,
        "channel": entry.channel,
        "data": entry.data,
    }
