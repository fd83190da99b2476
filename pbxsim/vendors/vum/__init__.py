"""VUM, Mikrotech's virtual PBX: its declaration and nothing else. What the vendor says is in README.md."""

from __future__ import annotations

from pbxsim.kit.later import later
from pbxsim.kit.vendor import Place, Vendor
from pbxsim.vendors.vum.api import VumInterface
from pbxsim.vendors.vum.errors import TEXTS, Text
from pbxsim.vendors.vum.hangup_notice import Watched, announce, receivers
from pbxsim.vendors.vum.settings import SAMPLE, TIME_ZONE, Settings, credentials, faults
from pbxsim.vendors.vum.state import carries

vendor = Vendor(
    name="vum",
    title="VUM (Mikrotech)",
    settings=Settings,
    paths=("/ustredna/webapi.php", "/webapi.php"),
    open=VumInterface,
    check=faults,
    credentials=credentials,
    carries=carries,
    places={"key": Place(params=("klic",))},
    explain=later("pbxsim.vendors.vum.explained", "explain"),
    traps=later("pbxsim.vendors.vum.traps", "traps"),
    forms=later("pbxsim.vendors.vum.forms", "forms"),
    secrets=later("pbxsim.vendors.vum.forms", "secrets"),
    keeps=(Watched,),
    sample=SAMPLE,
    time_zone=TIME_ZONE,
    receivers=receivers,
    announce=announce,
    errors={each.value: text for each, text in TEXTS.items() if each is not Text.ACCEPTED},
    refuse=VumInterface.refuse,
    secret_params=frozenset({"klic"}),
)
