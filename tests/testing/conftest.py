"""What the tests of the test author's tools share: one server in this process, and its PBX as if just started."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from pbxsim.testing import PbxServer, Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.testing import Pbx

Originate: TypeAlias = Callable[..., bytes]


@pytest.fixture(scope="module")
def served() -> Iterator[PbxServer]:
    """Serve the PBX `documented` in this process."""
    with PbxServer() as server:
        yield server


@pytest.fixture
def one(served: PbxServer) -> PbxServer:
    """Give its PBX at its start."""
    served.reset()
    return served


@pytest.fixture
def heard() -> Iterator[Receiver]:
    """Give a receiver of webhooks."""
    with Receiver() as receiver:
        yield receiver


def originate(pbx: Pbx, number: str = "800123456", **more: str) -> bytes:
    """Have VoIPSUN's extension 100 call a number, as a client of the vendor would."""
    user = pbx.vendors["voipsun"]["users"][0]
    query = {**user, "action": "originate", "srcExtenInternalNum": "100", "dstNum": number, **more}
    with urlopen(f"{pbx.url}/api/api.php?{urlencode(query)}") as reply:
        body: bytes = reply.read()
    return body
