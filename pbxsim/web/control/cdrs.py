"""Call records: which are asked for; how they are spelt is in sinks/cdr_export.py.

`from` and `to` bound the start of a call, both inclusive; `since` its end: what has been recorded since that moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.sinks.cdr_export import csv_of, shown
from pbxsim.web.control.request import Page, moment
from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.web.control.request import ControlRequest, Nothing

Outcome = Literal["ANSWERED", "NO ANSWER", "BUSY", "FAILED"]


class CdrFilter(Page, kw_only=True):
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


def listed(asked: ControlRequest[CdrFilter, Nothing]) -> Response:
    """List records in the order of their ids."""
    page = asked.query
    cdrs = [shown(cdr) for cdr in islice(_found(asked.host.pbx, page), page.limit)]
    return asked.page(cdrs, cdrs[-1].id if cdrs else 0)


def as_csv(asked: ControlRequest[CsvFilter, Nothing]) -> Response:
    """Send records as a CSV file (RFC 4180), in the order of their ids."""
    page = asked.query
    found = list(islice(_found(asked.host.pbx, page), page.limit))
    return Response(
        body=csv_of(found),
        content_type="text/csv; charset=utf-8; header=present",
        headers=(("Content-Disposition", 'attachment; filename="cdrs.csv"'),),
    )


def _found(pbx: Pbx, page: CdrFilter) -> Iterator[Cdr]:
    query = CdrQuery(
        src=page.src,
        dst=page.dst,
        dispositions=None if page.disposition is None else frozenset({Disposition(page.disposition)}),
        custom1=page.custom1,
        since=moment("from", page.from_),
        until=moment("to", page.to),
        after=page.after,
    )
    ended_since = moment("since", page.since)
    return (cdr for cdr in pbx.cdrs.find(query) if ended_since is None or cdr.end >= ended_since)
