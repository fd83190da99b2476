"""The scheduler: one total order of work, whatever was asked for when, and time that never goes back."""

from __future__ import annotations

import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import TimeWentBackwards
from pbxsim.clock.scheduler import Scheduler, as_pending, timer_of


class Diary:
    """A scheduler and what it did, in order, with the instants at which it did it."""

    def __init__(self, start: int = 0) -> None:
        self.clock = Scheduler(start)
        self.done: list[str] = []
        self.instants: list[int] = []

    def note(self, word: str) -> None:
        """Put down that something was done."""
        self.done.append(word)
        self.instants.append(self.clock.now)

    def plan(self, word: str, due: int, owner: int = 1, step: int | None = None) -> int:
        """Have `word` put down at `due`; without a step, one that was not used before."""
        return self.clock.call_at(due, owner, step or ord(word[0]), self.note, word)


def test_work_is_done_in_the_order_of_its_instants() -> None:
    diary = Diary()
    for word, due in (("c", 30), ("a", 10), ("b", 20)):
        diary.plan(word, due)
    assert diary.clock.run_until(100)
    assert diary.done == ["a", "b", "c"]


def test_each_action_finds_the_clock_at_its_own_instant() -> None:
    diary = Diary()
    diary.plan("a", 10)
    diary.plan("b", 25)
    diary.clock.run_until(100)
    assert diary.instants == [10, 25]
    assert diary.clock.now == 100


def test_equal_instants_go_by_owner_before_step_whoever_asked_first() -> None:
    diary = Diary()
    diary.plan("third", 10, owner=7, step=1)
    diary.plan("second", 10, owner=2, step=9)
    diary.plan("first", 10, owner=2, step=3)
    diary.clock.run_until(10)
    assert diary.done == ["first", "second", "third"]


def test_another_owners_timers_do_not_change_who_goes_first() -> None:
    quiet, busy = Diary(), Diary()
    for owner in range(50):
        busy.clock.call_at(10, 1_000 + owner, 1, lambda _: None, None)
    for diary in (quiet, busy):
        for step in (5, 3, 4):
            diary.plan(f"own {step}", 10, owner=3, step=step)
        diary.clock.run_until(10)
    assert busy.done == quiet.done == ["own 3", "own 4", "own 5"]


def test_work_due_exactly_at_the_end_is_done_and_later_work_is_not() -> None:
    diary = Diary()
    diary.plan("a", 10)
    diary.plan("b", 11)
    assert diary.clock.run_until(10)
    assert diary.done == ["a"]
    assert (diary.clock.now, diary.clock.next_due(), len(diary.clock)) == (10, 11, 1)


def test_work_asked_for_in_the_past_is_due_now() -> None:
    diary = Diary(start=50)
    diary.plan("a", 10)
    assert diary.clock.next_due() == 50
    diary.clock.run_until(50)
    assert diary.instants == [50]


def test_an_action_may_ask_for_more_work_at_its_own_instant() -> None:
    diary = Diary()

    def ask_for_more(_: None) -> None:
        diary.plan("more", 10)

    diary.clock.call_at(10, 1, 1, ask_for_more, None)
    diary.plan("later", 11)
    assert diary.clock.run_until(10)
    assert diary.done == ["more"]


def test_cancelled_work_is_not_done_nor_counted_nor_announced() -> None:
    diary = Diary()
    first, second = diary.plan("a", 10), diary.plan("b", 20)
    diary.clock.cancel(first)
    assert (len(diary.clock), diary.clock.next_due()) == (1, 20)
    diary.clock.cancel(second)
    assert (len(diary.clock), diary.clock.next_due()) == (0, None)
    assert diary.clock.run_until(100)
    assert diary.done == []


def test_an_action_may_cancel_what_is_due_at_the_same_instant() -> None:
    diary = Diary()
    doomed = diary.plan("doomed", 10, owner=2)
    diary.clock.call_at(10, 1, 1, diary.clock.cancel, doomed)
    diary.clock.run_until(100)
    assert diary.done == []
    assert len(diary.clock) == 0


def test_a_timer_is_never_zero_so_that_zero_can_stand_for_none() -> None:
    assert Scheduler(0).call_at(0, 0, 1, print, None) != 0


def test_a_timer_is_named_by_its_owner_and_step() -> None:
    diary = Diary()
    timer = diary.plan("a", 10, owner=7, step=3)
    assert timer_of(7, 3) == timer_of(9, timer) == timer
    diary.clock.cancel(timer_of(7, 3))
    assert (len(diary.clock), diary.clock.next_due()) == (0, None)


def test_what_is_pending_is_told_as_it_was_asked_for_and_can_be_kept_again() -> None:
    clock = Scheduler(0)
    later, sooner = clock.call_at(20, 1, 2, print, "later"), clock.call_at(10, 8, 1, print, "sooner")
    clock.cancel(clock.call_at(15, 1, 1, print, "never"))
    assert clock.pending() == [(10, sooner, print, "sooner"), (20, later, print, "later")]
    assert [as_pending(timer) for timer in clock.pending()] == [(10, 8, 1, print, "sooner"), (20, 1, 2, print, "later")]


def test_an_instant_is_kept_without_the_digit_that_an_addition_leaves_room_for() -> None:
    clock, now, timers = Scheduler(0), 1_767_225_600_000_000, 1_000
    clock.run_until(now)
    tracemalloc.start()
    try:
        for step in range(1, timers + 1):
            clock.call_at(now + step, 1, step, print, step)
        sizes = [trace.size for trace in tracemalloc.take_snapshot().traces]
    finally:
        tracemalloc.stop()
    exact = sys.getsizeof(now)
    assert sizes.count(exact) >= timers
    assert sum(exact < size < exact + 8 for size in sizes) < timers // 10


def test_time_never_goes_back() -> None:
    clock = Scheduler(50)
    with pytest.raises(TimeWentBackwards) as refusal:
        clock.run_until(49)
    assert (refusal.value.now, refusal.value.asked, clock.now) == (50, 49, 50)


def test_time_may_stand_still() -> None:
    diary = Diary(start=50)
    diary.plan("a", 50)
    assert diary.clock.run_until(50)
    assert diary.done == ["a"]


def test_a_budget_stops_between_two_actions_and_the_next_call_goes_on() -> None:
    diary = Diary()
    for index, word in enumerate("abcde"):
        diary.plan(word, 10 * index)
    assert not diary.clock.run_until(100, budget=2)
    assert (diary.done, diary.clock.now) == (["a", "b"], 10)
    assert not diary.clock.run_until(100, budget=2)
    assert diary.clock.run_until(100, budget=2)
    assert (diary.done, diary.clock.now) == (list("abcde"), 100)


def test_a_budget_that_is_just_enough_reaches_the_end() -> None:
    diary = Diary()
    diary.plan("a", 10)
    diary.plan("later", 200)
    assert diary.clock.run_until(100, budget=1)
    assert diary.clock.now == 100


def test_cancelled_work_costs_no_budget() -> None:
    diary = Diary()
    for word in "abc":
        diary.clock.cancel(diary.plan(word, 10))
    diary.plan("d", 20)
    assert diary.clock.run_until(100, budget=1)
    assert diary.done == ["d"]


def test_an_action_that_fails_is_gone_and_the_rest_can_go_on() -> None:
    diary = Diary()
    diary.clock.call_at(10, 1, 1, fail, "by itself")
    diary.plan("b", 10, owner=2)
    with pytest.raises(ValueError, match="by itself"):
        diary.clock.run_until(100)
    assert diary.clock.now == 10
    assert diary.clock.run_until(100)
    assert diary.done == ["b"]


def fail(reason: str) -> None:
    """Be an action that breaks."""
    raise ValueError(reason)


plans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), st.booleans()),  # due, owner, is it cancelled?
    max_size=60,
)


@pytest.mark.slow
@given(plans, st.lists(st.integers(0, 40), max_size=8), st.one_of(st.none(), st.integers(1, 5)))
def test_work_is_done_as_a_sorted_list_would_have_it(
    planned: list[tuple[int, int, bool]], stops: list[int], budget: int | None
) -> None:
    diary = Diary()
    expected = []
    for step, (due, owner, is_cancelled) in enumerate(planned, start=1):
        timer = diary.plan(str(step), due, owner, step)
        if is_cancelled:
            diary.clock.cancel(timer)
        else:
            expected.append((due, owner, step))
    expected.sort()
    for stop in sorted(stops):
        while not diary.clock.run_until(stop, budget):
            assert diary.clock.now <= stop
        due_by_now = [entry for entry in expected if entry[0] <= stop]
        assert diary.done == [str(step) for _, _, step in due_by_now]
        assert diary.instants == [due for due, _, _ in due_by_now]
        left = expected[len(due_by_now) :]
        assert diary.clock.now == stop
        assert (len(diary.clock), diary.clock.next_due()) == (len(left), left[0][0] if left else None)


@pytest.mark.slow
@given(plans.flatmap(lambda entries: st.tuples(st.just(entries), st.permutations(range(len(entries))))))
def test_the_order_does_not_depend_on_when_the_work_was_asked_for(
    planned: tuple[list[tuple[int, int, bool]], list[int]],
) -> None:
    entries, shuffled = planned
    orders = []
    for arrangement in (range(len(entries)), shuffled):
        diary = Diary()
        for index in arrangement:
            due, owner, _ = entries[index]
            diary.plan(str(index), due, owner, index + 1)
        diary.clock.run_until(40)
        orders.append(diary.done)
    assert orders[0] == orders[1]


def test_an_action_that_has_the_scheduler_stand_ends_the_run_with_its_own_instant() -> None:
    clock, done = Scheduler(100), list[str]()

    def stand(word: str) -> None:
        done.append(word)
        clock.stand()

    clock.call_at(100 + 1, 1, 1, stand, "stands")
    clock.call_at(100 + 1, 1, 2, done.append, "at the same instant")
    clock.call_at(100 + 2, 1, 3, done.append, "later")
    assert not clock.run_until(100 + 9)
    assert (done, clock.now) == (["stands", "at the same instant"], 100 + 1)
    assert clock.run_until(100 + 9)
    assert (done[2:], clock.now) == (["later"], 100 + 9)
