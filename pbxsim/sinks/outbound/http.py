"""The one HTTP client by which pbxsim asks and tells servers of its customers; imported with the first request.

No redirect is followed, no cookie kept, no proxy of the environment used, no compressed body unpacked, and no
connection made to an address that addresses.py refuses. aiohttp's client costs a third of a start.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import aiohttp

from pbxsim import __version__
from pbxsim.sinks.outbound.addresses import AddressRefused, checked_socket

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

LARGEST: Final = 65_536
"""Bytes of a reply's body that are read."""


class Failure(Enum):
    """Why there is no reply, or not all of it."""

    CERTIFICATE = "certificate"
    NAME = "name"
    ADDRESS = "address"
    CONNECTION = "connection"
    NO_REPLY = "no reply"
    BROKEN_OFF = "broken off"
    NO_HTTP = "no http"
    BROKEN = "broken"


_FAILURES: Final = (  # the first that fits
    (aiohttp.ClientConnectorCertificateError, Failure.CERTIFICATE),
    (aiohttp.ClientConnectorDNSError, Failure.NAME),
    (aiohttp.ClientConnectorError, Failure.CONNECTION),
    (aiohttp.ServerDisconnectedError, Failure.NO_REPLY),
    (aiohttp.ClientPayloadError, Failure.BROKEN_OFF),
    (aiohttp.ClientResponseError, Failure.NO_HTTP),
)


def failure_of(error: Exception) -> Failure:
    """Tell what an error of the client means."""
    failure = next((failure for kind, failure in _FAILURES if isinstance(error, kind)), Failure.BROKEN)
    if failure is Failure.CONNECTION and isinstance(error, aiohttp.ClientConnectorError):
        return Failure.ADDRESS if isinstance(error.os_error, AddressRefused) else failure
    return failure


def session(
    *,
    keeps_connections: bool = False,
    resolver: AbstractResolver | None = None,
    trace: aiohttp.TraceConfig | None = None,
) -> aiohttp.ClientSession:
    """Open a session, in a running event loop. Whoever asks has a time limit of its own, and there is no other."""
    connector = aiohttp.TCPConnector(
        limit=0,  # one server that hangs must not hold up others
        force_close=not keeps_connections,
        resolver=resolver,
        socket_factory=checked_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trace_configs=[] if trace is None else [trace],
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("Content-Type",),
        headers={"User-Agent": f"pbxsim/{__version__}", "Accept-Encoding": "identity"},
    )
