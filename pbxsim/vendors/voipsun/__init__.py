"""VoIPSUN PBX's HTTP API, `/api/api.php`: its declaration and nothing else. What the vendor says is in README.md."""

from __future__ import annotations

from typing import Final

from pbxsim.kit.vendor import Vendor
from pbxsim.vendors.voipsun.api import PATH, VoipsunInterface
from pbxsim.vendors.voipsun.errors import ERRORS
from pbxsim.vendors.voipsun.explained import explain
from pbxsim.vendors.voipsun.settings import Settings, credentials, faults

_SAMPLE: Final = """\
    users:
      - {username: client, password: change-me} # may use every action; `actions: [originate]` would allow one
"""

vendor = Vendor(
    name="voipsun",
    title="VoIPSUN PBX",
    settings=Settings,
    paths=(PATH,),
    open=VoipsunInterface,
    check=faults,
    credentials=credentials,
    errors={str(code): text for code, text in ERRORS.items()},
    refuse=VoipsunInterface.refuse,
    explain=explain,
    sample=_SAMPLE,
    secret_params=frozenset({"password", "agentPin"}),
)
