"""How a queue rings its members for those who wait: passes, refusals, pauses, whose turn it is."""

from __future__ import annotations

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from tests.pbx.call_centre import CallCentre, queue

REFUSES = Behaviour(outcome=Outcome.REJECT, ring=fixed(2))


def test_a_member_rings_for_the_time_out_then_the_caller_pauses_then_it_rings_again() -> None:
    centre = CallCentre(queue("anna", member_timeout=15, retry=5))
    centre.calls()
    rang = ""
    for _ in range(41):
        rang += "r" if centre.ringing() else "."
        centre.advance(1)
    assert rang == 15 * "r" + 5 * "." + 15 * "r" + 5 * "." + "r"


def test_a_refusal_goes_on_to_the_next_member_within_the_same_pass() -> None:
    centre = CallCentre(queue("anna", "ben", member_timeout=15, retry=5))
    centre.will("anna", REFUSES)
    call = centre.calls()
    centre.advance(2)
    assert centre.ringing() == ["ben"]
    centre.advance(12.9)
    assert centre.ringing() == ["ben"]
    centre.advance(0.1)  # 15 s for the pass, not for the member (app_queue's timeout without timeoutrestart)
    assert (centre.ringing(), call.is_over) == ([], False)
    centre.advance(5)
    assert centre.ringing() == ["anna"]


def test_a_pass_in_which_everybody_refused_is_followed_by_the_pause() -> None:
    centre = CallCentre(queue("anna", "ben", member_timeout=15, retry=5))
    centre.will("anna", REFUSES)
    centre.will("ben", REFUSES)
    centre.calls()
    centre.advance(4)
    assert centre.ringing() == []
    centre.advance(4.9)
    assert centre.ringing() == []
    centre.advance(0.1)
    assert centre.ringing() == ["anna"]


def test_a_telephone_that_was_refused_by_hand_leaves_no_timer_behind_that_ends_the_talk() -> None:
    centre = CallCentre(queue("anna", "ben", member_timeout=15))
    centre.answers("ben", after=3)
    call = centre.calls()
    centre.advance(4)
    centre.handset.reject(centre.phones["anna"].line)
    centre.advance(60)
    assert call.state is CallState.TALKING
    assert call.second is not None
    assert call.second.peer == "ben"


def test_a_pass_that_was_refused_by_hand_is_not_over_a_second_time_when_its_time_is() -> None:
    centre = CallCentre(queue("anna", member_timeout=12, retry=5))
    centre.calls()
    centre.advance(4)
    centre.handset.reject(centre.phones["anna"].line)
    centre.pbx.agents.pause(centre.agent("anna"))
    centre.advance(9)
    centre.pbx.agents.unpause(centre.agent("anna"))
    centre.advance(0)
    assert centre.ringing() == ["anna"]


def test_ringall_rings_all_of_the_lowest_penalty_and_the_first_to_answer_wins() -> None:
    centre = CallCentre(queue("anna", "ben", "cyril", penalties=(1, 1, 2), strategy="ringall"))
    centre.answers("ben", after=4)
    call = centre.calls()
    centre.advance(3)
    assert centre.ringing() == ["anna", "ben"]
    centre.advance(1)
    assert (centre.ringing(), call.state) == ([], CallState.TALKING)
    anna, ben = call.legs[1:]
    assert (anna.cause, ben.is_up) == (HangupCause.ANSWERED_ELSEWHERE, True)


def test_under_ringall_a_refusal_leaves_the_others_ringing_and_the_last_one_ends_the_pass() -> None:
    centre = CallCentre(queue("anna", "ben", "cyril", penalties=(0, 0, 1), strategy="ringall", retry=5))
    centre.will("anna", REFUSES)
    centre.will("ben", Behaviour(outcome=Outcome.REJECT, ring=fixed(4)))
    centre.calls()
    centre.advance(3)
    assert centre.ringing() == ["ben"]
    centre.advance(1)
    assert centre.ringing() == []  # cyril's turn does not come in this pass
    centre.advance(5)
    assert centre.ringing() == ["anna", "ben"]


def test_two_agents_at_one_telephone_make_it_ring_once() -> None:
    centre = CallCentre(queue("anna", "ben", strategy="ringall"), max_calls=1)
    centre.pbx.agents.log_in(centre.agent("ben"), centre.phones["anna"].line)
    call = centre.calls()
    assert [leg.peer for leg in call.legs] == ["upc", "anna"]
    centre.phones["anna"].picks_up()
    assert centre.pbx.queues.named("sales").waiters == []


@pytest.mark.parametrize("verb", ["log_out", "pause", "moves"])
def test_an_agent_who_goes_away_while_the_telephone_rings_can_still_answer_it(verb: str) -> None:
    centre = CallCentre(queue("anna"))
    anna, agents = centre.agent("anna"), centre.pbx.agents
    call = centre.calls()
    if verb == "moves":
        agents.log_in(anna, centre.phones["cyril"].line)
    else:
        getattr(agents, verb)(anna)
    centre.phones["anna"].picks_up()
    assert call.state is CallState.TALKING
    centre.phones["anna"].hangs_up()
    member = centre.pbx.queues.named("sales").member(anna)
    assert member is not None
    assert member.calls_taken == 1


def test_round_robin_goes_on_behind_the_last_one_rung_though_a_member_leaves() -> None:
    centre = CallCentre(queue("anna", "ben", "cyril", strategy="rrmemory"))
    for name in ("anna", "ben", "cyril"):
        centre.answers(name, talks=1)
    sales = centre.pbx.queues.named("sales")
    first, second = centre.calls(), centre.calls()
    centre.advance(5)
    centre.pbx.queues.remove(sales, centre.agent("anna"))
    third, fourth = centre.calls(), centre.calls()
    centre.advance(5)
    assert [call.second.peer for call in (first, second, third, fourth) if call.second] == [
        *("anna", "ben", "cyril", "ben")
    ]


def test_a_caller_who_pauses_between_two_passes_keeps_the_place_at_the_head() -> None:
    centre = CallCentre(queue("anna", member_timeout=10, retry=5))
    first, second = centre.calls(), centre.calls()
    centre.advance(12)
    assert centre.ringing() == []  # anna is free, but it is not the second caller's turn
    centre.advance(3)
    assert centre.ringing() == ["anna"]
    assert [len(call.legs) for call in (first, second)] == [3, 1]


def test_callers_are_served_side_by_side_while_there_are_free_members() -> None:
    centre = CallCentre(queue("anna", "ben"))
    for _ in range(3):
        centre.calls()
    assert centre.ringing() == ["anna", "ben"]


def test_the_next_caller_is_served_as_soon_as_the_first_gives_up() -> None:
    centre = CallCentre(queue("anna", member_timeout=10, retry=50))
    first, second = centre.calls(), centre.calls()
    centre.advance(12)
    centre.pbx.calls.hang_up(first)
    centre.advance(0)
    assert centre.ringing() == ["anna"]
    assert len(second.legs) == 2


def test_a_caller_whom_nobody_takes_for_hours_keeps_the_last_tries_only() -> None:
    centre = CallCentre(queue("anna", member_timeout=15, retry=5))
    centre.will("anna", REFUSES)
    call = centre.calls()
    most = 0
    for _ in range(200):
        centre.advance(7)
        most = max(most, len(call.legs))
    assert most <= 2 * 20 + 2
    assert call.legs[0] is call.first
    assert call.legs[-1].serial > 190
