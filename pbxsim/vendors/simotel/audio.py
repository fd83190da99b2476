"""`reports/audio/download`: the recording that a call's event and its record name, as the file that it is.

No path ever comes from the client: the name leads to a record, and the record says where its recording lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.reply import Reply
from pbxsim.pbx.errors import RecordingUnreadable
from pbxsim.vendors.simotel.body import as_text, read_fields, require, unknown_hints
from pbxsim.vendors.simotel.cuid import cuid_in, record_name
from pbxsim.vendors.simotel.reports import named

if TYPE_CHECKING:
    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.state import State

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


def download(request: Request, state: State) -> Reply:
    """Give a recording, or the web server's page for what is not there. Raises Refusal."""
    fields = read_fields(request.body)
    require(fields, ("file",))
    name, hints = as_text("file", fields["file"]), unknown_hints(fields, ("file",))
    cdr = named(cuid_in(name), state.pbx)
    if cdr is None or record_name(cdr) != name:
        return _not_found(f"no record names a recording {name!r}", *hints)
    try:
        content = state.pbx.recordings.content(cdr)
    except RecordingUnreadable:
        return _not_found(f"the recording of record {cdr.id} is not there", *hints)
    return Reply(body=content, content_type=_KINDS[name[-3:]], hints=hints)


def _not_found(*hints: str) -> Reply:
    return Reply(body=_PAGE, content_type=_PAGE_TYPE, status=404, code="404", hints=hints)
