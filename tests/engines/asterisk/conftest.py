"""A real Asterisk for the tests of this folder that need one; they are skipped by name, with why, where none can be."""

from __future__ import annotations

import pytest

from pbxsim.engines.asterisk import installation
from pbxsim.engines.engine import EngineUnreachable


@pytest.fixture(scope="session")
def asterisk() -> installation.AsteriskInstallation:
    """Give the Asterisk of this machine, fetched now where there is none."""
    pytest.importorskip("panoramisk", reason="no Asterisk can be spoken to: panoramisk is not installed")
    try:
        return installation.found_or_fetched(lambda _: None)
    except EngineUnreachable as error:
        pytest.skip(f"no Asterisk: {error}")
