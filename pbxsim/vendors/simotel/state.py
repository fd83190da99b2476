"""What Simotel keeps on one PBX; every handler works with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.agent_sessions import AgentSessions
from pbxsim.vendors.simotel.queue_visits import QueueVisits

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.settings import Settings


class State:
    """One PBX that speaks Simotel: its switch, its settings, and the ids that its originated calls get.

    `mapped` are the numbers of the operators whom this interface has logged in on an extension. `visits` and `sessions`
    are what it has heard about queues, for the reports.
    """

    __slots__ = ("call_ids", "mapped", "pbx", "sessions", "settings", "visits")

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx
        self.call_ids = wire.CallIds()
        self.mapped: set[str] = set()
        self.visits = QueueVisits(pbx)
        self.sessions = AgentSessions(pbx)
