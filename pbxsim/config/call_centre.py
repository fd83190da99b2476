"""What a PBX file says of agents and queues: who works where at the start, who waits, what has been counted so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import Instant, seconds
from pbxsim.kit.values import Count, ExtensionName, Moment, Name, Number, Seconds, SipUser, SomeSeconds, instant
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.queue import Member, Queue, QueueFigures, QueueRules, Waiter

Absence: TypeAlias = Annotated[
    tuple[Literal["paused", "unavailable", "invalid", "inuse", "ringing", "wrapup"], ...],
    Meta(min_length=1, description="Members in these states count as nobody there; absent: that does not matter."),
]


class AgentEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who takes calls of queues."""

    number: Number
    name: Annotated[Name | None, Meta(description="Absent: the number.")] = None
    pin: Annotated[str, Meta(max_length=40, title="a PIN, as text")] = ""
    dialplan: Annotated[Name | None, Meta(description="Absent: the file's first.")] = None
    line: Annotated[SipUser | None, Meta(description="SIP user of the line worked from; absent: logged out.")] = None
    paused: bool = False
    pause_reason: str = ""

    def agent(self, dialplan_id: int) -> Agent:
        """Make the switch's own of it, logged out."""
        return Agent(number=self.number, name=self.name or self.number, pin=self.pin, dialplan_id=dialplan_id)


class MemberEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent in a queue."""

    agent: Annotated[Number, Meta(description="The agent's number.")]
    penalty: Annotated[Count, Meta(description="0 is asked first.")] = 0
    membership: Annotated[Literal["static", "dynamic"], Meta(description="dynamic: as if added by a client.")] = (
        "static"
    )
    calls_taken: Count = 0
    last_call: Annotated[Moment | None, Meta(description="When the last call ended; absent: there was none.")] = None

    def member(self, agents: Mapping[str, Agent]) -> Member:
        """Make the switch's own of it; `agents` are all of the file, by number."""
        return Member(
            agent=agents[self.agent],
            penalty=self.penalty,
            membership=self.membership,
            calls_taken=self.calls_taken,
            last_call=instant(self.last_call) if self.last_call else 0,
        )


class WaiterEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A caller who waits in a queue at the start; names as Asterisk shows them."""

    channel: Annotated[str, Meta(min_length=1, title="a channel's name, as SIP/upc-0000000a")]
    unique_id: Annotated[str, Meta(title="a Uniqueid, as text")] = ""
    number: Annotated[str, Meta(title="a telephone number, as text")] = ""
    name: str = ""
    wait: Annotated[Seconds, Meta(description="How long the caller has been waiting when the PBX starts.")] = 0
    connected_number: str | None = None
    connected_name: str | None = None

    def waiter(self, now: Instant) -> Waiter:
        """Make the switch's own of it; `now` is when the PBX starts."""
        return Waiter(
            channel=self.channel,
            unique_id=self.unique_id,
            caller_number=self.number,
            caller_name=self.name,
            joined_at=now - seconds(self.wait),
            connected_number=self.connected_number,
            connected_name=self.connected_name,
        )


class FiguresEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the queue has counted before the start, as Asterisk's app_queue does."""

    completed: Count = 0
    abandoned: Count = 0
    completed_in_level: Annotated[Count, Meta(description="Answered within the service level.")] = 0
    hold_time: Annotated[Count, Meta(description="Running average of the waiting time, in seconds.")] = 0
    talk_time: Annotated[Count, Meta(description="Running average of the talk time, in seconds.")] = 0

    def figures(self, *, smooths_first: bool) -> QueueFigures:
        """Make the switch's own of it; the meaning of `smooths_first` is QueueFigures'."""
        return QueueFigures(
            completed=self.completed,
            abandoned=self.abandoned,
            completed_in_level=self.completed_in_level,
            hold_time=self.hold_time,
            talk_time=self.talk_time,
            smooths_first=smooths_first,
        )


class AnnouncementsEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a queue tells those who wait, as time: whoever listens is not connected."""

    every: Annotated[SomeSeconds, Meta(description="From the beginning of one to that of the next.")]
    length: Seconds


class QueueEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A queue of waiting callers and the agents who serve it."""

    name: Name
    strategy: Annotated[
        Literal["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom"],
        Meta(description="Whom app_queue rings first."),
    ] = "ringall"
    max: Annotated[Count, Meta(description="Callers that may wait; 0: no limit.")] = 0
    service_level: Annotated[Count, Meta(description="Seconds within which a call should be answered.")] = 0
    weight: Annotated[Count, Meta(description="Its rank among queues.")] = 0
    member_timeout: Annotated[SomeSeconds, Meta(description="How long members ring in one pass.")] = 15
    retry: Annotated[SomeSeconds, Meta(description="Pause after a pass in which nobody answered.")] = 5
    wrap_up: Annotated[Seconds, Meta(description="A member's rest after a call.")] = 0
    ring_in_use: Annotated[bool, Meta(description="Ring members who are in a call, too.")] = False
    join_empty: Annotated[Absence | None, Meta(description="When nobody is there, nobody may join.")] = None
    leave_when_empty: Annotated[Absence | None, Meta(description="When nobody is there, those who wait leave.")] = None
    announcements: Annotated[AnnouncementsEntry | None, Meta(description="Absent: none.")] = None
    max_wait: Annotated[Seconds, Meta(description="After this, a caller leaves; 0: no limit.")] = 0
    overflow: Annotated[
        ExtensionName | None,
        Meta(description="Dialled in the caller's context for whoever cannot stay; absent: they are hung up."),
    ] = None
    answers: Annotated[
        bool, Meta(description="The dialplan answers a caller before the queue; false: a member's answer does.")
    ] = True
    averages: Annotated[
        Literal["first-whole", "smoothed"],
        Meta(description="How hold and talk time begin: the first value whole; or a quarter of it, as Asterisk 1.8."),
    ] = "first-whole"
    figures: FiguresEntry = FiguresEntry()
    members: tuple[MemberEntry, ...] = ()
    waiters: tuple[WaiterEntry, ...] = ()

    def queue(self, agents: Mapping[str, Agent], now: Instant) -> Queue:
        """Make the switch's own of it; `agents` are all of the file, by number, `now` is when the PBX starts."""
        return Queue(
            name=self.name,
            strategy=self.strategy,
            max_waiting=self.max,
            service_level=self.service_level,
            weight=self.weight,
            members=[entry.member(agents) for entry in self.members],
            waiters=[entry.waiter(now) for entry in self.waiters],
            figures=self.figures.figures(smooths_first=self.averages == "smoothed"),
            rules=self._rules(),
        )

    def _rules(self) -> QueueRules:
        announced = self.announcements
        return QueueRules(
            member_timeout=seconds(self.member_timeout),
            retry=seconds(self.retry),
            wrap_up=seconds(self.wrap_up),
            ring_in_use=self.ring_in_use,
            join_empty=None if self.join_empty is None else frozenset(self.join_empty),
            leave_when_empty=None if self.leave_when_empty is None else frozenset(self.leave_when_empty),
            announce_every=seconds(announced.every) if announced else 0,
            announce_length=seconds(announced.length) if announced else 0,
            max_wait=seconds(self.max_wait),
            overflow=self.overflow or "",
            answers=self.answers,
        )
