"""Whether pages are open, come or go: what happens in a PBX is the same, byte for byte, in random histories."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.snapshot.snapshot import taken
from pbxsim.web.control.feed import Feed
from tests.hosting.snapshot.chance import Chance
from tests.hosting.snapshot.histories import History
from tests.hosting.snapshot.town import town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pbxsim.hosting.hosted_pbx import HostedPbx

STEPS = 30


class Pages:
    """Pages that are open on a PBX; `shown` counts what they were sent."""

    def __init__(self, host: HostedPbx, seed: int) -> None:
        self.shown = 0
        self._host = host
        self._chance = Chance(seed)
        self._open: list[AsyncIterator[bytes]] = []
        self._reading: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Have somebody come, read, go, or all of it be over."""
        if not isinstance(self._host.audience, Feed):
            Feed(self._host, period=0, linger=0 if self._chance.random() < 0.5 else 60)
        what = self._chance.choice(("come", "come", "read", "read", "go", "close"))
        if what == "come":
            feed = self._host.audience
            assert isinstance(feed, Feed)
            self._open.append(feed.follow())
        elif what == "go" and self._open:
            await self._end(self._open.pop())
        elif what == "close" and self._host.audience is not None:
            self._host.audience.close()
        for page in self._open:
            await self._read(page)

    async def end(self) -> None:
        """Have everybody go."""
        if self._host.audience is not None:
            self._host.audience.close()
        for page in self._open:
            await self._end(page)

    async def _read(self, page: AsyncIterator[bytes]) -> None:
        """Read what there is by now, for as long as that takes some turns of the loop at most."""
        reading = asyncio.ensure_future(anext(page, b""))
        for _ in range(3):
            await asyncio.wait([reading], timeout=0)
        if not reading.done():
            reading.cancel()
        told = (await asyncio.gather(reading, return_exceptions=True))[0]
        self.shown += isinstance(told, bytes) and len(told)

    async def _end(self, page: AsyncIterator[bytes]) -> None:
        await page.aclose()  # type: ignore[attr-defined]  # it is a generator


async def see_that_looking_changes_nothing(folder: Path, seed: int) -> None:
    """Have one history happen to a PBX that nobody looks at, and to one at which pages are opened and closed."""
    quiet, watched = History(town(folder, seed), seed), History(town(folder, seed), seed)
    for history in (quiet, watched):
        history.host.questions.close()  # a customer's server would answer when it pleases
    pages = Pages(watched.host, seed + 1_000)
    for _ in range(STEPS):
        quiet.live(1)
        await pages.live()
        watched.live(1)
    assert pages.shown > 10_000
    assert taken(watched.host) == taken(quiet.host), seed
    expected, came = quiet.told(), watched.told()
    for what in expected:
        assert came[what] == expected[what], (seed, what)
    await pages.end()
    assert watched.told() == expected


@pytest.mark.slow
@pytest.mark.parametrize("share", range(8))
async def test_opening_and_closing_pages_never_changes_a_run(tmp_path: Path, share: int) -> None:
    for seed in range(100 + share, 164, 8):
        await see_that_looking_changes_nothing(tmp_path, seed)
