"""What Prometheus scrapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest

_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def scraped(ask: ControlRequest) -> Response:
    """Give the metrics of all PBXs and of the store. Its library is imported with the first scrape: few ever ask."""
    from pbxsim.web.control.scrape import scrape

    return Response(body=scrape(ask.hosts), content_type=_TYPE)
