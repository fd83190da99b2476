"""What the telephone's tests share: a browser with a microphone that is none, JsSIP, an office to telephone in."""

from __future__ import annotations

import fcntl
import shutil
import socket
import struct
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from pbxsim.web.page import telephone
from tests.debian import alone
from tests.engines.asterisk.exchange import asterisk_here
from tests.page.chromium import NoBrowser, launched
from tests.page.phone.desk import office_at, office_file
from tests.page.phone.desk import telephone as opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.page.phone.desk import Office, Telephone

ROOT: Final = Path(__file__).parents[3]
_ADDRESS_OF: Final = 0x8915  # SIOCGIFADDR, netdevice(7)
_LOOPBACK: Final = 127


def has_address() -> bool:
    """Tell whether this machine has an IPv4 address beside the loopback's: Asterisk offers browsers no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # the interface has none
                found = fcntl.ioctl(asking, _ADDRESS_OF, struct.pack("256s", name.encode()))
                if found[20] != _LOOPBACK:
                    return True
    return False


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def talking_browser() -> AsyncIterator[Browser]:
    """Give a Chromium whose microphone hums, and which asks nobody whether it may be used."""
    if not has_address():
        pytest.skip("no sound in a browser: this machine has no IPv4 address beside the loopback's")
    opening = launched("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    try:
        chromium = await opening.__aenter__()
    except NoBrowser as error:
        pytest.skip(f"Chromium: {error}")
    yield chromium
    await opening.__aexit__(None, None, None)


@pytest.fixture(scope="session")
def jssip() -> bytes:
    """Give JsSIP as the page has it, made now where it is not there."""
    with alone("phone"):
        if telephone.library() is None:
            if shutil.which("make") is None:
                pytest.skip("JsSIP: there is no make to fetch it with")
            done = subprocess.run(["make", "phone"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
            if done.returncode:
                pytest.skip(f"JsSIP: make phone: {(done.stderr or done.stdout).strip()[-300:]}")
    made = telephone.library()
    assert made is not None
    return made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office(jssip: bytes, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Serve an office with an Asterisk of its own, once for all of these tests."""
    assert jssip
    asterisk_here()
    async with office_at(office_file(tmp_path_factory.mktemp("office"))) as serving:
        yield serving


@pytest_asyncio.fixture(loop_scope="session")
async def phone(office: Office, talking_browser: Browser) -> AsyncIterator[Telephone]:
    """Give the telephone of line sip100, registered; nobody calls."""
    await office.quiet()
    async with opened(talking_browser) as ready:
        await ready.open(office)
        yield ready
