"""Queues: their members, who waits, their rules, and the figures that app_queue keeps (Asterisk's apps/app_queue.c).

Not here: giving waiting calls to members (distribution.py), and the order in which a strategy tries them (strategy.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.announcements import SILENCE, AnnouncementRules, MemberRules
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.errors import QueueNotFound
from pbxsim.pbx.events import MemberAdded, MemberPauseChanged, MemberRemoved
from pbxsim.pbx.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line


class Member(Entity, eq=False, kw_only=True):
    """An agent in a queue. `penalty` 0 is asked first; `last_call` 0 is none; `membership` static or dynamic.

    `paused_here`: the agent takes no calls of this queue, whatever it does in others.
    """

    agent: Agent
    penalty: int = 0
    membership: str = "dynamic"
    calls_taken: int = 0
    last_call: Instant = 0
    paused_here: bool = False

    @property
    def is_paused(self) -> bool:
        """Tell whether the member pauses, in this queue or altogether."""
        return self.paused_here or self.agent.is_paused


class Waiter(Entity, eq=False, kw_only=True):
    """A caller in a queue, since `joined_at`; names as Asterisk shows them. None where the PBX knows no such party.

    `turn` numbers those who joined, from 1; whoever waits has a lower one than all behind it. `call` is None for a
    caller who stands in the PBX file and belongs to no call here: it waits for ever, and its turn is 0. Nobody is
    rung for a caller before `not_before` (retry, announcement). `ringing` are the members that ring for it now, by the
    line on which they do, for an agent may log out meanwhile; `tried` are those that refused within this pass, which
    `pass_ends` bounds. `next_place` is where the strategy linear goes on for this caller (app_queue.c, qe->linpos); it
    is a place, and does not follow the members when one in front of it leaves.

    It was last told its place, `told_place`, from `told_at` (qe->last_pos), 0: not yet, to `told_until`; something
    periodic from `periodic_at` on (last_periodic_announce_time; at first when it joined), `periodic_turn` times; where
    it `owes_periodic`, that may follow its place at once. `hearing` is the leg of a member who has answered and hears
    something before it is connected (or somebody else, who picked its call up, does); it is among `ringing` until then.
    """

    channel: str
    unique_id: str
    caller_number: str
    caller_name: str
    joined_at: Instant
    connected_number: str | None = None
    connected_name: str | None = None
    call: Call | None = None
    turn: int = 0
    not_before: Instant = 0
    pass_ends: Instant = 0
    next_place: int = 0
    leave_timer: TimerId = 0
    announce_timer: TimerId = 0
    announce_due: Instant = 0
    told_at: Instant = 0
    told_until: Instant = 0
    told_place: int = 0
    periodic_at: Instant = 0
    periodic_turn: int = 0
    owes_periodic: bool = False
    hearing: Channel | None = None
    ringing: dict[Line, Member] = msgspec.field(default_factory=dict)
    tried: list[Member] = msgspec.field(default_factory=list)


class QueueFigures(msgspec.Struct, eq=False, kw_only=True):
    """What app_queue counts: `hold_time` and `talk_time` are its running averages in whole seconds.

    An average is 3/4 old and 1/4 new. The first value is taken whole, as in Asterisk 13.38, 16.30 and later; where
    `smooths_first` it is a quarter of itself, as in Asterisk 1.8 and 11.

    `abandoned` counts whoever left unanswered: callers who hung up, and those who waited too long or saw nobody there
    (record_abandoned). `overflowed` is ours: these latter, and those who could not even join.
    """

    completed: int = 0
    abandoned: int = 0
    overflowed: int = 0
    completed_in_level: int = 0
    hold_time: int = 0
    talk_time: int = 0
    smooths_first: bool = False

    def connected(self, held: int) -> None:
        """Take a hold time in seconds into its average (app_queue.c, recalc_holdtime).

        It is the first as long as no call was completed or abandoned, were it the second that was connected.
        """
        self.hold_time = self._average(self.hold_time, held, is_first=not (self.completed or self.abandoned))

    def complete(self, talked: int, *, in_level: bool) -> None:
        """Count a completed call and take its talk time in seconds into the average (app_queue.c, update_queue)."""
        self.completed += 1
        self.completed_in_level += in_level
        self.talk_time = self._average(self.talk_time, talked, is_first=self.completed == 1)

    def _average(self, old: int, new: int, *, is_first: bool) -> int:
        return new if is_first and not self.smooths_first else (old * 3 + new) >> 2

    def service_level_percent(self) -> float:
        """Give the share of completed calls answered within the service level (app_queue.c, __queues_show)."""
        return 100 * self.completed_in_level / self.completed if self.completed else 0.0


class QueueRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a queue treats callers and members; names and defaults after queues.conf, times in microseconds.

    `member_timeout` is how long a member rings, `retry` the pause after a pass in which nobody answered, `wrap_up` a
    member's rest after a call. `join_empty` and `leave_when_empty` name the member states that count as nobody there
    (None: such callers wait all the same; emptiness.py). Members below `min_penalty` or above `max_penalty` are not
    rung, as if the dialplan set QUEUE_MIN_PENALTY and QUEUE_MAX_PENALTY (app_queue.c, calc_metric); None: no limit.
    `announcements` is what callers are told meanwhile, `member_hears` what a member is before it is connected.
    `max_wait` 0 is no limit. `overflow` is the number that a caller who
    cannot stay is sent to, empty to be hung up. With `answers` the dialplan answers before Queue(), which itself does
    not; else the caller hears it ring until a member answers.
    """

    member_timeout: Duration = 15 * SECOND
    retry: Duration = 5 * SECOND
    wrap_up: Duration = 0
    ring_in_use: bool = False
    join_empty: frozenset[str] | None = None
    leave_when_empty: frozenset[str] | None = None
    min_penalty: int | None = None
    max_penalty: int | None = None
    announcements: AnnouncementRules = SILENCE
    member_hears: MemberRules | None = None
    max_wait: Duration = 0
    overflow: str = ""
    answers: bool = True

    @property
    def has_penalty_limits(self) -> bool:
        """Tell whether some members may never be asked, because of their penalty."""
        return self.min_penalty is not None or self.max_penalty is not None

    def asks(self, penalty: int) -> bool:
        """Tell whether a member of that penalty is asked."""
        return (self.max_penalty is None or penalty <= self.max_penalty) and penalty >= (self.min_penalty or 0)


class Queue(Entity, eq=False, kw_only=True):
    """A queue. `max_waiting` 0 is no limit; `service_level` is in seconds; `weight` ranks it among queues.

    `next_place` is where round robin goes on, `passes` counts ring passes, so that each has a stream of chance.
    """

    name: str
    strategy: str = "ringall"
    max_waiting: int = 0
    service_level: int = 0
    weight: int = 0
    members: list[Member]
    waiters: list[Waiter]
    figures: QueueFigures
    rules: QueueRules = QueueRules()
    next_place: int = 0
    passes: int = 0

    @property
    def way(self) -> Strategy:
        """Give the strategy as the enum it is."""
        return Strategy(self.strategy)

    def member(self, agent: Agent) -> Member | None:
        """Find the agent's membership."""
        return next((member for member in self.members if member.agent is agent), None)


class Queues:
    """The queues of a PBX, by name."""

    def __init__(self, queues: Iterable[Queue], bus: EventBus) -> None:
        self._queues = {queue.name: queue for queue in queues}
        self._bus = bus

    def __iter__(self) -> Iterator[Queue]:
        return iter(self._queues.values())

    def __len__(self) -> int:
        return len(self._queues)

    def named(self, name: str) -> Queue:
        """Find a queue. Raises QueueNotFound."""
        queue = self._queues.get(name)
        if queue is None:
            raise QueueNotFound(name)
        return queue

    def add(self, queue: Queue, agent: Agent, penalty: int) -> None:
        """Make the agent a dynamic member; one that is a member already gets the new penalty."""
        member = queue.member(agent)
        if member is None:
            queue.members.append(Member(agent=agent, penalty=penalty))
        else:
            member.penalty = penalty
        self._bus.emit(MemberAdded(queue, agent))

    def pause(self, queue: Queue, agent: Agent) -> None:
        """Keep this queue's calls from a member (app_queue's PauseQueueMember with a queue); no member stays none."""
        self._set_pause(queue, agent, is_paused=True)

    def unpause(self, queue: Queue, agent: Agent) -> None:
        """Give a member this queue's calls again, unless the agent pauses altogether."""
        self._set_pause(queue, agent, is_paused=False)

    def _set_pause(self, queue: Queue, agent: Agent, *, is_paused: bool) -> None:
        member = queue.member(agent)
        if member is not None:
            member.paused_here = is_paused
            self._bus.emit(MemberPauseChanged(queue, agent, is_paused))

    def remove(self, queue: Queue, agent: Agent) -> None:
        """End the agent's membership; one that is no member stays none. What rings there rings on."""
        member = queue.member(agent)
        if member is not None:
            # Round robin goes on with the same member as before (app_queue.c, queue_member_follower_removal).
            queue.next_place -= queue.members.index(member) < queue.next_place
            queue.members.remove(member)
            self._bus.emit(MemberRemoved(queue, agent))
