"""The one queue of future work: no thread, no event loop, no sleep, so that a test owns time.

Order is (due, owner, step). The owner is whoever asked (a call's number, 0 for the PBX itself) and the step its own
count of requests. A global sequence number would also be a total order, but then an extra timer set by somebody else
would change who goes first at equal times; this way nobody's order depends on who else is there.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final, Never, Self, TypeAlias, TypeVar

from pbxsim.clock.instant import Instant, TimeWentBackwards
from pbxsim.native import copied_whole, mypyc_attr

TimerId: TypeAlias = int
"""Names a pending timer; 0 is never one, so it can stand for "none"."""

_STEP_BITS: Final = (
    24  # 16 million timers per owner; a call sets a handful, the PBX itself (owner 0) is renumbered by nobody
)
_Entry: TypeAlias = tuple[Instant, int, int, Callable[[Never], None], object]
"""Due, owner, step, action, argument: owner and step apart are objects that are there anyhow, a TimerId is one more."""

Timer: TypeAlias = tuple[Instant, TimerId, Callable[[Never], None], object]
"""Due, name, action, argument."""

_STEPS: Final = (1 << _STEP_BITS) - 1
_A = TypeVar("_A")


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Scheduler:
    """Runs actions at their instants, in one total order, when told to.

    `now` is the instant of the action that runs, or the last instant that `run_until` reached.
    """

    __slots__ = ("_cancelled", "_heap", "_until", "now")

    def __init__(self, start: Instant) -> None:
        self.now: Instant = start
        self._heap: list[_Entry] = []
        self._cancelled: set[TimerId] = set()
        self._until: Instant = start

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy it with all that it holds; the methods that it calls are those of the copies."""
        return copied_whole(self, memo)

    def __len__(self) -> int:
        """Count the timers that are still to run."""
        return len(self._heap) - len(self._cancelled)

    def call_at(self, due: Instant, owner: int, step: int, action: Callable[[_A], None], argument: _A) -> TimerId:
        """Run `action(argument)` at `due`; the past means now. (owner, step) must be new, and step at least 1."""
        now = self.now
        # What an addition gave has room for one digit more than it has, 16 bytes; a subtraction gives what it needs.
        due = due - 0 if due > now else now
        entry: _Entry = (due, owner, step, action, argument)
        heappush(self._heap, entry)
        return owner << _STEP_BITS | step

    def cancel(self, timer: TimerId) -> None:
        """Forget a timer that is still pending. One that has run must not be cancelled: its owner knows."""
        self._cancelled.add(timer)

    def pending(self) -> list[Timer]:
        """Give what is still to be done, in the order in which it will be."""
        entries = sorted(self._heap, key=_order)
        timers = [(due, owner << _STEP_BITS | step, action, of) for due, owner, step, action, of in entries]
        return [timer for timer in timers if timer[1] not in self._cancelled]

    def next_due(self) -> Instant | None:
        """Tell when the next action is due, or None when nothing is left to do."""
        heap, cancelled = self._heap, self._cancelled
        while heap and cancelled:
            _, owner, step, _, _ = heap[0]
            timer = owner << _STEP_BITS | step
            if timer not in cancelled:
                break
            cancelled.discard(timer)
            heappop(heap)
        return heap[0][0] if heap else None

    def run_until(self, until: Instant, budget: int | None = None) -> bool:
        """Do all work due up to and including `until`, then stand there; at most `budget` actions.

        Returns whether `until` was reached; False means that the budget ran out, and to call again, or that an action
        had it `stand` before. Raises TimeWentBackwards for an instant before `now`.
        """
        if until < self.now:
            raise TimeWentBackwards(self.now, until)
        self._until = until
        heap, cancelled = self._heap, self._cancelled
        left, one = (1, 0) if budget is None else (budget, 1)
        while heap and heap[0][0] <= self._until:
            if cancelled and (timer := heap[0][1] << _STEP_BITS | heap[0][2]) in cancelled:
                cancelled.discard(timer)
                heappop(heap)
                continue
            if not left:
                return False
            left -= one
            self.now, _, _, action, argument = heappop(heap)
            action(argument)  # type: ignore[arg-type]  # `call_at` saw that they fit
        if self._until < until:
            return False
        self.now = until - 0  # as light as what `call_at` keeps
        return True

    def stand(self) -> None:
        """Do nothing more, in the run in which this is called, that is due later than now."""
        self._until = min(self._until, self.now)


def timer_of(owner: int, step: int) -> TimerId:
    """Name the timer that an owner asked for as its step so many. What is a timer's name already stays as it is."""
    return step if step >> _STEP_BITS else owner << _STEP_BITS | step


def as_pending(timer: Timer) -> _Entry:
    """Give what a Scheduler keeps of a timer that one has told as `pending`."""
    due, name, action, argument = timer
    return due, name >> _STEP_BITS, name & _STEPS, action, argument


def _order(entry: _Entry) -> tuple[Instant, int, int]:
    return entry[:3]
