"""The real Asterisk of the engine's own tests."""

from __future__ import annotations

from tests.engines.conftest import asterisk

__all__ = ["asterisk"]
