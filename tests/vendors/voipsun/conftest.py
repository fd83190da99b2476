"""What the tests of this vendor share: a client with a fresh PBX behind it."""

from __future__ import annotations

import pytest

from tests.vendors.voipsun.client import Client


@pytest.fixture
def client() -> Client:
    """Give a client of the PBX that the manual's examples speak of."""
    return Client()
