"""The request journal: what clients sent, what they got, what they probably meant."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pbxsim.web.control.request import Page
from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest


class RequestFilter(Page, kw_only=True):
    """Which requests: of one vendor (`none`: those that reached none), only those with hints."""

    vendor: str | None = None
    hints: bool = False


def listed(ask: ControlRequest) -> Response:
    """List requests, oldest first, secrets hidden."""
    page = ask.filters(RequestFilter)
    log = ask.host.requests
    vendor = "" if page.vendor == "none" else page.vendor
    fitting = (record for record in log.records(after=page.after, vendor=vendor) if record.hints or not page.hints)
    shown = [log.shown(record) for record in islice(fitting, page.limit)]
    return ask.page(shown, page, shown[-1].seq if shown else 0)
