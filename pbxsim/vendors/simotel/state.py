"""What Simotel keeps on one PBX; every handler works with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.astdb import key_of
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.agent_sessions import AgentSessions
from pbxsim.vendors.simotel.queue_visits import QueueVisits

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.settings import Settings


MAPPED: Final = "simotel/mapped"


class Mapped(msgspec.Struct, frozen=True):
    """Whether this interface has an operator logged in."""

    number: str
    is_mapped: bool


class State:
    """One PBX that speaks Simotel: its switch, its settings, and the ids that its originated calls get.

    `mapped` are the numbers of the operators whom this interface has logged in on an extension. `visits` and `sessions`
    are what it has heard about queues, for the reports.
    """

    __slots__ = ("call_ids", "mapped", "pbx", "sessions", "settings", "visits")

    def __init__(self, settings: Settings, pbx: Pbx) -> None:
        self.settings = _located(settings, pbx)
        self.pbx = pbx
        self.call_ids = wire.CallIds()
        self.mapped = {one.number for _, one in pbx.database.family(MAPPED, Mapped) if one.is_mapped}
        self.visits = QueueVisits(pbx)
        self.sessions = AgentSessions(pbx)

    def map(self, number: str) -> None:
        """Note that this interface has logged an operator in."""
        self._note(number, is_mapped=True)
        self.mapped.add(number)

    def unmap(self, number: str) -> None:
        """Note that it has logged an operator out."""
        self._note(number, is_mapped=False)
        self.mapped.discard(number)

    def _note(self, number: str, *, is_mapped: bool) -> None:
        self.pbx.database.put(MAPPED, key_of(number), Mapped(number, is_mapped))


def _located(settings: Settings, pbx: Pbx) -> Settings:
    """Have reports in the PBX's time zone, if it has one, where they have none of their own, and events in theirs."""
    if not pbx.time_zone:
        return settings
    there = settings.reports.time_zone or pbx.time_zone
    reports = msgspec.structs.replace(settings.reports, time_zone=there)
    events = settings.events
    if events is not None and events.time_zone is None:
        events = msgspec.structs.replace(events, time_zone=there)
    return msgspec.structs.replace(settings, reports=reports, events=events)
