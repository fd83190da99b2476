"""What the simulated engine keeps on a leg. A struct, and so in a file that is not compiled: see docs/decisions.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pbxsim.engines.simulated.behaviour import LegPlan
    from pbxsim.engines.simulated.fingers import Fingers


class SimulatedLeg(msgspec.Struct, gc=False):
    """What the engine keeps on a leg, its `engine_data`, where it is more than the fate alone: that, None until it is
    drawn, and what will be pressed, None where nothing ever was to be.
    """

    plan: LegPlan | None = None
    fingers: Fingers | None = None
