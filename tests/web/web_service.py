"""A customer's web service for the tests: a real aiohttp server on a free port of this machine, told what to reply."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class WebService:
    """Keeps what it was asked, and replies with `status` and `body`; while it `hangs`, only once `may_reply` is set."""

    def __init__(self) -> None:
        self.body = b'{"ok":"1","extension":"120"}'
        self.status = 200
        self.headers: dict[str, str] = {}
        self.hangs = False
        self.may_reply = asyncio.Event()
        self.arrived = asyncio.Event()
        self.asked: list[tuple[str, str, bytes]] = []
        self.authorization: list[str] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the request, and reply."""
        self.asked.append((request.method, request.path_qs, await request.read()))
        self.authorization.append(request.headers.get("Authorization", ""))
        self.arrived.set()
        if self.hangs:
            await self.may_reply.wait()
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@asynccontextmanager
async def serving() -> AsyncIterator[WebService]:
    """Serve a customer's web service."""
    service = WebService()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", service.handle)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    service.url = f"http://{host}:{port}/simotel"
    try:
        yield service
    finally:
        service.may_reply.set()
        await runner.cleanup()
