"""Simulated parties inside Asterisk: each is a Local channel that does, with sound, what the PBX file says it does.

What becomes of it is drawn here, by the same rules and from the same seed as where all telephones are simulated. How
long it is silent, rings and what comes then, Asterisk carries out; that it stops talking, the PBX's clock does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.pbx.channel import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.engines.simulated.behaviour import Behaviour, LegPlan, Rule
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx

TARGET: Final = "Local/s@pbxsim-act/n"
"""What is dialled for such a party."""

CALLS: Final = ("PBXSIM_SILENT=0", "PBXSIM_RINGS=0", "PBXSIM_SETTLES=0", "PBXSIM_CAUSE=0")
"""The variables of one who calls: it is there at once, and hears it ring."""

_FOR_EVER: Final[Duration] = 86_400 * SECOND


class Actors:
    """Draws what simulated parties do: as the first rule says that fits, else by default."""

    def __init__(self, pbx: Pbx, rules: Sequence[Rule], default: Behaviour) -> None:
        self._drawn = SimulatedEngine(pbx, rules, default)

    def fate(self, channel: Channel) -> LegPlan:
        """Draw what becomes of a leg that is rung now."""
        return self._drawn.fate(channel)


def variables(fate: LegPlan) -> tuple[str, ...]:
    """Spell a fate as the variables that the dialplan's context `pbxsim-act` goes by."""
    settles = _FOR_EVER if fate.report is None else fate.settles_after - fate.rings_after
    cause = fate.cause if fate.report is Report.FAILED else 0
    return (
        f"PBXSIM_SILENT={fate.rings_after / SECOND:.3f}",
        f"PBXSIM_RINGS={int(fate.rings)}",
        f"PBXSIM_SETTLES={settles / SECOND:.3f}",
        f"PBXSIM_CAUSE={int(cause)}",
    )
