"""Who may be rung: never an agent who is away, and never one in two calls, however many queues want the same agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.call import CallState
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.directory import Registration
from pbxsim.pbx.queue import QueueFigures, Waiter
from pbxsim.testing.office import START
from tests.pbx.call_centre import CallCentre, queue, shared

if TYPE_CHECKING:
    from collections.abc import Callable


def _pauses(centre: CallCentre) -> None:
    centre.pbx.agents.pause(centre.agent("anna"), "lunch")


def _pauses_in_the_queue(centre: CallCentre) -> None:
    centre.pbx.queues.pause(centre.pbx.queues.named("sales"), centre.agent("anna"))


def _logs_out(centre: CallCentre) -> None:
    centre.pbx.agents.log_out(centre.agent("anna"))


def _unplugs(centre: CallCentre) -> None:
    centre.handset.unregister(centre.phones["anna"].line)


def _calls_somebody(centre: CallCentre) -> None:
    centre.dials("anna", "900")


def _leaves_the_receiver_off(centre: CallCentre) -> None:
    centre.phones["anna"].line.resting_state = ChannelState.OFF_HOOK


def _is_rung_by_somebody_else(centre: CallCentre) -> None:
    centre.incoming("700100200", "100")


AWAY = [
    _pauses,
    _pauses_in_the_queue,
    _logs_out,
    _unplugs,
    _calls_somebody,
    _leaves_the_receiver_off,
    _is_rung_by_somebody_else,
]


def _legs(centre: CallCentre, name: str) -> int:
    return sum(
        1 for call in centre.pbx.calls.live.values() for leg in call.legs if leg.line is centre.phones[name].line
    )


@pytest.mark.parametrize("away", AWAY)
def test_an_agent_who_cannot_take_a_call_is_never_rung(away: Callable[[CallCentre], None]) -> None:
    centre = CallCentre(queue("anna"))
    away(centre)
    before = _legs(centre, "anna")
    centre.calls()
    centre.advance(29)  # somebody else's ringing ends at 30 s
    assert _legs(centre, "anna") <= before


def _is_back(centre: CallCentre) -> None:
    pbx, anna, line = centre.pbx, centre.agent("anna"), centre.phones["anna"].line
    pbx.agents.log_in(anna, line)
    pbx.agents.unpause(anna)
    pbx.queues.unpause(pbx.queues.named("sales"), anna)
    pbx.directory.register(line, Registration(host="192.0.2.1", port=5060))


@pytest.mark.parametrize("away", [_pauses, _pauses_in_the_queue, _logs_out, _unplugs])
def test_who_goes_away_after_a_call_is_rung_for_no_other_and_who_comes_back_is_again(
    away: Callable[[CallCentre], None],
) -> None:
    centre = CallCentre(queue("anna", "ben", retry=1))
    for does, rung in ((_is_back, "anna"), (away, "ben"), (_is_back, "anna"), (away, "ben")):
        does(centre)
        call = centre.calls()
        assert [leg.peer for leg in call.legs] == ["upc", rung]
        centre.pbx.calls.hang_up(call)
        centre.advance(1)


@pytest.mark.parametrize("away", AWAY)
def test_in_the_place_of_an_agent_who_cannot_take_a_call_another_is_rung(away: Callable[[CallCentre], None]) -> None:
    centre = CallCentre(queue("anna", "ben"))
    away(centre)
    call = centre.calls()
    assert [leg.peer for leg in call.legs] == ["upc", "ben"]


def _is_no_member(centre: CallCentre) -> None:
    centre.pbx.queues.remove(centre.pbx.queues.named("sales"), centre.agent("anna"))


def _comes_back(centre: CallCentre, away: Callable[[CallCentre], None]) -> None:
    anna, telephone = centre.agent("anna"), centre.phones["anna"].line
    if away is _pauses:
        centre.pbx.agents.unpause(anna)
    elif away is _pauses_in_the_queue:
        centre.pbx.queues.unpause(centre.pbx.queues.named("sales"), anna)
    elif away is _logs_out:
        centre.pbx.agents.log_in(anna, telephone)
    elif away is _unplugs:
        centre.handset.register(telephone)
    elif away is _is_no_member:
        centre.pbx.queues.add(centre.pbx.queues.named("sales"), anna, 0)
    elif away is _calls_somebody:
        centre.handset.hang_up(telephone)
    else:
        centre.handset.reject(telephone)


@pytest.mark.parametrize(
    "away",
    [_pauses, _pauses_in_the_queue, _logs_out, _unplugs, _is_no_member, _calls_somebody, _is_rung_by_somebody_else],
)
def test_those_who_wait_are_served_when_an_agent_comes_back(away: Callable[[CallCentre], None]) -> None:
    centre = CallCentre(queue("anna"))
    away(centre)
    call = centre.calls()
    centre.advance(9)
    assert len(call.legs) == 1
    _comes_back(centre, away)
    centre.advance(0)
    assert [leg.peer for leg in call.legs] == ["upc", "anna"]


def test_an_agent_who_wraps_up_is_rung_by_no_queue_until_that_is_over() -> None:
    centre = CallCentre(*shared(queue("anna", wrap_up=10), queue("anna", name="support")))
    centre.answers("anna", talks=20)
    centre.calls()
    centre.advance(20)
    waiting = centre.calls("support")
    centre.advance(9.9)
    assert len(waiting.legs) == 1
    centre.advance(0.1)
    assert len(waiting.legs) == 2


def test_who_pauses_in_one_queue_takes_the_calls_of_another() -> None:
    sales, support = shared(queue("anna"), queue("anna", name="support"))
    centre = CallCentre(sales, support)
    centre.pbx.queues.pause(sales, centre.agent("anna"))
    centre.calls("sales")
    centre.advance(1)
    assert centre.ringing() == []
    centre.calls("support", "605000002")
    centre.advance(1)
    assert centre.ringing() == ["anna"]


def test_an_agent_of_several_queues_rings_for_one_caller_at_a_time() -> None:
    centre = CallCentre(*shared(queue("anna"), queue("anna", name="support")))
    centre.calls("sales")
    other = centre.calls("support")
    assert centre.ringing() == ["anna"]
    centre.phones["anna"].picks_up()
    centre.advance(100)
    assert len(other.legs) == 1
    centre.phones["anna"].hangs_up()
    centre.advance(0)
    assert [leg.peer for leg in other.legs] == ["upc", "anna"]


def test_an_agent_who_moves_to_another_telephone_during_a_talk_stays_in_that_one_call() -> None:
    centre = CallCentre(queue("anna"))
    first = centre.calls()
    centre.phones["anna"].picks_up()
    centre.pbx.agents.log_in(centre.agent("anna"), centre.phones["ben"].line)
    second = centre.calls()
    centre.advance(60)
    assert len(second.legs) == 1
    centre.pbx.calls.hang_up(first)
    centre.advance(0)
    assert [leg.peer for leg in second.legs] == ["upc", "ben"]


def test_a_queue_that_rings_in_use_may_ring_an_agent_who_talks_but_not_one_whose_telephone_is_full() -> None:
    centre = CallCentre(queue("anna", ring_in_use=True), max_calls=2)
    for expected in (2, 2, 1):
        call = centre.calls()
        centre.advance(0)
        assert len(call.legs) == expected
        if expected == 2:
            centre.phones["anna"].picks_up()


def test_of_two_queues_the_one_of_more_weight_gets_the_agent_though_it_waited_less() -> None:
    centre = CallCentre(*shared(queue("anna"), queue("anna", name="support", weight=5)))
    _pauses(centre)
    light, heavy = centre.calls("sales"), centre.calls("support")
    centre.pbx.agents.unpause(centre.agent("anna"))
    centre.advance(0)
    assert [len(call.legs) for call in (light, heavy)] == [1, 2]


def test_the_lighter_queue_gets_the_agents_that_the_heavier_one_does_not_need() -> None:
    centre = CallCentre(*shared(queue("anna", "ben"), queue("anna", "ben", name="support", weight=5)))
    for name in ("anna", "ben"):
        centre.will(name, Behaviour(outcome=Outcome.REJECT, ring=fixed(1)))
    heavy = centre.calls("support")
    centre.advance(2)  # both refused; the heavier queue's one caller pauses, and could have either of two agents
    light = centre.calls("sales")
    assert [len(call.legs) for call in (heavy, light)] == [3, 2]


def test_when_the_heavier_queues_caller_gives_up_the_lighter_one_is_served() -> None:
    centre = CallCentre(*shared(queue("anna"), queue("anna", name="support", weight=5, retry=50)))
    centre.will("anna", Behaviour(outcome=Outcome.REJECT, ring=fixed(1)))
    heavy = centre.calls("support")
    centre.advance(1)
    light = centre.calls("sales")
    assert len(light.legs) == 1
    centre.pbx.calls.hang_up(heavy)
    centre.advance(0)
    assert len(light.legs) == 2


def test_a_caller_who_only_stands_in_the_file_keeps_no_agent_from_a_lighter_queue() -> None:
    centre = CallCentre(*shared(queue("anna"), queue("anna", name="support", weight=5)))
    centre.pbx.queues.named("support").waiters.append(
        Waiter(channel="SIP/upc-000000ff", unique_id="1.2", caller_number="1", caller_name="1", joined_at=START)
    )
    call = centre.calls("sales")
    assert len(call.legs) == 2


def test_a_caller_who_only_stands_in_the_file_counts_towards_the_maximum_length() -> None:
    centre = CallCentre(queue("anna", max_waiting=1))
    centre.pbx.queues.named("sales").waiters.append(
        Waiter(channel="SIP/upc-000000ff", unique_id="1.2", caller_number="1", caller_name="1", joined_at=START)
    )
    assert centre.calls().is_over


def test_an_agents_own_call_to_the_queue_does_not_ring_the_agent() -> None:
    centre = CallCentre(queue("anna", "ben"))
    call = centre.dials("anna", "sales", context="in")
    assert call is not None
    assert [leg.peer for leg in call.legs] == ["anna", "ben"]


def test_an_agent_who_does_not_want_to_be_disturbed_refuses_and_the_next_is_rung_at_once() -> None:
    centre = CallCentre(queue("anna", "ben"))
    centre.handset.do_not_disturb(centre.phones["anna"].line, on=True)
    call = centre.calls()
    centre.advance(0)
    assert centre.ringing() == ["ben"]
    assert [(leg.peer, leg.ringing_at != 0) for leg in call.legs[1:]] == [("anna", False), ("ben", True)]


def test_figures_begin_at_nought_and_belong_to_each_queue_alone() -> None:
    centre = CallCentre(*shared(queue("anna"), queue("anna", name="support")))
    centre.answers("anna", talks=9)
    centre.calls("support")
    centre.finish()
    sales, support = (centre.pbx.queues.named(name).figures for name in ("sales", "support"))
    assert (sales.completed, support.completed) == (0, 1)
    assert isinstance(sales, QueueFigures)


def test_the_same_seed_gives_the_same_agents_and_another_seed_may_not() -> None:
    def rung(seed: int) -> list[str]:
        centre = CallCentre(queue("anna", "ben", "cyril", strategy="random"), seed=seed)
        for name in ("anna", "ben", "cyril"):
            centre.answers(name, talks=1)
        calls = []
        for _ in range(12):
            calls.append(centre.calls())
            centre.advance(5)
        assert all(call.state is CallState.ENDED for call in calls)
        return [call.second.peer for call in calls if call.second]

    assert rung(1) == rung(1)
    assert len({tuple(rung(seed)) for seed in range(5)}) == 5
