"""A PBX for coroutines: the same as client.py, awaited, so that a receiver in the same event loop can answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pbxsim.testing.client import Kind, Pbx, Snapshot
    from pbxsim.testing.phones import Phone, Phones
    from pbxsim.testing.records import Call, Cdr, SentRequest, Webhook


class AsyncPbx:
    """What `pbx` does, as coroutines: `AsyncPbx(pbx)`. Each waits in a thread, while the event loop goes on.

    `pbx` itself may be used as well, where nothing in the event loop has to answer meanwhile.
    """

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.url = pbx.url
        self.vendors = pbx.vendors

    async def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:  # noqa: ANN401 - any JSON
        """Ask the control API; see Pbx, as for all below."""
        return await asyncio.to_thread(self.pbx.ask, method, path, body, **query)

    async def now(self) -> str:
        """Tell its time."""
        return await asyncio.to_thread(lambda: self.pbx.now)

    async def advance(self, seconds: float) -> str:
        """Let so many seconds go by; all due by then has happened."""
        return await asyncio.to_thread(self.pbx.advance, seconds)

    async def advance_to(self, moment: str | datetime) -> str:
        """Let time go by until that moment."""
        return await asyncio.to_thread(self.pbx.advance_to, moment)

    async def run_next(self) -> bool:
        """Go on to the next instant at which something happens."""
        return await asyncio.to_thread(self.pbx.run_next)

    async def run_until_idle(self, limit: float = 86_400) -> bool:
        """Go on until nothing is left to do."""
        return await asyncio.to_thread(self.pbx.run_until_idle, limit)

    async def set_rate(self, rate: float) -> None:
        """Have its clock go at so many times real time; 0 holds it."""
        await asyncio.to_thread(self.pbx.set_rate, rate)

    async def reset(self, seed: int | None = None) -> None:
        """Begin anew."""
        await asyncio.to_thread(self.pbx.reset, seed)

    async def snapshot(self) -> Snapshot:
        """Take down all of it as it is."""
        return await asyncio.to_thread(self.pbx.snapshot)

    async def restore(self, snapshot: Snapshot) -> None:
        """Go back to what it was."""
        await asyncio.to_thread(self.pbx.restore, snapshot)

    async def incoming(self, from_: str, to: str | None = None, **more: object) -> Call:
        """Have somebody call."""
        return await asyncio.to_thread(self.pbx.incoming, from_, to, **more)

    async def hang_up(self, call: Call | int, cause: int = 16) -> None:
        """End a call from inside the PBX."""
        await asyncio.to_thread(self.pbx.hang_up, call, cause)

    async def call(self, number: int) -> Call:
        """Give a call by its id."""
        return await asyncio.to_thread(self.pbx.call, number)

    @property
    def phones(self) -> Phones:
        """Its telephones; what they are told does not wait for anybody outside, and is no coroutine."""
        return self.pbx.phones

    def phone(self, name: str) -> Phone:
        """Give a telephone."""
        return self.pbx.phone(name)

    async def calls(self) -> list[Call]:
        """Give calls in progress and those that ended lately."""
        return await asyncio.to_thread(lambda: self.pbx.calls)

    async def cdrs(self) -> list[Cdr]:
        """Give all call records."""
        return await asyncio.to_thread(lambda: self.pbx.cdrs)

    async def cdr(self, **fields: object) -> Cdr:
        """Give the one record with these values."""
        return await asyncio.to_thread(self.pbx.cdr, **fields)

    async def webhooks(self) -> list[Webhook]:
        """Give what servers were to be told."""
        return await asyncio.to_thread(lambda: self.pbx.webhooks)

    async def requests(self) -> list[SentRequest]:
        """Give what clients sent."""
        return await asyncio.to_thread(lambda: self.pbx.requests)

    async def force_reply(
        self,
        error: str | int,
        *,
        vendor: str | None = None,
        times: int | None = 1,
        method: str | None = None,
        path: str | None = None,
        action: str | None = None,
        params: Mapping[str, str] | None = None,
        fill: Mapping[str, str] | None = None,
    ) -> None:
        """Have the next requests that match get an error of the vendor's."""
        await asyncio.to_thread(
            self.pbx.force_reply,
            error,
            vendor=vendor,
            times=times,
            method=method,
            path=path,
            action=action,
            params=params,
            fill=fill,
        )

    async def release_replies(self) -> None:
        """Force no replies any more."""
        await asyncio.to_thread(self.pbx.release_replies)

    async def wait_for(self, of: Kind, **expected: Any) -> int:  # noqa: ANN401 - as of Pbx.wait_for
        """Wait until so many entries fit; give how many do. Raises AssertionError."""
        return await asyncio.to_thread(self.pbx.wait_for, of, **expected)

    async def verify(self, **expected: Any) -> int:  # noqa: ANN401 - as of Pbx.verify
        """See that clients sent so many requests. Raises AssertionError."""
        return await asyncio.to_thread(self.pbx.verify, **expected)
