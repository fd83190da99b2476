"""VoIPSUN PBX's HTTP API, `/api/api.php`: its declaration and nothing else. What the vendor says is in README.md."""

from __future__ import annotations

from pbxsim.kit.later import later
from pbxsim.kit.vendor import Place, Vendor
from pbxsim.vendors.voipsun.api import PATH, VoipsunInterface
from pbxsim.vendors.voipsun.errors import ERRORS
from pbxsim.vendors.voipsun.settings import SAMPLE, Settings, credentials, faults
from pbxsim.vendors.voipsun.state import carries

vendor = Vendor(
    name="voipsun",
    title="VoIPSUN PBX",
    settings=Settings,
    paths=(PATH,),
    open=VoipsunInterface,
    check=faults,
    credentials=credentials,
    carries=carries,
    places={"user": Place(params=("username", "password"))},
    errors={str(code): text for code, text in ERRORS.items()},
    refuse=VoipsunInterface.refuse,
    prepare=VoipsunInterface.prepare,
    explain=later("pbxsim.vendors.voipsun.explained", "explain"),
    traps=later("pbxsim.vendors.voipsun.traps", "traps"),
    forms=later("pbxsim.vendors.voipsun.forms", "forms"),
    secrets=later("pbxsim.vendors.voipsun.forms", "secrets"),
    sample=SAMPLE,
    secret_params=frozenset({"password", "agentPin"}),
)
