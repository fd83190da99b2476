"""What the tests of the edge share: a server with small PBXs on a free port, its clock held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.town import Town, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """Serve one small PBX with a held clock."""
    async with running() as served:
        yield served
