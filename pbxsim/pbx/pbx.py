"""One PBX: the object that holds everything of it, so that any number of them live in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import HOUR, Duration
from pbxsim.pbx.agent import Agent, Agents
from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.calls import CallControl
from pbxsim.pbx.dialplan import Dialplan
from pbxsim.pbx.distribution import Distribution
from pbxsim.pbx.queue import Queue, Queues
from pbxsim.pbx.recording import RecordingFiles, Recordings
from pbxsim.pbx.ring_group import GroupHunt, RingGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.account import Account
    from pbxsim.pbx.cdr import CdrArchive
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.engine import CallEngine, TelephoneHand

LONGEST_TALK: Duration = 4 * HOUR


class Pbx:
    """A PBX with its own clock, seed, directory and events. Nothing in it is shared with another.

    Give it an engine with `connect_engine` before the first call.
    """

    def __init__(
        self,
        *,
        name: str,
        clock: Scheduler,
        seed: int,
        directory: Directory,
        cdrs: CdrArchive,
        files: RecordingFiles,
        accounts: Iterable[Account] = (),
        queues: Iterable[Queue] = (),
        agents: Iterable[Agent] = (),
        groups: Iterable[RingGroup] = (),
        longest_talk: Duration = LONGEST_TALK,
        first_cdr: int = 1,
        recent_calls: int = 10_000,
    ) -> None:
        self.name = name
        self.clock = clock
        self.seed = seed
        self.directory = directory
        self.dialplan = Dialplan(directory)
        self.events = EventBus()
        self.cdrs = cdrs
        self.accounts = {account.name: account for account in accounts}
        self.queues = Queues(queues, self.events)
        self.agents = Agents(agents, self.events)
        self.recordings = Recordings(cdrs=cdrs, files=files, bus=self.events)
        self.calls = CallControl(
            clock=clock,
            bus=self.events,
            dialplan=self.dialplan,
            longest_talk=longest_talk,
            first_cdr=first_cdr,
            recent=recent_calls,
        )
        self.distribution = Distribution(self)
        self.calls.hunts = {
            **{f"queue {name}": hunt for name, hunt in self.distribution.hunts.items()},
            **{f"group {group.name}": GroupHunt(self, group) for group in groups},
        }
        self.hand: TelephoneHand | None = None

    def connect_engine(self, engine: CallEngine, hand: TelephoneHand | None = None) -> None:
        """Let `engine` decide what telephones do, and `hand` touch them where that is possible."""
        self.calls.engine = engine
        self.hand = hand
