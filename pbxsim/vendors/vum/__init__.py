"""VUM, Mikrotech's virtual PBX: `webapi.php?klic=…`, calls and information by activation key.

Here is the declaration and nothing else: requests are answered in api.py, hang-up notices are posted in
hangup_notice.py, the words are in errors.py and wire.py, what a PBX file may say in settings.py, and what the vendor
says and what we decided in README.md.
"""

from __future__ import annotations

from pbxsim.kit.vendor import Vendor
from pbxsim.vendors.vum.api import VumInterface
from pbxsim.vendors.vum.hangup_notice import announce, receivers
from pbxsim.vendors.vum.settings import Settings, faults

vendor = Vendor(
    name="vum",
    title="VUM (Mikrotech)",
    settings=Settings,
    paths=("/ustredna/webapi.php", "/webapi.php"),
    open=VumInterface,
    check=faults,
    receivers=receivers,
    announce=announce,
    secret_params=frozenset({"klic"}),
)
