"""Real receivers on the loopback that behave as badly as those of the world: for whoever tests what pbxsim sends.

`WebReceiver` speaks HTTP on a socket of its own: it can answer anything, hang, close in the middle of a reply, be slow,
redirect, be down and come back on the same port. `MailReceiver` is a mail server (aiosmtpd).
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable
    from email.message import EmailMessage
    from typing import Self, TypeAlias

    from aiosmtpd.smtp import Session


class Heard(msgspec.Struct, kw_only=True):
    """A request as it came. `is_answered`: its reply went out whole, and with a 2xx."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    is_answered: bool = False

    @property
    def delivery(self) -> int:
        """Give the delivery's number."""
        return int(self.headers["x-pbxsim-delivery"])


_Reply: TypeAlias = "Callable[[asyncio.StreamWriter], Awaitable[bool]]"


def reply(status: int = 200, body: bytes = b"", **headers: str) -> _Reply:
    """Answer so; header names are written with `_` for `-`."""
    lines = [f"HTTP/1.1 {status} Something", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join([*lines, "", ""]).encode() + body, is_good=200 <= status < 300)


def raw(answer: bytes, *, is_good: bool = False, closes: bool = False) -> _Reply:
    """Answer with these very bytes."""

    async def write(writer: asyncio.StreamWriter) -> bool:
        writer.write(answer)
        await writer.drain()
        if closes:
            writer.close()
        return is_good

    return write


def closing_mid_reply() -> _Reply:
    """Begin a reply, and close."""
    return raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of i", closes=True)


def closing() -> _Reply:
    """Close without a word."""
    return raw(b"", closes=True)


def hanging(beginning: bytes = b"") -> _Reply:
    """Never answer, or never end the answer."""

    async def hang(writer: asyncio.StreamWriter) -> bool:
        writer.write(beginning)
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    return hang


def slow(seconds: float, then: _Reply) -> _Reply:
    """Take so many seconds of the world's time, then answer."""

    async def wait(writer: asyncio.StreamWriter) -> bool:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(seconds, over.set_result, None)
        await over
        return await then(writer)

    return wait


class WebReceiver:
    """An HTTP server. Each request takes the next of `replies`; when those are used up, `usual`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.replies: deque[_Reply] = deque()
        self.usual = reply()
        self.port = 0
        self._tls: ssl.SSLContext | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._came = asyncio.Event()
        self._serving: set[asyncio.Task[None]] = set()

    @classmethod
    async def started(cls, tls: ssl.SSLContext | None = None) -> Self:
        """Make one that is up, on a free port."""
        made = cls()
        made._tls = tls
        await made.come_up()
        return made

    @property
    def url(self) -> str:
        """Give where it is."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def answered(self) -> list[int]:
        """Give the numbers of the deliveries that it has taken, in the order in which they came."""
        return [heard.delivery for heard in self.heard if heard.is_answered]

    async def come_up(self) -> None:
        """Listen, on the port that it had before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go_down(self) -> None:
        """Listen no more, and break all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        for task in self._serving:
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)

    async def has_heard(self, count: int) -> None:
        """Return when so many requests have come."""
        while len(self.heard) < count:
            self._came.clear()
            await self._came.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._writers.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    await self._one(reader, writer)
        finally:
            self._serving.discard(task)
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(": ") for line in lines if line)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        heard = Heard(method=method, target=target, headers=headers, body=body)
        self.heard.append(heard)
        self._came.set()
        answer = self.replies.popleft() if self.replies else self.usual
        heard.is_answered = await answer(writer)


class Mailed(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail as the server took it."""

    sender: str
    recipients: list[str]
    content: bytes
    was_encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        """Read it."""
        return message_from_bytes(self.content, policy=policy.default)


class MailReceiver:
    """A mail server. Each e-mail takes the next of `replies` (an SMTP reply line), then it is taken: `250 OK`.

    With `tls` it offers STARTTLS (or speaks TLS from the beginning); with `users` it asks for a password.
    """

    def __init__(self) -> None:
        self.mails: list[Mailed] = []
        self.replies: deque[str] = deque()
        self.recipient_replies: deque[str] = deque()
        self.is_hanging = False
        self.port = 0
        self._server: asyncio.Server | None = None
        self._protocols: list[SMTP] = []

    @classmethod
    async def started(
        cls,
        *,
        tls: ssl.SSLContext | None = None,
        from_the_beginning: bool = False,
        users: dict[str, str] | None = None,
        longest: int | None = None,
    ) -> Self:
        """Make one that is up, on a free port; it takes e-mails of at most `longest` bytes."""
        made = cls()
        starttls = None if from_the_beginning else tls

        def authenticate(*_: object) -> AuthResult:
            data = _[-1]
            assert isinstance(data, LoginPassword)
            expected = (users or {}).get(data.login.decode())
            is_right = expected == data.password.decode()
            return AuthResult(success=is_right, handled=is_right, auth_data=data.login.decode())

        def protocol() -> SMTP:
            with catch_warnings(
                action="ignore", category=UserWarning
            ):  # that passwords may come unencrypted: so they do
                smtp = SMTP(
                    made,
                    hostname="mail.test",
                    data_size_limit=longest,
                    tls_context=starttls,
                    require_starttls=starttls is not None,
                    authenticator=authenticate,
                    auth_required=bool(users),
                    auth_require_tls=False,
                    loop=asyncio.get_running_loop(),
                )
            made._protocols.append(smtp)
            return smtp

        made._server = await asyncio.get_running_loop().create_server(
            protocol, "127.0.0.1", 0, ssl=tls if from_the_beginning else None
        )
        made.port = made._server.sockets[0].getsockname()[1]
        return made

    async def go_down(self) -> None:
        """Listen no more, and break all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for smtp in self._protocols:
            if isinstance(smtp.transport, asyncio.Transport):
                smtp.transport.abort()

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, unless it was said to be refused."""
        if self.recipient_replies:
            return self.recipient_replies.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take an e-mail, unless it was said to be refused."""
        if self.is_hanging:
            await asyncio.get_running_loop().create_future()
        if self.replies:
            return self.replies.popleft()
        content: Any = envelope.content
        mailed = Mailed(
            sender=str(envelope.mail_from),
            recipients=list(envelope.rcpt_tos),
            content=bytes(content),
            was_encrypted=server.transport is not None and server.transport.get_extra_info("sslcontext") is not None,
            user=str(vars(session).get("auth_data") or ""),
        )
        self.mails.append(mailed)
        return "250 OK"
