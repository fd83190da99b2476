"""A question by HTTP: one request on a connection of its own, one reply, within its time.

No redirect is followed, no cookie kept, no proxy of the environment used, no compressed body unpacked, and no
connection made to an address that sinks/outbound/addresses.py refuses.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from pbxsim import __version__
from pbxsim.sinks.outbound.addresses import AddressRefused, checked_socket

if TYPE_CHECKING:
    from pbxsim.pbx.decision import Question

LARGEST: Final = 65_536
"""Bytes that a reply's body may have."""


class Unanswered(Exception):
    """A question got no reply; says why, in words that are the same on any machine."""


async def reply_to(question: Question) -> tuple[int, bytes]:
    """Ask, and give the reply's status and body. Raises Unanswered."""
    try:
        async with asyncio.timeout(question.timeout):
            return await _exchange(question)
    except TimeoutError:
        raise Unanswered(f"no answer within {question.timeout:g} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unanswered(_in_words(error)) from error


async def _exchange(question: Question) -> tuple[int, bytes]:
    async with (
        _session() as session,
        session.request(
            question.method,
            URL(question.url, encoded=True),
            data=question.body or None,
            headers=_headers(question),
            allow_redirects=False,
        ) as reply,
    ):
        return reply.status, await _body(reply.content)


def _headers(question: Question) -> dict[str, str]:
    headers = {"Content-Type": question.content_type} if question.content_type else {}
    if question.username:  # RFC 7617
        credentials = b64encode(f"{question.username}:{question.password}".encode()).decode()
        headers["Authorization"] = f"Basic {credentials}"
    return headers


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, socket_factory=checked_socket),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),  # the question has its own
        trust_env=False,
        auto_decompress=False,
        skip_auto_headers=("Content-Type",),
        headers={"User-Agent": f"pbxsim/{__version__}", "Accept-Encoding": "identity"},
    )


async def _body(content: aiohttp.StreamReader) -> bytes:
    body = b""
    async for piece in content.iter_any():
        body += piece
        if len(body) > LARGEST:
            raise Unanswered(f"the reply is longer than {LARGEST} bytes")
    return body


def _in_words(error: Exception) -> str:
    """Say what went wrong, without the URL, which may hold a secret, and without a system's own words."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate was refused"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be resolved"
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = isinstance(error.os_error, AddressRefused)
        return "its address is none that pbxsim connects to" if refused else "no connection"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "closed without a reply"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the reply broke off"
    if isinstance(error, aiohttp.ClientResponseError):
        return "the reply is no HTTP"
    return "the connection broke"
