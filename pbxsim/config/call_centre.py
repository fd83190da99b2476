"""What a PBX file says of agents and queues: who works where at the start, who waits, what has been counted so far."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import Instant, seconds
from pbxsim.kit.values import Count, ExtensionName, Moment, Name, Number, Seconds, SipUser, SomeSeconds, instant
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.announcements import AnnouncementRules, HoldTimes, MemberRules, PeriodicRules, PositionRules, Positions
from pbxsim.pbx.emptiness import Condition, Summary, conditions
from pbxsim.pbx.queue import Member, Queue, QueueFigures, QueueRules, Waiter

Absence: TypeAlias = Annotated[tuple[Condition | Summary, ...], Meta(min_length=1)] | Summary
"""Words of queues.conf's `joinempty` and `leavewhenempty`; absent: whether anybody is there does not matter."""

_WORDS: Final = (
    " One word or a list of queues.conf's: states in which members count as nobody there (`inuse`: in use but not busy,"
    " as app_queue has it; `penalty`: outside `min_penalty` and `max_penalty`), `loose` for penalty and invalid,"
)


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
    """What a queue tells those who wait now and then, as time: whoever listens is not connected."""

    every: Annotated[SomeSeconds, Meta(description="From the beginning of one to that of the next.")]
    length: Seconds
    sounds: Annotated[
        tuple[Name, ...], Meta(min_length=1, description="What is played, one each time (periodic-announce).")
    ] = ("queue-periodic-announce",)
    order: Annotated[
        Literal["list", "random"], Meta(description="Sounds in turn, or drawn (random-periodic-announce).")
    ] = "list"
    first_after: Annotated[
        Seconds | None,
        Meta(description="Wait before the first one (periodic-announce-startdelay); absent: as between two."),
    ] = None
    relative: Annotated[bool, Meta(description="`every` runs from the end of one (relative-periodic-announce).")] = (
        False
    )

    def rules(self) -> PeriodicRules:
        """Make the switch's own of it."""
        return PeriodicRules(
            every=seconds(self.every),
            length=seconds(self.length),
            sounds=self.sounds,
            is_random=self.order == "random",
            first_after=None if self.first_after is None else seconds(self.first_after),
            is_relative=self.relative,
        )


class PositionsEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How those who wait are told their place and the expected wait: when they join, when the place has changed, and
    now and then. Whoever listens is not connected.
    """

    every: Annotated[
        SomeSeconds, Meta(description="After this it is said again though nothing has changed (announce-frequency).")
    ]
    at_least: Annotated[
        Seconds, Meta(description="From the beginning of one to that of the next at least (min-announce-frequency).")
    ] = 15
    length: Annotated[Seconds, Meta(description="How long one takes.")] = 5
    position: Annotated[
        Positions,
        Meta(
            description="Whether the place is told (announce-position); limit: not behind `limit`; more: there it is"
            " said that there are more than so many."
        ),
    ] = "yes"
    limit: Annotated[Count, Meta(description="For `position` limit and more (announce-position-limit).")] = 10
    only_up: Annotated[
        bool, Meta(description="Nothing is said to who has not come forward (announce-position-only-up).")
    ] = False
    hold_time: Annotated[
        HoldTimes, Meta(description="Whether the expected wait is told, but to the next one (announce-holdtime).")
    ] = "yes"
    round_seconds: Annotated[
        Literal[0, 5, 10, 15, 20, 30],
        Meta(description="To how many seconds it is rounded down; 0: minutes alone (announce-round-seconds)."),
    ] = 0

    def rules(self) -> PositionRules:
        """Make the switch's own of it."""
        return PositionRules(
            every=seconds(self.every),
            at_least=seconds(self.at_least),
            length=seconds(self.length),
            position=self.position,
            limit=self.limit,
            only_up=self.only_up,
            hold_time=self.hold_time,
            round_seconds=self.round_seconds,
        )


class MemberHearsEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a member who has answered hears before it is connected: silence, sounds, how long the caller has waited."""

    delay: Annotated[Seconds, Meta(description="Silence before it (memberdelay).")] = 0
    sounds: Annotated[tuple[Name, ...], Meta(description="What is played, one after the other (announce).")] = ()
    length: Annotated[Seconds, Meta(description="How long each takes, and the wait that is told.")] = 3
    hold_time: Annotated[bool, Meta(description="The caller's wait is told, too (reportholdtime).")] = False

    def rules(self) -> MemberRules:
        """Make the switch's own of it."""
        return MemberRules(
            delay=seconds(self.delay), sounds=self.sounds, length=seconds(self.length), hold_time=self.hold_time
        )


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
    join_empty: Annotated[
        Absence | None,
        Meta(
            description=f"Whether one may join where nobody is there.{_WORDS} `no` for these and paused, `strict` for"
            " these and unavailable, `yes`, or absent: always."
        ),
    ] = None
    leave_when_empty: Annotated[
        Absence | None,
        Meta(
            description=f"Whether those who wait leave when nobody is there.{_WORDS} `yes` for these and paused,"
            " `strict` for these and unavailable, `no`, or absent: never."
        ),
    ] = None
    min_penalty: Annotated[
        Count | None, Meta(description="Members of less penalty are not asked (QUEUE_MIN_PENALTY); absent: no limit.")
    ] = None
    max_penalty: Annotated[
        Count | None, Meta(description="Members of more penalty are not asked (QUEUE_MAX_PENALTY); absent: no limit.")
    ] = None
    announcements: Annotated[AnnouncementsEntry | None, Meta(description="Absent: none.")] = None
    positions: Annotated[PositionsEntry | None, Meta(description="Absent: nobody is told its place.")] = None
    announce_to_first: Annotated[
        bool,
        Meta(description="Who is next is told these, too, before members are rung (announce-to-first-user)."),
    ] = False
    member_hears: Annotated[MemberHearsEntry | None, Meta(description="Absent: who answers is connected at once.")] = (
        None
    )
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
        return QueueRules(
            member_timeout=seconds(self.member_timeout),
            retry=seconds(self.retry),
            wrap_up=seconds(self.wrap_up),
            ring_in_use=self.ring_in_use,
            join_empty=_conditions(self.join_empty, joining=True),
            leave_when_empty=_conditions(self.leave_when_empty, joining=False),
            min_penalty=self.min_penalty,
            max_penalty=self.max_penalty,
            announcements=AnnouncementRules(
                positions=self.positions.rules() if self.positions else None,
                periodic=self.announcements.rules() if self.announcements else None,
                to_first=self.announce_to_first,
            ),
            member_hears=self.member_hears.rules() if self.member_hears else None,
            max_wait=seconds(self.max_wait),
            overflow=self.overflow or "",
            answers=self.answers,
        )


def _conditions(words: Absence | None, *, joining: bool) -> frozenset[str] | None:
    if words is None:
        return None
    return conditions((words,) if isinstance(words, str) else words, joining=joining)
