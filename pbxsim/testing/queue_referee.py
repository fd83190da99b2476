"""The queues' referee: no caller is lost, no agent is in two calls or rung at the wrong time, the figures add up.

It keeps books of its own from events alone, and compares them with what the queues say.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pbxsim.pbx.events import (
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallTransferred,
    DecisionAnswered,
    LegDialed,
    MenuLeft,
)

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue


class QueueReferee:
    """Watches the queues of a PBX from its first call on; `check` raises AssertionError for what may not be."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._waiting: dict[int, Queue] = {}
        self._rung: dict[tuple[int, str], Agent] = {}
        self._talking: dict[int, tuple[Agent, Queue]] = {}
        self._resting: dict[Agent, Instant] = {}
        self._left: dict[int, Instant] = {}
        self._sent_on: set[int] = set()
        self.outcomes: dict[int, str] = {}
        self.counted: Counter[tuple[str, str]] = Counter()
        self.rung = 0
        pbx.events.subscribe(LegDialed, self._on_dialed)
        pbx.events.subscribe(CallerJoined, self._on_joined)
        pbx.events.subscribe(CallerLeft, self._on_left)
        pbx.events.subscribe(CallEnded, self._on_ended)
        pbx.events.subscribe(CallTransferred, self._on_transferred)
        pbx.events.subscribe(DecisionAnswered, self._on_decided)
        pbx.events.subscribe(MenuLeft, self._on_menu_left)

    # -- what happens ---------------------------------------------------------------------------------------------

    def _on_joined(self, event: CallerJoined) -> None:
        assert event.call.number not in self._waiting, "a caller in two queues"
        self._waiting[event.call.number] = event.queue
        self.counted[event.queue.name, "joined"] += 1

    def _on_left(self, event: CallerLeft) -> None:
        call, name = event.call, event.queue.name
        had_joined = self._waiting.pop(call.number, None)
        assert had_joined in (event.queue, None)
        assert had_joined is not None or event.how == "overflow", "a caller left who was not there"
        self.outcomes[call.number] = event.how
        self.counted[name, event.how] += 1
        self.counted[name, "left"] += had_joined is not None
        if event.how == "overflow":
            self._left[call.number] = self._pbx.clock.now
        if event.how == "connected":
            line = _rung(call).line
            assert line is not None
            agent = self._agent(call.number, line, event.queue)
            assert all(agent is not other for other, _ in self._talking.values()), "an agent in two calls"
            self._talking[call.number] = agent, event.queue

    def _agent(self, call: int, line: Line, queue: Queue) -> Agent:
        """Tell who was rung there; an engine may report of a leg that it was not yet asked to dial."""
        here = (member.agent for member in queue.members if member.agent.line is line)
        return self._rung.get((call, line.user)) or next(here)

    def _on_dialed(self, event: LegDialed) -> None:
        """See that a member who is rung may be."""
        channel, line, queue = event.channel, event.channel.line, self._waiting.get(event.channel.call.number)
        if queue is None or line is None or channel.is_calling:
            return
        (waiter,) = [waiter for waiter in queue.waiters if waiter.call is channel.call]
        agent = self._rung[channel.call.number, line.user] = waiter.ringing[line].agent
        self.rung += 1
        paused = waiter.ringing[line].is_paused
        assert (agent.line, paused) == (line, False), "a paused or moved agent is rung"
        assert line.is_registered
        assert line.channels == [channel], "a busy agent is rung"
        assert self._resting.get(agent, 0) <= self._pbx.clock.now, "an agent who wraps up is rung"
        assert all(agent is not other for other, _ in self._talking.values()), "an agent who talks is rung"
        assert self._times_rung(agent) == 1, "an agent is rung for two callers"

    def _times_rung(self, agent: Agent) -> int:
        return sum(
            member.agent is agent
            for queue in self._pbx.queues
            for waiter in queue.waiters
            for member in waiter.ringing.values()
        )

    def _on_ended(self, event: CallEnded) -> None:
        assert event.call.number not in self._waiting, "a caller was lost in a queue"
        self._talk_is_over(event.call)
        self._left.pop(event.call.number, None)

    def _on_decided(self, event: DecisionAnswered) -> None:
        assert event.call.number in self._pbx.calls.live, "an answer about a call that is over"
        self._sent_on.add(event.call.number)

    def _on_menu_left(self, event: MenuLeft) -> None:
        if event.led_to:
            self._sent_on.add(event.call.number)

    def _on_transferred(self, event: CallTransferred) -> None:
        self._sent_on.discard(event.call.number)
        self._talk_is_over(event.call)
        self._left.pop(event.call.number, None)

    def _talk_is_over(self, call: Call) -> None:
        talk = self._talking.pop(call.number, None)
        if talk is not None:
            agent, queue = talk
            self._resting[agent] = self._pbx.clock.now + queue.rules.wrap_up
            self.counted[queue.name, "completed"] += 1

    # -- what is --------------------------------------------------------------------------------------------------

    def limit(self, call: Call) -> tuple[Instant, int] | None:
        """Tell since when and how long a call may wait for its second party, if a queue, a group, a menu or a component
        has a say in it.
        """
        queue = self._waiting.get(call.number)
        if queue is not None:
            (waiter,) = [waiter for waiter in queue.waiters if waiter.call is call]
            longest = queue.rules.max_wait
            return waiter.joined_at, longest + _pauses(queue) if longest else 0
        if call.hunt is not None:
            return 0, 0  # a group's rows are as many as they are; a menu, and who waits for an answer, have a timer
        if call.number in self._sent_on:  # sent on at some later time; whoever rings now was rung then
            return call.legs[-1].created_at, call.order.second_timeout
        since = self._left.get(call.number)
        return None if since is None else (since, call.order.second_timeout)

    @property
    def timers(self) -> int:
        """Count the timers of those who wait."""
        waiters = [waiter for queue in self._pbx.queues for waiter in queue.waiters]
        return sum((waiter.leave_timer != 0) + (waiter.announce_timer != 0) for waiter in waiters)

    def check(self) -> None:
        """See that everything fits together now."""
        for queue in self._pbx.queues:
            self._check_waiters(queue)
            self._check_figures(queue)
        for number in self._talking:
            assert number in self._pbx.calls.live

    def _check_waiters(self, queue: Queue) -> None:
        assert not queue.max_waiting or len(queue.waiters) <= queue.max_waiting
        assert [waiter.joined_at for waiter in queue.waiters] == sorted(waiter.joined_at for waiter in queue.waiters)
        there = [waiter.call.number for waiter in queue.waiters if waiter.call is not None]
        assert sorted(there) == sorted(number for number, where in self._waiting.items() if where is queue)
        for waiter in queue.waiters:
            call = waiter.call
            assert call is not None
            assert not call.is_over
            if waiter.hearing is not None:
                assert (call.ringing_legs(), list(waiter.ringing)) == ([call.second], [waiter.hearing.line])
            else:
                assert {leg.line for leg in call.ringing_legs()} == set(waiter.ringing)

    def _check_figures(self, queue: Queue) -> None:
        name, figures, counted = queue.name, queue.figures, self.counted
        assert counted[name, "joined"] == counted[name, "left"] + len(queue.waiters), "a caller was lost"
        assert figures.overflowed == counted[name, "overflow"]
        assert figures.abandoned == counted[name, "left"] - counted[name, "connected"]
        assert figures.completed == counted[name, "completed"] >= figures.completed_in_level
        talking = sum(where is queue for _, where in self._talking.values())
        assert counted[name, "connected"] == figures.completed + talking
        assert figures.completed >= sum(member.calls_taken for member in queue.members)


def _pauses(queue: Queue) -> int:
    """Tell for how long a caller may be in no state to leave: it pauses, listens, or a member does who has answered."""
    told, hears = queue.rules.announcements, queue.rules.member_hears
    listens = sum(rules.length for rules in (told.positions, told.periodic) if rules is not None)
    return queue.rules.retry + listens + (hears.delay + hears.length * (len(hears.sounds) + 1) if hears else 0)


def _rung(call: Call) -> Channel:
    """Give the leg that rang for whoever is the second party now: its own, unless it picked the call up."""
    second = call.second
    assert second is not None
    taken = [serial for serial, by in call.known.pickups.items() if by is second]
    return next((leg for leg in call.legs if leg.serial in taken), second)
