"""Duocom, Mi Oficina Web and Telefácil: two calls that become one, what they cost, how one is cut.

Here is the declaration and nothing else: requests come to api.py, which has one of programs.py answer; the words are
in errors.py and wire.py, what a PBX file may say in settings.py, and what the vendor says and we decided in README.md.
"""

from __future__ import annotations

from pbxsim.kit.vendor import Vendor
from pbxsim.vendors.duocom.api import DuocomInterface
from pbxsim.vendors.duocom.checks import faults
from pbxsim.vendors.duocom.notices import announce, receivers
from pbxsim.vendors.duocom.programs import PROGRAMS
from pbxsim.vendors.duocom.settings import Settings

vendor = Vendor(
    name="duocom",
    title="Duocom (Mi Oficina Web)",
    settings=Settings,
    paths=tuple(PROGRAMS),
    open=DuocomInterface,
    check=faults,
    receivers=receivers,
    announce=announce,
    secret_params=frozenset({"pass", "password_voip"}),
)
