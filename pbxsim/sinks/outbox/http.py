"""Notices by HTTP. Imported with the first one, because aiohttp's client costs a third of a start.

The request goes out as the vendor rendered it, with three headers of ours: who sends it, the delivery's number (the
same at each try, so that a receiver can tell a repetition), and the receiver's credentials. What the client does and
does not is in sinks/outbound/http.py.
"""

from __future__ import annotations

import asyncio
import os
from http import HTTPStatus
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final

import aiohttp
import msgspec
from yarl import URL

from pbxsim.sinks.outbound.addresses import AddressRefused
from pbxsim.sinks.outbound.credentials import authorization, without_credentials
from pbxsim.sinks.outbound.http import LARGEST, Failure, failure_of, session
from pbxsim.sinks.outbox.outcome import Outcome, Verdict
from pbxsim.sinks.outbox.retry_after import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.abc import AbstractResolver

    from pbxsim.pbx.notice import Receiver
    from pbxsim.sinks.delivery import Delivery

DELIVERY_HEADER: Final = "X-Pbxsim-Delivery"
KEPT: Final = 2_048
"""Bytes of a reply's body that are kept."""

_PASSING: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
"""What of 4xx may be otherwise later; any other says that this request will never be taken (RFC 9110, 15.5)."""

_PLAIN: Final = {
    Failure.NO_REPLY: "the receiver closed the connection without a reply",
    Failure.BROKEN_OFF: "the reply broke off",
}


class WebPost:
    """Sends notices by HTTP. Made in a running event loop; `resolver` looks up names, the system's by default."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        kept_ones = aiohttp.TraceConfig()
        kept_ones.on_connection_reuseconn.append(_note_reuse)
        self._session = session(keeps_connections=True, resolver=resolver, trace=kept_ones)
        # aiohttp sends a GET again by itself where a receiver closed without a reply: a try that nobody would see.
        self._session._retry_connection = False  # noqa: SLF001 - it has no other switch; a test watches it

    async def send(self, delivery: Delivery, receiver: Receiver) -> Outcome:
        """Try once."""
        seen = SimpleNamespace(status=0, is_reused=False)
        try:
            async with asyncio.timeout(receiver.timeout):
                return await self._try(delivery, receiver, seen)
        except TimeoutError:
            told = "the reply did not end" if seen.status else "no reply"
            return _failed(f"{told} within {receiver.timeout:g} s", seen.status, timed_out=True)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if seen.is_reused and not seen.status:
                verdict = Verdict.AT_ONCE
                return Outcome(verdict=verdict, error="the connection that was kept from the last time was closed")
            return _failed(_in_words(error), seen.status)
        except ValueError:  # aiohttp.InvalidURL is one, and so is a host name that cannot be spelt in a query for it
            return Outcome(verdict=Verdict.NEVER, error="its URL names no server that can be connected to")
        except (aiohttp.ClientError, OSError) as error:
            return _failed(_in_words(error), seen.status)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def _try(self, delivery: Delivery, receiver: Receiver, seen: SimpleNamespace) -> Outcome:
        notice = delivery.notice
        async with self._session.request(
            notice.method,
            URL(without_credentials(notice.url), encoded=True),
            data=notice.body or None,
            headers=_headers(delivery, receiver),
            allow_redirects=False,
            trace_request_ctx=seen,
        ) as reply:
            seen.status = reply.status
            return _told(reply.status, await _beginning(reply.content), reply.headers)


async def _note_reuse(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.is_reused = True


def _headers(delivery: Delivery, receiver: Receiver) -> dict[str, str]:
    headers = {DELIVERY_HEADER: str(delivery.id)}
    if delivery.notice.content_type:
        headers["Content-Type"] = delivery.notice.content_type
    credentials = authorization(receiver)
    if credentials:
        headers["Authorization"] = credentials
    return headers


async def _beginning(content: aiohttp.StreamReader) -> str:
    kept, read = b"", 0
    async for piece in content.iter_any():
        kept += piece[: KEPT - len(kept)]
        read += len(piece)
        if read >= LARGEST:
            break
    return kept.decode(errors="replace")


def _told(status: int, reply: str, headers: Mapping[str, str]) -> Outcome:
    if 200 <= status < 300:
        return Outcome(verdict=Verdict.DELIVERED, status=status, reply=reply)
    error = "redirects are not followed" if 300 <= status < 400 else _phrase(status)
    told = Outcome(verdict=Verdict.AGAIN, status=status, reply=reply, error=f"HTTP {status}: {error}")
    if 400 <= status < 500 and status not in _PASSING:
        return msgspec.structs.replace(told, verdict=Verdict.NEVER)
    asked = headers.get("Retry-After", "").strip()
    patience, not_before = retry_after(asked, headers.get("Date", ""))
    if not patience and not not_before:
        return told
    error = f"{told.error}, Retry-After: {asked}"
    return msgspec.structs.replace(told, error=error, patience=patience, not_before=not_before)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no status that HTTP knows"


def _failed(error: str, status: int = 0, *, timed_out: bool = False) -> Outcome:
    return Outcome(verdict=Verdict.AGAIN, status=status, error=error, timed_out=timed_out)


def _in_words(error: Exception) -> str:
    """Say what went wrong, without the URL: it may hold a secret."""
    failure = failure_of(error)
    if failure in _PLAIN:
        return _PLAIN[failure]
    if failure is Failure.NO_HTTP:
        return f"the reply is no HTTP that a client can read ({type(error).__name__})"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate was refused: {error.certificate_error}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"the name {error.host} cannot be resolved: {_reason(error.os_error)}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect to {error.host} port {error.port}: {_reason(error.os_error)}"
    return f"the connection broke: {_reason(error)}"


def _reason(error: Exception) -> str:
    if isinstance(error, AddressRefused):
        return str(error)
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
