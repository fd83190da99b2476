"""A telephone that takes no call: it registers, and refuses with whatever SIP status it is told, which baresip cannot.

UDP on the loopback (RFC 3261): REGISTER with digest, INVITE, CANCEL; retransmissions are answered as the first was.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS: Final = {
    "busy": "486 Busy Here",
    "reject": "603 Decline",
    1: "404 Not Found",
    34: "503 Service Unavailable",
}
"""What a telephone says for an outcome of a PBX file, or for the cause of its outcome `fail`."""

_CHALLENGE: Final = re.compile(r'(\w+)="?([^",]+)')
_EXPIRES: Final = 600


class RefusingTelephone(asyncio.DatagramProtocol):
    """A telephone of `user` that refuses each call with `status`, after so many seconds; `rings` says so before (180).

    `noted` hears what it sees: `rings` with the number that calls, `over` when the call was refused or given up.
    """

    def __init__(self, user: str, status: str, *, after: float, rings: bool, noted: Callable[[str, str], None]) -> None:
        self.user = user
        self._status = status
        self._after = after
        self._rings = rings
        self._noted = noted
        self._transport: asyncio.DatagramTransport
        self._registered: asyncio.Future[str] | None = None
        self._open: dict[str, str] = {}  # INVITEs that were not refused yet, by Call-ID
        self._said: dict[tuple[str, str], str] = {}  # the last reply to each, for retransmissions
        self._sequence = 0
        self._expires = _EXPIRES
        self.sends_on_to = ""  # a URI: with a status 302 whoever rings it is to ring there
        self._closed = asyncio.Event()

    @property
    def ringing(self) -> int:
        """How many calls ring here now."""
        return len(self._open)

    async def register(self, server: str, password: str, own_port: int = 0, expires: int = _EXPIRES) -> None:
        """Register for so many seconds, from a port of its own. Raises ConnectionError where it may not."""
        self._expires = expires
        host, _, port = server.partition(":")
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, remote_addr=(host, int(port)), local_addr=(host, own_port))
        challenge = await self._asked(server, "")
        if challenge.startswith("SIP/2.0 401"):
            challenge = await self._asked(server, self._authorization(challenge, server, password))
        if not challenge.startswith("SIP/2.0 200"):
            raise ConnectionError(challenge.partition("\r\n")[0])

    def close(self) -> None:
        """Be gone, without a word: who rings it then finds nobody."""
        self._transport.close()

    async def gone(self) -> None:
        """Wait until its port is free."""
        await self._closed.wait()

    def connection_lost(self, _error: Exception | None) -> None:
        """Hear that the port is free."""
        self._closed.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Take a message."""
        text = data.decode("utf-8", "replace")
        if text.startswith("SIP/2.0"):
            if self._registered is not None and not self._registered.done() and not text.startswith("SIP/2.0 1"):
                self._registered.set_result(text)
            return
        method, call = text.partition(" ")[0], header(text, "Call-ID")
        if (call, method) in self._said:
            self._send(self._said[call, method])
        elif method == "INVITE":
            self._invited(text, call)
        elif method == "CANCEL":
            self._reply(text, "200 OK")
            self._refuse(call, "487 Request Terminated")
        elif method != "ACK":
            self._reply(text, "200 OK")

    def _invited(self, invite: str, call: str) -> None:
        self._open[call] = invite
        self._reply(invite, "180 Ringing" if self._rings else "100 Trying")
        found = re.search(r"sips?:([^@;>]*)@", header(invite, "From"))
        if self._rings:
            self._noted("rings", found[1] if found else "")
        asyncio.get_running_loop().call_later(self._after, self._refuse, call, self._status)

    def _refuse(self, call: str, status: str) -> None:
        invite = self._open.pop(call, None)
        if invite is not None:
            self._reply(invite, status)
            if self._rings:
                self._noted("over", "")

    def _reply(self, request: str, status: str) -> None:
        tag = "" if ";tag=" in header(request, "To") or status.startswith("100") else f";tag={self.user}"
        kept = [f"Via: {via}" for via in re.findall(r"(?im)^via\s*:\s*(.*?)\r?$", request)]
        kept += [f"{name}: {header(request, name)}" for name in ("From", "Call-ID", "CSeq")]
        contact = f"Contact: <{self.sends_on_to or f'sip:{self.user}@{self._here}'}>"
        told = "\r\n".join((f"SIP/2.0 {status}", *kept, f"To: {header(request, 'To')}{tag}", contact))
        reply = f"{told}\r\nContent-Length: 0\r\n\r\n"
        self._said[header(request, "Call-ID"), request.partition(" ")[0]] = reply
        self._send(reply)

    # -- registering --------------------------------------------------------------------------------------------------

    async def _asked(self, server: str, authorization: str) -> str:
        self._sequence += 1
        self._registered = asyncio.get_running_loop().create_future()
        branch = f"z9hG4bK{self._here.rpartition(':')[2]}-{self._sequence}"  # another telephone's is another
        self._send(
            f"REGISTER sip:{server} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self._here};rport;branch={branch}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{self.user}@{server}>;tag={self.user}\r\nTo: <sip:{self.user}@{server}>\r\n"
            f"Call-ID: register-{self._here}\r\nCSeq: {self._sequence} REGISTER\r\n"
            f"Contact: <sip:{self.user}@{self._here}>\r\nExpires: {self._expires}\r\n{authorization}"
            "Content-Length: 0\r\n\r\n"
        )
        return await asyncio.wait_for(self._registered, 5)

    def _authorization(self, challenge: str, server: str, password: str) -> str:
        told = dict(_CHALLENGE.findall(header(challenge, "WWW-Authenticate")))
        uri, count, ours = f"sip:{server}", "00000001", "0a4f113b"
        secret = _digest(f"{self.user}:{told['realm']}:{password}")
        proof = _digest(f"{secret}:{told['nonce']}:{count}:{ours}:auth:{_digest(f'REGISTER:{uri}')}")
        fields = {
            "username": self.user, "realm": told["realm"], "nonce": told["nonce"], "uri": uri, "response": proof,
            "cnonce": ours, "opaque": told.get("opaque", ""),
        }  # fmt: skip
        spelt = ", ".join(f'{name}="{value}"' for name, value in fields.items())
        return f"Authorization: Digest {spelt}, qop=auth, nc={count}, algorithm=MD5\r\n"

    @property
    def _here(self) -> str:
        host, port = self._transport.get_extra_info("sockname")[:2]
        return f"{host}:{port}"

    def _send(self, text: str) -> None:
        self._transport.sendto(text.encode())


def header(message: str, name: str) -> str:
    """Give a header of a SIP message; empty where there is none."""
    found = re.search(rf"(?im)^{name}\s*:\s*(.*?)\r?$", message)
    return found[1] if found else ""


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # RFC 2617: what Asterisk asks for
