"""Telephones of aiosipua's, an asyncio user agent in Python (MIT): each answers at once, and says a tone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.engines.sip.tone import Tone
from tests.ports import own_port

aiosipua = pytest.importorskip("aiosipua", reason="no telephone of aiosipua's: it is not installed")
_transport = pytest.importorskip("aiosipua.transport")
_registration = pytest.importorskip("aiosipua.registration")


class AiosipuaTelephone:
    """One line's telephone at a server. `calls` are those that it has now, `given_up` counts CANCELs.

    With `certain` it wants it acknowledged that it rings (RFC 3262). Where it calls it cannot want that: of an INVITE
    that is asked for a password it leaves out what it was told to add.
    """

    def __init__(
        self, user: str, password: str, server: str, hertz: int, *, answers: bool = True, certain: bool = False
    ) -> None:
        self.calls: list[Any] = []
        self.given_up = 0
        self.tone = Tone(hertz)
        host, _, port = server.partition(":")
        self._user, self._server, self._answers, self._certain = user, (host, int(port)), answers, certain
        self._answering: asyncio.Task[None] | None = None
        self._auth = aiosipua.SipDigestAuth(user, password)
        self._port = 0

    async def start(self) -> None:
        """Register."""
        self._port = await self.tone.open()
        transport = _transport.UdpSipTransport(local_addr=("127.0.0.1", own_port()))
        self.uac = aiosipua.SipUAC(transport)
        self.uas = aiosipua.SipUAS(transport, uac=self.uac)
        self.uas.on_invite, self.uas.on_bye, self.uas.on_cancel = self._rings, self._put_down, self._given_up
        await self.uas.start()
        self.registration = _registration.Registration(
            self.uac, f"sip:{self._user}@{self._server[0]}", self._server, auth=self._auth
        )
        registered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.registration.on_registered = lambda _: registered.set_result(None)
        self.registration.register()
        await asyncio.wait_for(registered, 10)

    async def dial(self, number: str) -> Any:  # noqa: ANN401 - aiosipua's own
        """Dial, and talk when somebody answers."""
        host, port = self._server
        offer = aiosipua.build_sdp("127.0.0.1", self._port, 8, "PCMA")
        call = self.uac.send_invite(
            f"sip:{self._user}@{host}",
            f"sip:{number}@{host}:{port}",
            self._server,
            offer,
            auth=self._auth,
        )
        await call.wait_answered(10)
        self.calls.append(call)
        self._talks_to(call.sdp_answer)
        return call

    async def close(self) -> None:
        """Put it away."""
        self.registration.unregister()
        self.tone.close()
        await self.uas.stop()

    def _rings(self, call: Any) -> None:  # noqa: ANN401 - aiosipua's own
        call.ringing(reliable=self._certain)
        if self._answers:
            self._answering = asyncio.get_running_loop().create_task(self._answer(call))

    async def _answer(self, call: Any) -> None:  # noqa: ANN401 - aiosipua's own
        while call._pending_rseq is not None:  # noqa: SLF001 - nothing else tells that its ringing was acknowledged
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.01)
        if call.call_id in self.uas.active_calls:
            self.calls.append(call)
            answer, _ = aiosipua.negotiate_sdp(call.sdp_offer, "127.0.0.1", self._port, [8])
            call.accept(answer)
            self._talks_to(call.sdp_offer)

    def _talks_to(self, description: Any) -> None:  # noqa: ANN401 - aiosipua's own
        self.tone.heard.clear()
        self.tone.says_to(*description.rtp_address)

    def _put_down(self, call: Any, _request: object) -> None:  # noqa: ANN401 - aiosipua's own
        if call in self.calls:
            self.calls.remove(call)
        self.tone.hush()

    def _given_up(self, _request: object, _address: object) -> None:
        self.given_up += 1
