"""A question by HTTP: one request on a connection of its own, one reply, within its time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from pbxsim.sinks.outbound.credentials import basic
from pbxsim.sinks.outbound.http import LARGEST, Failure, failure_of, session

if TYPE_CHECKING:
    from pbxsim.pbx.decision import Question

_IN_WORDS: Final = {  # without the URL, which may hold a secret, and without a system's own words
    Failure.CERTIFICATE: "its certificate was refused",
    Failure.NAME: "its name cannot be resolved",
    Failure.ADDRESS: "its address is none that pbxsim connects to",
    Failure.CONNECTION: "no connection",
    Failure.NO_REPLY: "closed without a reply",
    Failure.BROKEN_OFF: "the reply broke off",
    Failure.NO_HTTP: "the reply is no HTTP",
    Failure.BROKEN: "the connection broke",
}


class Unanswered(Exception):
    """A question got no reply; says why, in words that are the same on any machine."""


async def reply_to(question: Question) -> tuple[int, bytes]:
    """Ask, and give the reply's status and body. Raises Unanswered."""
    try:
        async with asyncio.timeout(question.timeout):
            return await _reply(question)
    except TimeoutError:
        raise Unanswered(f"no answer within {question.timeout:g} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unanswered(_IN_WORDS[failure_of(error)]) from error


async def _reply(question: Question) -> tuple[int, bytes]:
    async with (
        session() as client,
        client.request(
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
    if question.username:
        headers["Authorization"] = basic(question.username, question.password)
    return headers


async def _body(content: aiohttp.StreamReader) -> bytes:
    body = b""
    async for piece in content.iter_any():
        body += piece
        if len(body) > LARGEST:
            raise Unanswered(f"the reply is longer than {LARGEST} bytes")
    return body
