"""The simulated engine on one PBX: its telephones, a hand on them, and the callers who call by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pbxsim.engines.engine import Opened
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.engines.simulated.handset import SimulatedHandset
from pbxsim.engines.simulated.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.engines.simulated.phones_settings import PhonesEntry
    from pbxsim.engines.simulated.traffic_settings import TrafficEntry
    from pbxsim.pbx.pbx import Pbx


class Simulation(Opened, kw_only=True):
    """Simulated telephones, and `traffic`, the callers from outside; these call from the PBX's first moment on."""

    engine: SimulatedEngine
    handset: SimulatedHandset
    traffic: Traffic


def opened(settings: Mapping[str, Any], pbx: Pbx) -> Simulation:
    """Make it of the sections `phones` and `traffic`."""
    phones = cast("PhonesEntry", settings["phones"])
    engine = SimulatedEngine(pbx, [entry.rule() for entry in phones.rules], phones.default_behaviour())
    traffic = _traffic(settings["traffic"], pbx, engine)
    traffic.start()
    return Simulation(engine=engine, handset=SimulatedHandset(pbx, engine), traffic=traffic)


def _traffic(entries: tuple[TrafficEntry, ...], pbx: Pbx, engine: SimulatedEngine) -> Traffic:
    contexts = {number: did.context for number, did in pbx.directory.dids.items()}
    trunks = pbx.directory.trunks
    return Traffic(pbx, engine, [entry.source(contexts.get(entry.to, ""), trunks) for entry in entries])
