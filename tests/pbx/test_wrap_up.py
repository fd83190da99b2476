"""A member's rest counts from the end of the talk with whom a queue gave it, however calls are handed on meanwhile."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import transfer
from pbxsim.testing.office import START
from tests.pbx.call_centre import CallCentre, queue, shared

WRAP_UP = 50


def centre(*, wraps_first: float = 0, ring_in_use: bool = False) -> CallCentre:
    """Anna serves `sales`, Ben and Cyril `help`, who rest for WRAP_UP seconds; all of them answer after a second."""
    made = CallCentre(
        queue("anna", wrap_up=wraps_first, ring_in_use=ring_in_use),
        queue("ben", name="help", wrap_up=WRAP_UP, ring_in_use=ring_in_use),
    )
    for name in ("anna", "ben", "cyril"):
        made.answers(name, after=1)
    return made


def rests_for(made: CallCentre, name: str = "ben", to: str = "help") -> int:
    """Have somebody call; tell after how many seconds the agent's telephone rings."""
    made.calls(to, caller="605000009")
    for second in range(200):
        if name in made.ringing():
            return second
        made.advance(1)
    raise AssertionError("it never rang")


@pytest.mark.parametrize("talk", [1, 49, 50, 120, 3000])
def test_who_takes_over_a_caller_by_attended_transfer_through_a_queue_rests_behind_that_talk(talk: int) -> None:
    made = centre()
    customer = made.calls()
    made.advance(10)
    held = made.phones["anna"].line.channels[0]
    consultation = made.dials("anna", "help", context="in")
    assert consultation is not None
    made.advance(5)
    assert transfer.attended(made.pbx.calls, held, made.phones["anna"].line.channels[1])
    made.advance(talk)
    (ben,) = made.pbx.queues.named("help").members
    assert (ben.calls_taken, ben.last_call) == (1, START + 15 * SECOND)
    made.pbx.calls.hang_up(customer)
    assert (ben.calls_taken, ben.last_call) == (1, START + (15 + talk) * SECOND)
    assert rests_for(made) == WRAP_UP


def test_the_one_who_left_rests_from_when_it_left() -> None:
    made = centre(wraps_first=30)
    made.calls()
    made.advance(10)
    held = made.phones["anna"].line.channels[0]
    assert made.dials("anna", "help", context="in") is not None
    made.advance(5)
    assert transfer.attended(made.pbx.calls, held, made.phones["anna"].line.channels[1])
    made.advance(10)
    assert rests_for(made, "anna", "sales") == 20


def test_a_member_whom_the_caller_hands_on_talks_on_and_rests_behind_that() -> None:
    made = centre()
    caller = made.dials("anna", "help", context="in")
    assert caller is not None
    made.advance(5)
    assert caller.first is not None
    assert transfer.blind(made.pbx.calls, caller.first, "102")  # Cyril, who is no member
    made.advance(40)
    made.pbx.calls.hang_up(caller)
    assert rests_for(made) == WRAP_UP


def test_a_member_who_hands_the_caller_on_rests_at_once() -> None:
    made = centre()
    caller = made.calls("help")
    made.advance(5)
    assert caller.second is not None
    assert transfer.blind(made.pbx.calls, caller.second, "102")
    made.advance(40)
    assert rests_for(made) == WRAP_UP - 40


def test_a_talk_that_is_handed_on_twice_is_one_talk() -> None:
    made = centre()
    caller = made.dials("anna", "help", context="in")
    assert caller is not None
    made.advance(5)
    assert caller.first is not None
    assert transfer.blind(made.pbx.calls, caller.first, "102")
    made.advance(20)
    (cyril,) = made.phones["cyril"].line.channels
    assert transfer.blind(made.pbx.calls, cyril, "900")
    made.advance(20)
    made.pbx.calls.hang_up(caller)
    assert rests_for(made) == WRAP_UP


@pytest.mark.parametrize(("first", "second"), [(50, 0), (50, 10), (10, 50)])
def test_a_shorter_rest_of_another_queue_does_not_end_a_longer_one(first: int, second: int) -> None:
    made = CallCentre(
        *shared(
            queue("anna", wrap_up=first, ring_in_use=True), queue("anna", name="help", wrap_up=second, ring_in_use=True)
        )
    )
    made.answers("anna", after=1)
    calls = [made.calls("sales"), made.calls("help")]
    made.advance(5)
    for call in calls:
        made.pbx.calls.hang_up(call)
    assert rests_for(made, "anna", "sales") in (50, 51)
