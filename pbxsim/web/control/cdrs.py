"""Call records: which are asked for; how they are spelt is in sinks/cdr_export.py.

`from` and `to` bound the start of a call, both inclusive; `since` its end: what has been recorded since that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from operator import attrgetter
from typing import Annotated, Final, Literal

import msgspec

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.sinks.cdr_export import csv_pieces, shown
from pbxsim.web.control.paging import OrderedPage, listing
from pbxsim.web.control.request import moment
from pbxsim.web.control.response import Response
from pbxsim.web.control.spelt import HangsOn, Spelt

_ID: Final = attrgetter("id")
HANGS_ON: Final = HangsOn[Cdr]("recording_folder", "recording_file")  # nothing else of a record ever changes
_SOUGHT: Final = 2_000  # records that are found in a go, a millisecond or two

Outcome = Literal["ANSWERED", "NO ANSWER", "BUSY", "FAILED"]


class CdrFilter(OrderedPage, kw_only=True):
    """Which records; all that is given must fit."""

    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    since: str | None = None
    src: str | None = None
    dst: str | None = None
    disposition: Outcome | None = None
    custom1: str | None = None


class CsvFilter(CdrFilter, kw_only=True):
    """Which records; without a limit all of them."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 1_000_000_000


async def listed(host: HostedPbx, query: CdrFilter) -> Response:
    """List records in the order of their ids, unless asked otherwise."""
    found: list[Cdr] = []
    async for cdr in host.pbx.cdrs.seek(_meant(query)):
        found.append(cdr)
        if not len(found) % _SOUGHT:
            await asyncio.sleep(0)  # noqa: TID251 - no time passes: whoever else is ready goes first
    return await listing(
        _taken_out(found), query.limit, shown, key=_ID, spelt=Spelt.of(host, "cdrs", shown, HANGS_ON, "id")
    )


async def as_csv(host: HostedPbx, query: CsvFilter) -> Response:
    """Send records as a CSV file (RFC 4180), in the order in which they would be listed."""
    return Response(
        body=csv_pieces(host.pbx.cdrs.seek(_meant(query))),
        content_type="text/csv; charset=utf-8; header=present",
        headers=(("Content-Disposition", 'attachment; filename="cdrs.csv"'),),
    )


def _taken_out(cdrs: list[Cdr]) -> Iterator[Cdr]:
    """Give records, of which no list keeps any."""
    cdrs.reverse()
    while cdrs:
        yield cdrs.pop()


def _meant(query: CdrFilter) -> CdrQuery:
    is_newest = query.order == "newest"
    return CdrQuery(
        src=query.src,
        dst=query.dst,
        dispositions=None if query.disposition is None else frozenset({Disposition(query.disposition)}),
        custom1=query.custom1,
        since=moment("from", query.from_),
        until=moment("to", query.to),
        ended_since=moment("since", query.since),
        after=(query.after or None) if is_newest else query.after,
        limit=query.limit,
        newest_first=is_newest,
    )
