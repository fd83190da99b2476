"""HTTP methods: what a vendor's address answers to one that it does not take."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request

GET_AND_POST: Final = ("GET", "POST")
"""What a script takes that reads its parameters of a query or a form; HEAD and OPTIONS only look."""


def not_allowed(reply: Reply, request: Request, allowed: tuple[str, ...] = GET_AND_POST) -> Reply:
    """Give a reply the status 405 and the header Allow if the request came by another method than these.

    Source: RFC 9110, 15.5.6. The body stays: it says so in the vendor's words.
    """
    if request.method in allowed:
        return reply
    headers = (*reply.headers, ("Allow", ", ".join(allowed)))
    return msgspec.structs.replace(reply, status=HTTPStatus.METHOD_NOT_ALLOWED.value, headers=headers)
