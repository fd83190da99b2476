"""What ends a served PBX ends its calls at an Asterisk that lives on: a changed file, a reset, SIGTERM."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.testing.office import Office, extension
from tests.engines.asterisk.exchange import Exchange
from tests.engines.asterisk.serving import served

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.engines.asterisk.link import AmiLink
    from tests.engines.asterisk.serving import Client

pytestmark = [pytest.mark.slow, pytest.mark.asterisk]

CALLS: Final = 10
HALVES: Final = 4  # channels of a call between two simulated parties
AT_ONCE: Final = 1.0  # seconds
LOOKS: Final = 1.0  # seconds between two looks at the file

PBX: Final = """name: office
extensions:
  - {internal: "100", calls: 20}
  - {internal: "%s", calls: 20}
phones: {default: {ring: 0, talk: never}}
vendors: {voipsun: {users: [{username: u, password: p}]}}
"""
ORIGINATE: Final = "/api/api.php?username=u&password=p&action=originate&srcExtenInternalNum=100&dstNum=101"


def write(file: Path, exchange: Exchange, second: str) -> None:
    """Write the PBX file; its telephones are 100 and a second one."""
    lines = [{"line": user, "simulated": True} for user in ("100", second)]
    section = {"sip_port": exchange.entry.sip_port, "ws_port": exchange.entry.ws_port, "lines": lines}
    file.write_text(f"{PBX % second}asterisk: {json.dumps(section)}\n", "utf-8")


class Talking:
    """A server with ten calls that are up, and a look of our own into its Asterisk."""

    def __init__(
        self, client: Client, server: subprocess.Popen[str], link: AmiLink, rewrite: Callable[[], None]
    ) -> None:
        self.client = client
        self.server = server
        self.rewrite = rewrite
        self._link = link

    async def channels(self) -> int:
        """Count Asterisk's channels."""
        return sum("channel" in event for event in await self._link.listed("CoreShowChannels"))

    async def silent(self) -> float:
        """Wait until Asterisk has no channel; give how many seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while left := await self.channels():
            assert loop.time() < began + 20, f"{left} channels are left"
        return loop.time() - began


async def nothing_is_read() -> None:
    """Take nothing of a link that is back."""


@asynccontextmanager
async def talking(
    asterisk: AsteriskInstallation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Talking]:
    """Serve an office at an Asterisk that is not the server's own, with ten calls."""
    from pbxsim.engines.asterisk.link import AmiLink

    office = Office(extension("100"), extension("101"))
    exchange = Exchange(asterisk, office.directory, "office", simulated=tuple(office.directory.lines))
    login, file = exchange.login, folder / "office.yaml"
    write(file, exchange, "101")
    monkeypatch.setenv("PBXSIM_ASTERISK_SECRET", login.secret)
    link = AmiLink(login, heard=lambda _: None, went_down=lambda: None, returned=nothing_is_read)
    exchange.process.start()
    try:
        await link.open(10)
        options = ("--asterisk", f"{login.host}:{login.port}", "--asterisk-user", login.user, "--watch")
        async with served(file, *options) as (client, server):
            for _ in range(CALLS):
                await client.ask(ORIGINATE)
            await client.until("/_pbxsim/calls", lambda calls: [call["state"] for call in calls] == ["up"] * CALLS)
            ready = Talking(client, server, link, lambda: write(file, exchange, "102"))
            assert await ready.channels() == CALLS * HALVES
            yield ready
            assert exchange.process.runs
    finally:
        await link.close()
        await asyncio.to_thread(exchange.close)


async def test_a_changed_file_ends_all_calls_and_the_new_pbx_has_none(
    asterisk: AsteriskInstallation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with talking(asterisk, tmp_path, monkeypatch) as at:
        at.rewrite()
        assert await at.silent() < LOOKS + AT_ONCE
        phones = await at.client.until("/_pbxsim/phones", lambda phones: len(phones) == 2)
        assert [phone["internal"] for phone in phones] == ["100", "102"]
        assert json.loads(await at.client.ask("/_pbxsim/calls")) == []
        await at.client.until("/readyz", lambda ready: ready["status"] == "ready")
        await at.client.ask(ORIGINATE.replace("dstNum=101", "dstNum=102"))
        await at.client.until("/_pbxsim/calls", lambda calls: [call["state"] for call in calls] == ["up"])
        assert await at.channels() == HALVES


async def reset(at: Talking) -> None:
    """Have the PBX begin anew."""
    await at.client.ask("/_pbxsim/reset", "POST", json={})
    assert json.loads(await at.client.ask("/_pbxsim/calls")) == []


async def terminate(at: Talking) -> None:
    """End the server."""
    at.server.terminate()


@pytest.mark.parametrize("end", [reset, terminate])
async def test_a_reset_and_sigterm_end_all_calls_within_a_second(
    asterisk: AsteriskInstallation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Talking], Awaitable[None]],
) -> None:
    async with talking(asterisk, tmp_path, monkeypatch) as at:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await end(at)
        await at.silent()
        assert loop.time() - began < AT_ONCE
