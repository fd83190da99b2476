"""What happens, as it happens: server-sent events (WHATWG HTML, 9.2) with the documents of what has changed.

First comes all there is, as `snapshot` events of one kind each (`{"kind", "documents"}`, the last one with `"last":
true`), then an event for each document that has changed, in the form of its list: call, phone, queue, agent, account,
request, webhook, cdr, clock. Looking changes nothing: the clock does not go on for it, the journal has no word of it.
"""

from __future__ import annotations

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.request import Request
from pbxsim.web.control.feed import Feed
from pbxsim.web.control.response import Response

EVENTS = "text/event-stream"


def followed(host: HostedPbx, request: Request) -> Response:
    """Tell what happens, until one of both goes; behind the event `Last-Event-ID`, where that is still known."""
    body = Feed.of(host).follow(request.headers.get("Last-Event-ID", ""))
    return Response(body=body, content_type=EVENTS, headers=(("X-Accel-Buffering", "no"),))
