"""Somebody who looks at a PBX live: reads its events as they come, and keeps what is told as a page does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.web.town import Town

LISTS = {
    "call": "calls",
    "phone": "phones",
    "queue": "queues",
    "agent": "agents",
    "account": "accounts",
    "request": "requests",
    "cdr": "cdrs",
    "webhook": "webhooks",
}
KEYS = {"phones": "user", "queues": "name", "agents": "number", "accounts": "name", "requests": "seq", "clock": "now"}


class Event(msgspec.Struct, frozen=True):
    """One event."""

    name: str
    data: Any
    id: str


class Looker:
    """Reads events, and knows by `documents` what is, by list and key. `last` is the id of the last event with one."""

    def __init__(self, reply: aiohttp.ClientResponse) -> None:
        self.documents: dict[str, dict[object, Any]] = {}
        self.events: list[Event] = []
        self.last = ""
        self._reply = reply
        self._new: dict[str, dict[object, Any]] = {}

    async def until(self, is_it: Callable[[Event], bool]) -> Event:
        """Read on until such an event has come, and give it."""
        async with asyncio.timeout(10):
            while True:
                event = await self.next()
                if is_it(event):
                    return event

    async def snapshot(self) -> Looker:
        """Read on until all there is has come."""
        await self.until(lambda event: event.name == "snapshot" and "last" in event.data)
        return self

    async def next(self) -> Event:
        """Read an event. Raises EOFError where there is no more."""
        fields: dict[str, str] = {}
        while line := (await self._reply.content.readline()).decode():
            if line == "\n" and fields:
                return self._taken(Event(fields["event"], msgspec.json.decode(fields["data"]), fields.get("id", "")))
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        raise EOFError

    def _taken(self, event: Event) -> Event:
        self.events.append(event)
        self.last = event.id or self.last
        if event.name == "snapshot":
            self._new.setdefault(event.data["kind"], {}).update(_keyed(event.data["kind"], event.data["documents"]))
            if event.data.get("last"):
                self.documents, self._new = self._new, {}
        elif event.name != "clock":
            kind = LISTS[event.name]
            self.documents.setdefault(kind, {}).update(_keyed(kind, [event.data]))
        return event


def _keyed(kind: str, documents: list[Any]) -> dict[object, Any]:
    return {each[KEYS.get(kind, "id")]: each for each in documents}


@asynccontextmanager
async def looking(town: Town, query: str = "", **headers: str) -> AsyncIterator[Looker]:
    """Look at a PBX until the block ends."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{town.url}/_pbxsim/events{query}", headers=headers) as reply,
    ):
        assert (reply.status, reply.content_type) == (200, "text/event-stream")
        yield Looker(reply)
