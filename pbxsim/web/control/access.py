"""Who may use the control API: the token, and no foreign web page.

A page of another site can make its visitor's browser send requests to localhost. It cannot send JSON without asking
first (CORS), its requests carry its Origin, and where it has its own name resolve to 127.0.0.1 (DNS rebinding) the Host
header still says that name. So all three are checked.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from pbxsim.kit.access import same_secret
from pbxsim.web.control.response import Problem

if TYPE_CHECKING:
    from pbxsim.kit.request import Request

_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """Lets requests pass or raises Problem. `listens_on` is the server's `--host`; empty `token`: none is asked for."""

    def __init__(self, listens_on: str, token: str = "") -> None:
        self._token = token
        own = f"[{listens_on}]" if ":" in listens_on else listens_on.lower()
        self._names = _LOOPBACK_NAMES | {own} if is_loopback(listens_on) else None

    def check_token(self, request: Request) -> None:
        """Ask for `Authorization: Bearer TOKEN` (RFC 6750)."""
        if not self._token:
            return
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if not same_secret(given.strip(), self._token) or scheme.lower() != "bearer":
            raise Problem(401, "Authorization: Bearer with the control token is needed", ("WWW-Authenticate", "Bearer"))

    def check_page(self, request: Request) -> None:
        """Refuse what only a foreign web page would send."""
        host = request.headers.get("Host", "").lower()
        if self._names is not None and host and _without_port(host) not in self._names:
            raise Problem(403, f"this server does not answer to the name in Host: {host!r}; use 127.0.0.1 or localhost")
        origin = request.headers.get("Origin")
        if origin is not None and origin.lower().partition("://")[2] != host:
            raise Problem(403, "the control API is closed to pages of other origins")

    def check_type(self, request: Request) -> None:
        """Take a body only as JSON."""
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if request.body and kind != "application/json":
            raise Problem(415, f"a body must be of Content-Type application/json, not {kind or 'of none'}")
        if request.fault:
            raise Problem(413 if "longer" in request.fault else 400, f"body: {request.fault}")


def is_loopback(host: str) -> bool:
    """Tell whether a host, as given to listen on, can be reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
