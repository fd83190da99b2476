"""Requests of the live page to a vendor's interface: real ones, into which the server puts what nobody is shown.

The page knows no credential (SECURITY.md), so it sends `***` where one belongs, and says in a header of which PBX and
of which entry of the vendor's settings the real one is. Only whoever may use the control API may have it filled in; as
`Authorization` is the vendor's here, the control token comes in a header of its own. Both headers go no further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from multidict import CIMultiDict

from pbxsim.kit.form import filled_headers, filled_query
from pbxsim.kit.request import Request
from pbxsim.web.control.access import AS
from pbxsim.web.control.response import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.web.control.access import Guard

TOKEN: Final = "X-Pbxsim-Token"

_ASKED_BY: Final = ("Host", "Origin", "Sec-Fetch-Site")
_FORM: Final = "application/x-www-form-urlencoded"


def with_secrets(request: Request, vendor: str, hosts: Hosts, guard: Guard) -> Request:
    """Give a request that bears AS with the secrets in it, as any client would have sent it. Raises Problem."""
    _check(request, guard)
    host, identity = _meant(request, vendor, hosts)
    secrets = host.spoken[vendor].secrets(host.interfaces[vendor], identity, request)
    if not secrets:
        raise Problem(404, f"{vendor} on {host.name} has no credentials under {identity!r}; /_pbxsim/actions lists all")
    headers = filled_headers(_without_own(request.headers.items()), secrets)
    is_form = request.media_type == _FORM
    body = filled_query(request.body.decode("latin-1"), secrets).encode("latin-1") if is_form else request.body
    return Request(
        request.method,
        request.path,
        filled_query(request.query, secrets),
        headers=CIMultiDict(headers),
        body=body,
        remote=request.remote,
        fault=request.fault,
        limits=request.limits,
    )


def _check(request: Request, guard: Guard) -> None:
    """See that a tester asks. Raises Problem 401, 403."""
    headers = {name: request.headers[name] for name in _ASKED_BY if name in request.headers}
    headers["Authorization"] = f"Bearer {request.headers.get(TOKEN, '')}"
    asker = Request(request.method, request.path, headers=headers, remote=request.remote)
    guard.check_page(asker)
    guard.check_token(asker)


def _meant(request: Request, vendor: str, hosts: Hosts) -> tuple[HostedPbx, str]:
    name, _, identity = request.headers[AS].partition("/")
    host = hosts.named(unquote(name))
    if host is None or vendor not in host.interfaces:
        raise Problem(404, f"{AS}: no PBX {unquote(name)!r} here speaks {vendor}")
    return host, unquote(identity)


def _without_own(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    own = {AS.lower(), TOKEN.lower()}
    return ((name, value) for name, value in headers if name.lower() not in own)
