"""Telephones that exist only here: what each does follows from the PBX file, its number and the seed."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from pbxsim.engines.engine import Engine, Section
from pbxsim.engines.simulated.behaviour import Behaviour, LegPlan, Outcome, Rule, Shape, Span
from pbxsim.engines.simulated.checks import faults
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.engines.simulated.fingers import Fingers, Keypad
from pbxsim.engines.simulated.leg import SimulatedLeg
from pbxsim.engines.simulated.phones_settings import PhonesEntry
from pbxsim.engines.simulated.simulation import opened
from pbxsim.engines.simulated.traffic import Traffic
from pbxsim.engines.simulated.traffic_settings import TrafficEntry

_TRAFFIC: Final = Annotated[tuple[TrafficEntry, ...], Meta(description="Callers from outside who call by themselves.")]

declaration = Engine(
    name="simulated",
    title="telephones that do what the PBX file or their numbers say",
    sections={
        "phones": Section(PhonesEntry, PhonesEntry(), after="features"),
        "traffic": Section(_TRAFFIC, (), after="queues"),
    },
    check=faults,
    open=opened,
    keeps=(Behaviour, Fingers, LegPlan, Outcome, Rule, Shape, SimulatedLeg, Span),
    timers=(*SimulatedEngine.timed_actions(), *Keypad.timed_actions(), Traffic.arrive),
)
