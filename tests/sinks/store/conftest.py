"""Databases for the tests of the store: SQLite, and real servers of PostgreSQL and MariaDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databases import database_url, mariadb_server, mariadb_url, postgresql_server, postgresql_url
from tests.sinks.store.desk import Desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["database_url", "mariadb_server", "mariadb_url", "postgresql_server", "postgresql_url"]


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Give a desk with an empty database, once of each kind; what is open there is closed in the end."""
    desk = Desk(database_url, tmp_path / "spill")
    yield desk
    await desk.close()


@pytest.fixture
async def sqlite_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Give a desk with an empty SQLite file."""
    desk = Desk(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "spill")
    yield desk
    await desk.close()
