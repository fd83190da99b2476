"""`make demo`: what it prints is done as printed, with a browser, a softphone, and the one command that rings."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import pytest
import pytest_asyncio

from tests.engines.asterisk.exchange import asterisk_here
from tests.engines.asterisk.serving import Client, environment, until_said, url_in
from tests.page.phone.desk import Office, office_file, telephone
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

pytestmark = [*IN_BROWSER, pytest.mark.asterisk]

ROOT = Path(__file__).parents[3]


class Demo(NamedTuple):
    """What was printed, and the PBX behind it."""

    said: str
    office: Office

    def line(self, pattern: str) -> str:
        """Find what a printed line has for the pattern's group."""
        found = re.search(pattern, self.said, re.MULTILINE)
        assert found is not None, self.said
        return found[1]


def typed(command: list[str]) -> subprocess.Popen[str]:
    """Start what somebody types in the project's folder, in a group of processes of its own."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(jssip: bytes, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """Type `make demo`; the environment that these tests run in is there already."""
    assert jssip
    asterisk_here()
    for program in ("make", "curl"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}")
    file = office_file(tmp_path_factory.mktemp("demo"))
    command = ["make", "demo", f"PBX={file}", "ARGS=--port 0", f"PY={sys.executable}", "HAS_DEV="]
    with typed(command) as server:
        try:
            said = until_said(server, "^  server ") + until_said(server, r"▀{20}|segno")
            async with aiohttp.ClientSession() as session:
                yield Demo(said, Office(Client(session, url_in(said)), server))
        finally:
            os.killpg(server.pid, signal.SIGTERM)


async def test_the_printed_page_is_rung_by_the_printed_command(demo: Demo, talking_browser: Browser) -> None:
    async with telephone(talking_browser) as phone:
        await phone.page.goto(demo.line(r"^  (http\S+/phone\?\S+)$"))
        await phone.stands("registered")
        await demo.office.phone("sip100")
        rung = await asyncio.create_subprocess_shell(demo.line("^  (curl .*)$") + " --silent --show-error --fail")
        rings = await phone.has("ringing")
        assert await rung.wait() == 0
        assert await rings.locator(".who").inner_text() == "Jan Novák 777123456"
        await phone.does("answer")
        await phone.has("up")
        call = await demo.office.call("777123456")
        assert [leg["line"] for leg in call["legs"]] == [None, "sip100"]
        while (sound := await phone.sound())["energy"] == 0:
            assert await phone.call("up").count(), f"it is over, and nothing was heard: {sound}"
        await phone.does("hangup")
        record = await demo.office.record("299299000")
        assert (record["src"], record["disposition"], record["cause"]) == ("777123456", "ANSWERED", 16)


@pytest.mark.sip
async def test_a_softphone_with_the_printed_account_talks_with_the_browser_and_hears_music_on_hold(
    demo: Demo, talking_browser: Browser
) -> None:
    from tests.engines.telephones import Telephones, later, loudness

    account = re.search(r"^  server (\S+)   user (\S+)   password (\S+)$", demo.said, re.MULTILINE)
    assert account is not None
    number = demo.line(r"^A softphone is the telephone of number (\d+) with$")
    softphones = Telephones(account[1])
    await softphones.start()
    try:
        softphone = await softphones.registered(account[2], account[3])
        softphone.answers()
        await demo.office.phone(account[2])
        async with telephone(talking_browser) as phone:
            await phone.open(demo.office)
            await phone.dials(number)
            await phone.has("up")
            call = await demo.office.call(number)
            assert [leg["line"] for leg in call["legs"]] == ["sip100", account[2]]
            await phone.does("hold")
            await demo.office.phone("sip100", state="ONHOLD")
            softphone.calls[0].audio.read(1_000_000)  # what was said before
            ends = asyncio.get_running_loop().time() + 20
            while loudness(softphone.calls[0].audio.read(65_536)) < 1_000:
                assert asyncio.get_running_loop().time() < ends, "there is no music"
                await later(0.02)
            await softphone.calls[0].hangup()
            ended = await phone.has("ended")
            assert "The call is over." in await ended.inner_text()
    finally:
        await softphones.close()
