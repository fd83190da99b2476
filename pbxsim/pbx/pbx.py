"""One PBX: the object that holds everything of it, so that any number of them live in one process."""

from __future__ import annotations

from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import HOUR, Duration
from pbxsim.native import mypyc_attr
from pbxsim.pbx.agent import Agent, Agents
from pbxsim.pbx.astdb import AstDb
from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.calls import CallControl
from pbxsim.pbx.cdr import RecordRules
from pbxsim.pbx.decision import Decisions
from pbxsim.pbx.dialplan import Dialplan
from pbxsim.pbx.distribution import Distribution
from pbxsim.pbx.hours import OpeningHours, Schedule
from pbxsim.pbx.ledger import Ledger
from pbxsim.pbx.mailbox import Mailbox, Voicemail
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.parking import ParkingApp, ParkingLot
from pbxsim.pbx.pickup import NAME as PICKUP
from pbxsim.pbx.pickup import PickupApp, PickupCodes
from pbxsim.pbx.queue import Queue, Queues
from pbxsim.pbx.recording import RecordingFiles, Recordings
from pbxsim.pbx.ring_group import GroupHunt, RingGroup
from pbxsim.pbx.saved import Saved
from pbxsim.pbx.voicemail import Takes, voicemail_apps
from pbxsim.pbx.voicemail_main import NAME as VOICEMAIL_MAIN
from pbxsim.pbx.voicemail_main import VoicemailMain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.account import Account
    from pbxsim.pbx.cdr import Cdr, CdrArchive, CdrQuery
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.engine import CallEngine
    from pbxsim.pbx.handset import Handset

LONGEST_TALK: Duration = 4 * HOUR
NOTHING_SAVED: Final = Saved()


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Pbx:
    """A PBX with its own clock, seed, directory and events. Nothing in it is shared with another.

    Give it an engine with `connect_engine` before the first call. `saved` is what an earlier run left: numbers, records
    and credits go on from there. `time_zone` is what its clocks show (an IANA name), empty: nobody said; opening
    hours go by `zone`.
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
        menus: Iterable[Menu] = (),
        schedules: Iterable[Schedule] = (),
        mailboxes: Iterable[Mailbox] = (),
        lots: Iterable[ParkingLot] = (),
        pickup: PickupCodes = PickupCodes(),  # noqa: B008 - it never changes
        zone: tzinfo = UTC,
        longest_talk: Duration = LONGEST_TALK,
        first_cdr: int = 1,
        recent_calls: int = 10_000,
        saved: Saved = NOTHING_SAVED,
        records: RecordRules = RecordRules(),  # noqa: B008 - it never changes
        time_zone: str = "",
    ) -> None:
        self.name = name
        self.time_zone = time_zone
        self.is_resumed = not saved.is_empty  # there was an earlier run, and not all that it did is on record
        self.clock = clock
        self.seed = seed
        self.directory = directory
        self.dialplan = Dialplan(directory)
        self.events = directory.bus = EventBus()
        self.cdrs = cdrs
        self.accounts = {account.name: account for account in accounts}
        self.ledger = Ledger(self.events, first=saved.last_entry + 1)
        self.database = AstDb(self.events, saved.database)
        self._open_accounts(saved)
        self.queues = Queues(queues, self.events)
        self.agents = Agents(agents, self.events)
        self.recordings = Recordings(cdrs=cdrs, files=files, bus=self.events)
        self.calls = CallControl(
            clock=clock,
            bus=self.events,
            dialplan=self.dialplan,
            ledger=self.ledger,
            longest_talk=longest_talk,
            saved=saved,
            first_cdr=first_cdr,
            recent=recent_calls,
            records=records,
        )
        self.distribution = Distribution(self.calls, self.queues, seed)
        self.voicemail = Voicemail(mailboxes, self.events, self.database)
        self.takes = Takes(self.calls)
        self.voicemail_main = VoicemailMain(self.calls, self.voicemail)
        self.parking = tuple(ParkingApp(self.calls, lot) for lot in lots)
        self.calls.hunts = {
            **{f"queue {name}": hunt for name, hunt in self.distribution.hunts.items()},
            **{f"group {group.name}": GroupHunt(self.calls, group) for group in groups},
            **{f"menu {menu.name}": MenuHunt(self.calls, directory, menu) for menu in menus},
            **{app.name: app for app in voicemail_apps(self.calls, self.voicemail, self.takes)},
            **{app.name: app for app in self.parking},
            PICKUP: PickupApp(self.calls, directory, pickup),
            VOICEMAIL_MAIN: self.voicemail_main,
        }
        self.hours = self.calls.hours = OpeningHours(schedules, zone, clock, self.database)
        self.decisions = Decisions(self.calls)
        self.handset: Handset | None = None

    def connect_engine(self, engine: CallEngine, handset: Handset | None = None) -> None:
        """Let `engine` decide what telephones do, and `hand` touch them where that is possible."""
        self.calls.engine = engine
        self.handset = handset

    def shown_cdrs(self, query: CdrQuery) -> Iterable[Cdr]:
        """Give the records that who asks a vendor's interface gets to see: all that fit, unless a fault hides one."""
        faults = self.calls.faults
        if faults is None:
            return self.cdrs.find(query)
        found = self.cdrs.find(msgspec.structs.replace(query, limit=None))
        return islice((cdr for cdr in found if not faults.is_unseen(cdr)), query.limit)

    def _open_accounts(self, saved: Saved) -> None:
        """Give each account the credit with which an earlier run left it, or book the one that it begins with."""
        self.ledger.resume(saved.entries)
        for account in self.accounts.values():
            if account.name in saved.balances:
                account.credit, account.changed_at = saved.balances[account.name]
            else:
                self.ledger.open(account, self.clock.now)
