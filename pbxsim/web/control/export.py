"""What was asked of a PBX, as a test or as lines for a shell."""

from __future__ import annotations

from typing import Literal

import msgspec

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.session import Session
from pbxsim.hosting.session_export import Export
from pbxsim.web.control.response import Problem, Response


class ExportFilter(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """As what: a file for pytest, or command lines."""

    as_: Literal["pytest", "curl"] = msgspec.field(name="as", default="pytest")


def session(host: HostedPbx, query: ExportFilter) -> Response:
    """Give all that was asked. 409 where not all of it is known."""
    told = Session(host)
    if told.head.gap:
        raise Problem(409, f"not all that was asked is known: {told.head.gap}")
    export = Export(host, told, host.vendors_section)
    text = export.as_pytest() if query.as_ == "pytest" else export.as_curl()
    kind = "text/x-python" if query.as_ == "pytest" else "text/x-shellscript"
    return Response(body=text.encode(), content_type=f"{kind}; charset=utf-8")
