"""A real Asterisk for the tests of this folder that need one; they are skipped by name, with why, where none can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engines.asterisk.exchange import asterisk_here

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.installation import AsteriskInstallation


@pytest.fixture(scope="session")
def asterisk() -> AsteriskInstallation:
    """Give the Asterisk of this machine, fetched now where there is none."""
    return asterisk_here()
