"""Tests of the engines draw the same examples each time, as those of the switch do. Engines with real telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import settings

from tests.engines.asterisk.exchange import asterisk_here

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from tests.engines.real_rig import RealRig

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

Makes: TypeAlias = "Callable[..., Awaitable[RealRig]]"
"""Puts an engine with real telephones to work on an office; takes what that engine's rig takes besides."""


@pytest.fixture(scope="session")
def asterisk() -> AsteriskInstallation:
    """Give the Asterisk of this machine, fetched now where there is none; its tests are skipped where none can be."""
    return asterisk_here()


@pytest.fixture(params=[pytest.param("asterisk", marks=pytest.mark.asterisk), "sip"])
def make(request: pytest.FixtureRequest) -> Makes:
    """Give each engine with real telephones."""
    if request.param == "sip":
        from tests.engines.sip.rig import SipRig

        return lambda office, **more: SipRig(office, **more).start()
    from tests.engines.asterisk.rig import AsteriskRig

    here = request.getfixturevalue("asterisk")
    return lambda office, **more: AsteriskRig(here, office, **more).start()
