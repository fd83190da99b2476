"""A pytest plugin: writes down every reply that vendors' interfaces give while tests run, one JSON object a line.

`python -m pytest -p tests.vendors.recorder tests/vendors/NAME` with PBXSIM_REPLIES=FILE. The contract test reads the
file to see which documented errors the tests of a vendor have really produced.
"""

from __future__ import annotations

import os
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pbxsim.discovery import find_vendors
from tests.vendors.installed import open_interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request

REPLIES = "PBXSIM_REPLIES"


class Recorded(msgspec.Struct, frozen=True):
    """A reply that was given."""

    vendor: str
    status: int
    code: str
    body: str


def pytest_configure() -> None:
    """Wrap the `answer` of each vendor's interface."""
    path = Path(os.environ[REPLIES])
    for name in find_vendors():
        kind: Any = type(open_interface(name).interface)
        kind.answer = _recording(kind.answer, name, path)


def _recording(answer: Callable[..., Reply], vendor: str, path: Path) -> Callable[..., Reply]:
    @wraps(answer)
    def recording(self: object, request: Request) -> Reply:
        reply = answer(self, request)
        entry = Recorded(vendor, reply.status, reply.code, reply.body.decode(errors="replace"))
        with path.open("ab") as file:
            file.write(msgspec.json.encode(entry) + b"\n")
        return reply

    return recording


def read_replies(path: Path) -> list[Recorded]:
    """Read what was written down, each reply once."""
    lines = dict.fromkeys(path.read_bytes().splitlines())
    return [msgspec.json.decode(line, type=Recorded) for line in lines]
