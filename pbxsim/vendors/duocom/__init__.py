"""Duocom, Mi Oficina Web and Telefácil: the declaration and nothing else. What the vendor says is in README.md."""

from __future__ import annotations

from pbxsim.kit.later import later
from pbxsim.kit.vendor import Place, Vendor
from pbxsim.vendors.duocom.api import DuocomInterface
from pbxsim.vendors.duocom.errors import TEXTS
from pbxsim.vendors.duocom.notices import announce, receivers
from pbxsim.vendors.duocom.parties import Caller
from pbxsim.vendors.duocom.programs import PATHS
from pbxsim.vendors.duocom.settings import SAMPLE, TIME_ZONE, Settings, credentials, faults
from pbxsim.vendors.duocom.state import ChosenMask, carries

vendor = Vendor(
    name="duocom",
    title="Duocom (Mi Oficina Web)",
    settings=Settings,
    paths=PATHS,
    open=DuocomInterface,
    check=faults,
    credentials=credentials,
    carries=carries,
    prepare=DuocomInterface.prepare,
    places={
        "principal": Place(params=("principal", "pass")),
        "VoIP user": Place(params=("usuario_voip", "password_voip")),
    },
    explain=later("pbxsim.vendors.duocom.explained", "explain"),
    traps=later("pbxsim.vendors.duocom.traps", "traps"),
    forms=later("pbxsim.vendors.duocom.forms", "forms"),
    secrets=later("pbxsim.vendors.duocom.forms", "secrets"),
    keeps=(Caller, ChosenMask),
    sample=SAMPLE,
    time_zone=TIME_ZONE,
    receivers=receivers,
    announce=announce,
    errors={each.value: text for each, text in TEXTS.items()},
    refuse=DuocomInterface.refuse,
    secret_params=frozenset({"pass", "password_voip"}),
)
