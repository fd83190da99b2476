"""PBX files as texts for the tests, and a vendor of their own, so that none of ours has to be known here."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import pytest

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import read
from pbxsim.config.packages import Packages
from pbxsim.discovery import find_engines
from pbxsim.engines.simulated.simulation import Simulation
from pbxsim.hosting.assemble import Assembled, assemble
from pbxsim.kit.reply import Reply
from pbxsim.kit.vendor import SettingsFault, Vendor
from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.testing.office import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.config.file import PbxFile
    from pbxsim.config.load import LoadedFile
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.saved import Saved

FILE = "office.yaml"

_KEYS: Final = msgspec.json.schema(dict[Annotated[str, msgspec.Meta(title="a colour")], int])
KEYS_ARE_DESCRIBED: Final = pytest.mark.skipif(
    "title" not in _KEYS.get("propertyNames", {}),
    reason="msgspec before 0.22 does not describe a mapping's keys in a schema: a fault there is told in its own words",
)
"""Marks what tests how a fault in a key that a file chooses is told."""


class AcmeUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may use Acme's interface."""

    name: str
    account: str


class AcmeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a PBX file may say of Acme."""

    users: tuple[AcmeUser, ...] = ()
    greeting: str = "hello"


class AcmeInterface:
    """Acme on one PBX: says its greeting."""

    def __init__(self, settings: AcmeSettings, pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx

    def claims(self, request: Request) -> bool:
        """Claim whatever names one of our users."""
        return request.params.text("user") in [user.name for user in self.settings.users]

    def answer(self, request: Request) -> Reply:
        """Greet."""
        return Reply(body=f"{self.settings.greeting} {request.path}".encode(), content_type="text/plain")

    def curl(self, base_url: str) -> str | None:
        """Give the line that is greeted."""
        return f"curl {base_url}/acme"


def acme_faults(settings: AcmeSettings, pbx: Pbx) -> Iterator[SettingsFault]:
    """Find users of accounts that are not there."""
    for index, user in enumerate(settings.users):
        if user.account not in pbx.accounts:
            yield SettingsFault(f"users[{index}].account", user.account, "an account of this file")


ACME = Vendor(name="acme", title="Acme", settings=AcmeSettings, paths=("/acme",), open=AcmeInterface, check=acme_faults)
VENDORS = {"acme": ACME}
PACKAGES = Packages(VENDORS, find_engines())


def loaded(text: str, name: str = "office") -> LoadedFile:
    """Load a file that is right; its first line, the PBX's name, goes without saying."""
    return read(f"name: {name}\n{dedent(text)}", FILE, VENDORS)


def pbx_file(text: str) -> PbxFile:
    """Read a file that is right."""
    return loaded(text).file


def built(text: str, *, seed: int = 1, saved: Saved = NOTHING_SAVED) -> Assembled:
    """Make a PBX of a file that is right; `saved` is what an earlier run left."""
    return assemble(loaded(text), clock=Scheduler(max(START, saved.now)), seed=seed, saved=saved)


def simulated(made: Assembled) -> Simulation:
    """Give the simulation on a PBX."""
    assert isinstance(made.opened, Simulation)
    return made.opened


def told(text: str) -> list[tuple[int, str, Any, str]]:
    """Read a file that is wrong, line 1 being the PBX's name, and give its faults: line, path, value, expected."""
    with pytest.raises(PbxFileRefused) as caught:
        assemble(loaded(dedent(text).lstrip()), clock=Scheduler(START))
    assert {fault.file for fault in caught.value.faults} == {FILE}
    return [(fault.line, fault.path, fault.value, fault.expected) for fault in caught.value.faults]


def places(text: str) -> list[tuple[int, str]]:
    """Read a file that is wrong, and give where: lines and paths."""
    return [(line, path) for line, path, _, _ in told(text)]
