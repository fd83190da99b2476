"""What the browser tests share: the session's browser, axe-core, and a PBX whose clock is held."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from pbxsim.testing import PbxServer, Receiver
from tests.page.chromium import NoBrowser, axe, chromium_or_skipped
from tests.page.viewing import Viewer, viewing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser

SHOP: Final = Path(__file__).with_name("shop.yaml")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Give this session's Chromium."""
    async with chromium_or_skipped() as chromium:
        yield chromium


@pytest.fixture(scope="session")
def axe_core() -> str:
    """Give axe-core's program."""
    try:
        return axe()
    except NoBrowser as error:
        pytest.skip(f"axe-core: {error}")


@pytest.fixture(scope="session")
def hooks() -> Iterator[Receiver]:
    """Give the receiver of the shop's webhooks."""
    with Receiver() as heard:
        yield heard


@pytest.fixture(scope="session")
def served(hooks: Receiver) -> Iterator[PbxServer]:
    """Serve the tests' own PBX in a process of its own, its clock held."""
    with PbxServer(SHOP, receiver=hooks, process=True) as server:
        yield server


@pytest.fixture
def receiver(hooks: Receiver) -> Receiver:
    """Give the receiver as if nothing had come yet."""
    hooks.reset()
    return hooks


@pytest.fixture
def pbx(served: PbxServer, receiver: Receiver) -> PbxServer:
    """Give that PBX at its start, its clock held: a test that broke off may have left it running."""
    served.set_rate(0)
    served.reset()
    return served


@pytest_asyncio.fixture(loop_scope="session")
async def viewer(browser: Browser) -> AsyncIterator[Viewer]:
    """Open a tab, which is to say no error and ask nobody else."""
    async with viewing(browser) as opened:
        yield opened
