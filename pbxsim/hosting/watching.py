"""What of a PBX has changed since somebody last looked: for pages that show it live.

While things happen only their numbers and names are noted, and no event is kept: the next one finds its memory still
in the processor's cache. Whoever looks makes documents of what is noted, as it stands by then. Nobody listens while
nobody looks, and looking changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.pbx.events import (
    AgentChanged,
    AnnouncementPlayed,
    CallBridged,
    CallDiverted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallFaultStruck,
    CallParked,
    CallPickedUp,
    CallStarted,
    CallTransferred,
    CallUnparked,
    CdrClosed,
    ContextEntered,
    CreditChanged,
    DecisionAnswered,
    DecisionAsked,
    DigitPressed,
    DiversionChanged,
    DoNotDisturbChanged,
    HoursDecided,
    LegAnswered,
    LegBarred,
    LegDialed,
    LegEnded,
    LegHeld,
    LegRefused,
    LegRinging,
    LegUnheld,
    LineRegistered,
    LineUnregistered,
    MemberAdded,
    MemberPauseChanged,
    MemberRemoved,
    MenuEntered,
    MenuLeft,
    MessageLeft,
    RecordingMoved,
    SpyAttached,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.pbx.events import Event

    _OfLeg: TypeAlias = LegDialed | LegRinging | LegAnswered | LegHeld | LegUnheld | LegEnded | DigitPressed
    _OfLine: TypeAlias = LineRegistered | LineUnregistered | DoNotDisturbChanged | DiversionChanged
    _OfMember: TypeAlias = MemberAdded | MemberRemoved | MemberPauseChanged

MOST_CHANGES: Final = 2_000
"""Where more than so much has changed between two looks, whoever looks had better look at everything."""


class Marks(msgspec.Struct, kw_only=True):
    """What has changed, by number or name, in the order in which it first did (a dict without values keeps that).

    `begun` are those of the calls that were not there before.
    """

    calls: dict[int, None] = {}
    begun: dict[int, None] = {}
    lines: dict[str, None] = {}
    agents: dict[str, None] = {}
    queues: dict[str, None] = {}
    accounts: dict[str, None] = {}
    cdrs: dict[int, None] = {}
    requests: dict[int, None] = {}
    deliveries: dict[int, None] = {}

    @property
    def count(self) -> int:
        """Count them."""
        return sum(len(getattr(self, field)) for field in self.__struct_fields__)


class Watch:
    """Marks what changes in a PBX between `begin` and `end`; `is_on`: it is between them."""

    def __init__(self, host: HostedPbx) -> None:
        self._host = host
        self._pbx = host.pbx
        self._marks = Marks()
        self.is_on = False

    @property
    def is_of_the_present(self) -> bool:
        """Tell whether the PBX is still the one that is listened to, and has not begun anew."""
        return self._pbx is self._host.pbx

    def begin(self) -> None:
        """Listen to the PBX as it is now."""
        self._pbx = self._host.pbx
        self.is_on = True
        for kind, method in HEARD.items():
            self._pbx.events.subscribe(kind, getattr(self, method))
        self._mark()

    def end(self) -> None:
        """Listen no more, if it does."""
        if not self.is_on:
            return
        self.is_on = False
        for kind, method in HEARD.items():
            self._pbx.events.unsubscribe(kind, getattr(self, method))
        self._marks = Marks()
        if self.is_of_the_present:
            self._host.requests.changed = self._host.outbox.changed = None

    def take(self) -> Marks | None:
        """Give what has changed since this was last asked; None where that is too much to tell one by one."""
        marks = self._marks
        if marks.count > MOST_CHANGES:
            return None
        if self.is_on and marks.count:
            self._mark()
        return marks

    def _mark(self) -> None:
        """Mark from here on, with nothing marked yet."""
        self._marks = Marks()
        self._host.requests.changed = self._marks.requests
        self._host.outbox.changed = self._marks.deliveries

    def _on_started(self, event: CallStarted) -> None:
        number = event.call.number
        self._marks.calls[number] = self._marks.begun[number] = None

    def _on_leg(self, event: _OfLeg) -> None:
        channel = event.channel
        self._marks.calls[channel.call.number] = None
        if channel.line is not None:
            self._marks.lines[channel.line.user] = None

    def _on_call(self, event: CallBridged) -> None:
        self._marks.calls[event.call.number] = None

    def _on_line(self, event: _OfLine) -> None:
        self._marks.lines[event.line.user] = None

    def _on_agent(self, event: AgentChanged) -> None:
        self._marks.agents[event.agent.number] = None

    def _on_member(self, event: _OfMember) -> None:
        self._marks.agents[event.agent.number] = None
        self._marks.queues[event.queue.name] = None

    def _on_visit(self, event: CallerJoined | CallerLeft) -> None:
        self._marks.calls[event.call.number] = None
        self._marks.queues[event.queue.name] = None

    def _on_cdr(self, event: CdrClosed | RecordingMoved) -> None:
        self._marks.cdrs[event.cdr.id] = None

    def _on_credit(self, event: CreditChanged) -> None:
        self._marks.accounts[event.entry.account] = None


HEARD: Final[Mapping[type[Event], str]] = {
    CallStarted: "_on_started",
    LegDialed: "_on_leg",
    LegRinging: "_on_leg",
    LegAnswered: "_on_leg",
    LegHeld: "_on_leg",
    LegUnheld: "_on_leg",
    LegEnded: "_on_leg",
    DigitPressed: "_on_leg",
    LegBarred: "_on_leg",
    LegRefused: "_on_call",
    CallBridged: "_on_call",
    CallTransferred: "_on_call",
    CallDiverted: "_on_call",
    SpyAttached: "_on_call",
    CallEnded: "_on_call",
    CallFaultStruck: "_on_call",
    DecisionAsked: "_on_call",
    DecisionAnswered: "_on_call",
    ContextEntered: "_on_call",
    AnnouncementPlayed: "_on_call",
    MenuEntered: "_on_call",
    MenuLeft: "_on_call",
    HoursDecided: "_on_call",
    MessageLeft: "_on_call",
    CallParked: "_on_call",
    CallUnparked: "_on_call",
    CallPickedUp: "_on_call",
    LineRegistered: "_on_line",
    LineUnregistered: "_on_line",
    DoNotDisturbChanged: "_on_line",
    DiversionChanged: "_on_line",
    AgentChanged: "_on_agent",
    MemberAdded: "_on_member",
    MemberRemoved: "_on_member",
    MemberPauseChanged: "_on_member",
    CallerJoined: "_on_visit",
    CallerLeft: "_on_visit",
    CdrClosed: "_on_cdr",
    RecordingMoved: "_on_cdr",
    CreditChanged: "_on_credit",
}
"""Who reads which kind of event."""
