"""Async tests of the clock run on a loop whose time they own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clock.desk import Desk
from tests.clock.loop import LoopOnHand, loop_on_hand

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import AsyncIterator, Callable, Mapping


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Tell pytest-asyncio which loop to make."""
    return {"time on hand": LoopOnHand}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Give a running driver, paused, and close it in the end."""
    made = Desk(loop_on_hand())
    made.driver.start()
    yield made
    made.driver.close()
