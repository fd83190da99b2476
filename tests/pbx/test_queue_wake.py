"""A queue's wake looks at few of those who wait, and does what a walk past all of them would do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import seconds
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.announcements import AnnouncementRules, PeriodicRules, PositionRules
from pbxsim.pbx.queue_hunt import QueueHunt
from pbxsim.pbx.strategy import Strategy
from pbxsim.sinks.journal.journal import Journal
from tests.pbx.call_centre import NAMES, CallCentre, QueueWishes, queue, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.queue import Queue, Waiter

Steps: TypeAlias = "list[tuple[str, int, float]]"
"""What is done, to whom, and how many seconds go by after it."""


def _walk_past_all(self: QueueHunt) -> None:
    """Serve a queue by asking everybody who waits: what `serve` must amount to."""
    if self._is_left_empty():
        self._send_all_away()
        return
    ahead, can_begin = 0, True
    for waiter in list(self.queue.waiters):
        call = waiter.call
        if call is None or waiter.ringing or self._waiting.get(call.number) is not waiter or self._is_late(waiter):
            continue
        if waiter.not_before > self._clock.now or self._hears_more(waiter, call):
            ahead += 1
        elif waiter.tried:
            self._ring_next(waiter, call)
        elif can_begin and (free := self._members_for(ahead)):
            ahead += self._begin(waiter, call, self.queue.waiters.index(waiter), free)
        else:
            can_begin = False
            if self._announcer.speaks:
                self._announce(waiter, call, self.queue.waiters.index(waiter))


@contextmanager
def _walking_past_all() -> Iterator[None]:
    with patch.object(QueueHunt, "serve", _walk_past_all):
        yield


ANNOUNCEMENTS = st.sampled_from(
    [
        AnnouncementRules(),
        AnnouncementRules(),
        AnnouncementRules(periodic=PeriodicRules(every=seconds(7), length=seconds(2))),
        AnnouncementRules(
            positions=PositionRules(every=seconds(11), at_least=seconds(3), length=seconds(2)),
            periodic=PeriodicRules(every=seconds(6), length=seconds(1)),
            to_first=True,
        ),
    ]
)

WISHES = st.builds(
    QueueWishes,
    strategy=st.sampled_from([each.value for each in Strategy]),
    member_timeout=st.sampled_from([2.0, 5.0, 15.0]),
    retry=st.sampled_from([1.0, 2.0, 5.0]),
    wrap_up=st.sampled_from([0.0, 3.0]),
    ring_in_use=st.booleans(),
    max_wait=st.sampled_from([0.0, 20.0]),
    max_waiting=st.sampled_from([0, 12]),
    leave_when_empty=st.sampled_from([frozenset(), frozenset({"paused"})]).map(lambda found: found or None),
    announcements=ANNOUNCEMENTS,
    weight=st.sampled_from([0, 5]),
)

BEHAVIOUR = st.builds(
    Behaviour,
    outcome=st.sampled_from([Outcome.ANSWER, Outcome.NO_ANSWER, Outcome.REJECT, Outcome.REJECT]),
    ring=st.sampled_from([0.0, 1.0, 2.0, 4.0, 6.0]).map(fixed),
    talk=st.sampled_from([3.0, 9.0]).map(fixed),
)

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["calls", "calls", "calls", "calls elsewhere", "gives up", "pauses", "comes back"]),
        st.integers(0, 11),
        st.sampled_from([0.0, 0.0, 1.0, 2.0, 3.0]),
    ),
    min_size=5,
    max_size=40,
)


def _told(wishes: tuple[QueueWishes, QueueWishes], behaviours: list[Behaviour], steps: Steps) -> bytes:
    """Let all of it happen; gives the journal."""
    centre = CallCentre(
        *shared(queue(*NAMES, **wishes[0]), queue("cyril", "anna", name="support", **wishes[1])), max_calls=1
    )
    for name, behaviour in zip(NAMES, behaviours, strict=True):
        centre.will(name, behaviour)
    journal = Journal(centre.pbx)
    calls: list[Call] = []
    for what, which, pause in steps:
        if what.startswith("calls"):
            calls.append(centre.calls("sales" if what == "calls" else "support", f"6050000{len(calls):02d}"))
        elif what == "gives up" and calls:
            centre.pbx.calls.hang_up(calls[which % len(calls)])
        elif what == "pauses":
            centre.pbx.agents.pause(centre.agent(NAMES[which % 3]), "lunch")
        elif what == "comes back":
            centre.pbx.agents.unpause(centre.agent(NAMES[which % 3]))
        centre.advance(pause)
    centre.advance(60)
    return journal.jsonl()


_PATIENT: QueueWishes = {"strategy": "linear", "member_timeout": 15, "retry": 5}
_REJECTS = Behaviour(outcome=Outcome.REJECT, ring=fixed(4))

# The first pauses, the second is rung for. All go for lunch; who rings for the second rejects it when the first has no
# pause any more and could begin, had anybody stayed. So the second's pass is over, too, and it pauses when they return.
_BOTH_IN_VAIN: Steps = [
    *[("pauses", 2, 0.0), ("calls", 0, 10.0), ("calls", 0, 1.0), ("pauses", 0, 0.0), ("pauses", 1, 5.0)],
    *[("comes back", 0, 0.0), ("comes back", 1, 1.0)],
]


@pytest.mark.slow
@example((_PATIENT, _PATIENT), [_REJECTS, _REJECTS, _REJECTS], _BOTH_IN_VAIN)
@settings(max_examples=100, deadline=None)
@given(st.tuples(WISHES, WISHES), st.lists(BEHAVIOUR, min_size=3, max_size=3), STEPS)
def test_everybody_is_served_as_by_a_walk_past_all_who_wait(
    wishes: tuple[QueueWishes, QueueWishes], behaviours: list[Behaviour], steps: Steps
) -> None:
    told = _told(wishes, behaviours, steps)
    with _walking_past_all():
        assert told == _told(wishes, behaviours, steps)


class _Looked(list["Waiter"]):
    """Who waits, and how often one of them was looked at."""

    looks = 0

    def __getitem__(self, index: int) -> Waiter:  # type: ignore[override]
        self.looks += 1
        return super().__getitem__(index)


def _looks(waiting: int, sales: Queue) -> int:
    centre = CallCentre(sales)
    for name in NAMES:
        centre.answers(name, talks=10)
    sales.waiters = looked = _Looked()
    for number in range(waiting):
        centre.calls(caller=f"605{number:06d}")
    looked.looks = 0
    centre.advance(100)
    assert sales.figures.completed == 30
    return looked.looks


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["rrmemory", "ringall", "linear"])
def test_of_ten_times_as_many_who_wait_no_more_are_looked_at(strategy: str) -> None:
    few, many = (_looks(waiting, queue(*NAMES, strategy=strategy)) for waiting in (60, 600))
    assert many < 1.3 * few  # a bisection is a few steps longer
