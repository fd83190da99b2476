"""A post office with one real web receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.receivers import WebReceiver
from tests.sinks.outbox.post_office import PostOffice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def hook() -> AsyncIterator[WebReceiver]:
    """Give a web receiver that is up."""
    made = await WebReceiver.started()
    yield made
    await made.go_down()


@pytest.fixture
async def post(hook: WebReceiver) -> AsyncIterator[PostOffice]:
    """Give a post office for it, its clock held."""
    made = PostOffice(hook)
    yield made
    await made.close()
