"""The databases that are killed upon."""

from __future__ import annotations

from tests.databases import postgresql_server, postgresql_url

__all__ = ["postgresql_server", "postgresql_url"]
