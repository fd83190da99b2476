"""Simotel: `/api/v4/call/originate/act` and the services beside it, JSON in and out.

Here is the declaration and nothing else: the interface is in api.py, the words in errors.py and wire.py, what a PBX
file may say in settings.py, and what the vendor says and what we decided in README.md.
"""

from __future__ import annotations

from pbxsim.kit.later import later
from pbxsim.kit.vendor import Place, Vendor
from pbxsim.vendors.simotel.access import carries
from pbxsim.vendors.simotel.agent_sessions import GoingOn, Session
from pbxsim.vendors.simotel.api import SimotelInterface
from pbxsim.vendors.simotel.errors import FAILURES
from pbxsim.vendors.simotel.event_settings import TIME_ZONE
from pbxsim.vendors.simotel.queue_visits import ReportedAttempt, ReportedVisit, Visited
from pbxsim.vendors.simotel.settings import SAMPLE, Settings, credentials, faults
from pbxsim.vendors.simotel.state import Mapped

vendor = Vendor(
    name="simotel",
    title="Simotel",
    settings=Settings,
    paths=("/api/v4/*", "/api/v4.1/*"),
    open=SimotelInterface,
    check=faults,
    credentials=credentials,
    carries=carries,
    prepare=SimotelInterface.prepare,
    places={"API key": Place(header="X-APIKEY"), "basic": Place(basic="Authorization")},
    explain=later("pbxsim.vendors.simotel.explained", "explain"),
    traps=later("pbxsim.vendors.simotel.traps", "traps"),
    forms=later("pbxsim.vendors.simotel.forms", "forms"),
    secrets=later("pbxsim.vendors.simotel.forms", "secrets"),
    keeps=(GoingOn, Mapped, ReportedAttempt, ReportedVisit, Session, Visited),
    sample=SAMPLE,
    time_zone=TIME_ZONE,
    receivers=SimotelInterface.receivers,
    announce=SimotelInterface.announce,
    errors={each.value: text for each, (_, text) in FAILURES.items()},
    refuse=SimotelInterface.refuse,
    secret_headers=frozenset({"authorization", "cookie", "x-apikey"}),
)
