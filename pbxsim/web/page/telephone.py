"""What the telephone in the browser, the page at `/phone`, needs: an engine with real telephones, and JsSIP.

JsSIP is not in the repository: `make phone` makes one file of it, in the folder `jssip/` beside this one.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.kit.request import Request

LIBRARY: Final = "jssip.js"
"""The part of the page that JsSIP is."""

ENGINE_NEEDED: Final = "engine"
LIBRARY_NEEDED: Final = "library"


def library() -> bytes | None:
    """Give JsSIP; None where it was not made."""
    part = files(__package__).joinpath("jssip", LIBRARY)
    return part.read_bytes() if part.is_file() else None


def websockets(host: HostedPbx) -> set[str]:
    """Give the WebSockets at which a PBX's telephones in browsers register. Raises OSError."""
    accounts = map(host.engine.account_of, host.pbx.directory.lines)
    return {account.ws for account in accounts if account is not None and account.ws}


def needs(hosts: Hosts, request: Request) -> str:
    """Say what is missing for the PBX that a request means: ENGINE_NEEDED, LIBRARY_NEEDED; empty: nothing."""
    host = hosts.named(request.params.get("pbx") or "") or hosts.first()
    if not websockets(host):
        return ENGINE_NEEDED
    return "" if library() is not None else LIBRARY_NEEDED


def connections(hosts: Hosts) -> str:
    """Give the policy's directive that lets the page connect to the PBXs' WebSockets, and to nobody else."""
    return " ".join(("connect-src", "'self'", *sorted(set(_origins(hosts)))))


def _origins(hosts: Hosts) -> Iterator[str]:
    for host in hosts:
        for socket in websockets(host):
            parts = urlsplit(socket)
            yield f"{parts.scheme}://{parts.netloc}"
