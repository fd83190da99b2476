"""A recordings' root with neighbours that nobody may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sinks.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Give a root with one recording, and what lies beside it."""
    return Sandbox(tmp_path)
