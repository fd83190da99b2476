"""What the browser tests share: the session's browser, axe-core, and a PBX whose clock is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from pbxsim.testing import PbxServer, Receiver
from tests.page.chromium import NoBrowser, axe, launched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Give this session's Chromium."""
    opening = launched()
    try:
        chromium = await opening.__aenter__()
    except NoBrowser as error:
        pytest.skip(f"Chromium: {error}")
    yield chromium
    await opening.__aexit__(None, None, None)


@pytest.fixture(scope="session")
def axe_core() -> str:
    """Give axe-core's program."""
    try:
        return axe()
    except NoBrowser as error:
        pytest.skip(f"axe-core: {error}")


@pytest.fixture(scope="session")
def served() -> Iterator[PbxServer]:
    """Serve the PBX `documented` in a process of its own, its clock held."""
    with PbxServer(process=True) as server:
        yield server


@pytest.fixture
def pbx(served: PbxServer) -> PbxServer:
    """Give that PBX at its start."""
    served.reset()
    return served


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver of webhooks."""
    with Receiver() as heard:
        yield heard
