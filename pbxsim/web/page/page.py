"""Which requests are for the pages at `/` and `/phone` and their parts below `/page/`, and who may have them.

What they are is in parts.py, which a server imports with the first of them: most serve programs alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.web.control.access import is_loopback
from pbxsim.web.control.response import Problem, Response
from pbxsim.web.paths import PAGE, PAGE_PARTS, PHONE

if TYPE_CHECKING:
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.kit.request import Request
    from pbxsim.web.control.access import Guard


def open_to(listens_on: str, *, needs_token: bool) -> str:
    """Say who else can reach a server that listens on that host: "open", with the token only "token", empty: nobody."""
    if is_loopback(listens_on):
        return ""
    return "token" if needs_token else "open"


class Page:
    """Answers requests for the page. `reach` is what `open_to` says of the server that has these `hosts`."""

    def __init__(self, guard: Guard, hosts: Hosts, reach: str = "") -> None:
        self._guard = guard
        self._hosts = hosts
        self._reach = reach

    def owns(self, method: str, path: str, query: str) -> bool:
        """Tell whether a request is for the page.

        What is sent to `/` with a vendor's parameters is not: its client's base URL lacks the path, and it is to be
        told so.
        """
        if method not in ("GET", "HEAD"):
            return False
        return path.startswith(PAGE_PARTS) or path == PHONE or (path == PAGE and (not query or _names_pbx(query)))

    def answer(self, request: Request) -> Response:
        """Give a part of the page, or 304 where the browser has it; to whom the control API would answer, too."""
        try:
            self._guard.check_page(request, is_visit=request.path in (PAGE, PHONE))
            from pbxsim.web.page import parts

            return parts.part(request, self._hosts, self._reach)
        except Problem as problem:
            return problem.response()
        except OSError as error:
            return Problem(500, f"the telephones' secrets cannot be had: {error.strerror or error}").response()


def _names_pbx(query: str) -> bool:
    return all(pair.partition("=")[0] == "pbx" for pair in query.split("&"))
