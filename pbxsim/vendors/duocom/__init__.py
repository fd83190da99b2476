"""Duocom, Mi Oficina Web and Telefácil: `…_webcallservice?principal=…`, two calls that become one.

Here is the declaration and nothing else: requests are answered in api.py, the words are in errors.py and wire.py, what
a PBX file may say in settings.py, and what the vendor says and what we decided in README.md.
"""

from __future__ import annotations

from pbxsim.vendorkit.vendor import Vendor
from pbxsim.vendors.duocom.api import DuocomInterface
from pbxsim.vendors.duocom.settings import Settings, faults

vendor = Vendor(
    name="duocom",
    title="Duocom (Mi Oficina Web)",
    settings=Settings,
    paths=(
        "/cgi-bin/oficinaweb/oficinaweb_webcallservice",
        "/cgi-bin/telefacil2/telefacil_webcallservice",
        "/webcallservice",
    ),
    open=DuocomInterface,
    check=faults,
    secret_params=frozenset({"pass"}),
)
