"""Who may use the control API: the token, and no foreign web page.

A page of another site can make its visitor's browser send requests to localhost. It cannot send JSON without asking
first (CORS), its requests carry its Origin, those for an image say `Sec-Fetch-Site: cross-site` (Fetch Metadata), and
where it has its own name resolve to 127.0.0.1 (DNS rebinding) the Host header still says that name. All are checked.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from pbxsim.kit.access import same_secret
from pbxsim.web.control.response import Problem

if TYPE_CHECKING:
    from pbxsim.kit.request import Request

AS: Final = "X-Pbxsim-As"
"""A header of the live page's, `PBX/entry`, the PBX's name percent-encoded: `documented/users[0]` (trying.py)."""

_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """Lets requests pass or raises Problem. `listens_on` is the server's `--host`; empty `token`: none is asked for.

    On the loopback only its names are answered to. Beyond it, where no token is needed, every name is refused that a
    stranger could have made lead here: what passes is an address, the name in `--host`, and a name without a dot, as a
    network has of its own (nobody outside can own one).
    """

    def __init__(self, listens_on: str, token: str = "") -> None:
        self._token = token
        self._own = f"[{listens_on}]" if ":" in listens_on else listens_on.lower()
        self._is_loopback = is_loopback(listens_on)

    def trusts(self, request: Request) -> bool:
        """Tell whether somebody may be told what the control API would tell him."""
        try:
            self.check_page(request)
            self.check_token(request)
        except Problem:
            return False
        return True

    def check_token(self, request: Request) -> None:
        """Ask for `Authorization: Bearer TOKEN` (RFC 6750)."""
        if not self._token:
            return
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if not same_secret(given.strip(), self._token) or scheme.lower() != "bearer":
            raise Problem(401, "Authorization: Bearer with the control token is needed", ("WWW-Authenticate", "Bearer"))

    def check_page(self, request: Request, *, is_visit: bool = False) -> None:
        """Refuse what only a foreign web page would send. `is_visit`: a link of theirs may lead here, as to a page."""
        host = request.headers.get("Host", "").lower()
        if host and not self._answers_to(_without_port(host)):
            other = "127.0.0.1 or localhost" if self._is_loopback else "its address, or start it with --control-token"
            raise Problem(403, f"this server does not answer to the name in Host: {host!r}; use {other}")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower().partition("://")[2] != host:
            raise Problem(403, "the control API is closed to pages of other origins")
        if _said(request, "Sec-Fetch-Site") == "cross-site" and not (is_visit and _is_followed_link(request)):
            raise Problem(403, "the control API is closed to pages of other sites")

    def check_type(self, request: Request) -> None:
        """Take a body only as JSON."""
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if request.body and kind != "application/json":
            raise Problem(415, f"a body must be of Content-Type application/json, not {kind or 'of none'}")
        if request.fault:
            raise Problem(413 if "longer" in request.fault else 400, f"body: {request.fault}")

    def _answers_to(self, name: str) -> bool:
        if name in _LOOPBACK_NAMES or name == self._own:
            return True
        if self._is_loopback:
            return False
        return self._token != "" or "." not in name or _is_address(name)


def is_loopback(host: str) -> bool:
    """Tell whether a host, as given to listen on, can be reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _said(request: Request, header: str) -> str:
    return request.headers.get(header, "").strip().lower()


def _is_followed_link(request: Request) -> bool:
    """Tell whether a browser is about to show this as a page of its own (Fetch Metadata), not inside another."""
    return (_said(request, "Sec-Fetch-Mode"), _said(request, "Sec-Fetch-Dest")) == ("navigate", "document")


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
