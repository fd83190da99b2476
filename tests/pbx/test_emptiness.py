"""Whether anybody is there: words of queues.conf, and who counts by them, against app_queue.c written down anew.

What a real Asterisk did with each word and each device state is in tests/parity/test_queues_measured.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.emptiness import conditions, is_there, summed_up
from pbxsim.pbx.events import CallerLeft
from pbxsim.pbx.extension import DeviceState, Registration
from pbxsim.pbx.queue import Member, QueueRules
from pbxsim.testing.office import line
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS: Final = ("paused", "penalty", "inuse", "ringing", "invalid", "unavailable", "unknown", "wrapup")
BITS: Final = {word: 1 << place for place, word in enumerate(WORDS)}
SUMS: Final = ("yes", "no", "strict", "loose")


def _parse(words: Sequence[str], *, joining: bool) -> int:
    """parse_empty_options, in its own terms: bits, set or added."""
    loose = BITS["penalty"] | BITS["invalid"]
    empty = 0
    for word in words:
        if word in BITS:
            empty |= BITS[word]
        elif word == "loose":
            empty = loose
        elif word == "strict":
            empty = loose | BITS["paused"] | BITS["unavailable"]
        elif (word == "no") is joining:
            empty = loose | BITS["paused"]
        else:
            empty = 0
    return empty


@pytest.mark.slow
@given(words=st.lists(st.sampled_from((*WORDS, *SUMS)), min_size=1, max_size=6), joining=st.booleans())
def test_words_amount_to_what_app_queue_makes_of_them(words: list[str], joining: bool) -> None:
    found = conditions(words, joining=joining)
    assert sum(BITS[word] for word in found or ()) == _parse(words, joining=joining)
    assert (found is None) is (_parse(words, joining=joining) == 0)


@pytest.mark.slow
@given(words=st.lists(st.sampled_from((*WORDS, *SUMS)), min_size=1, max_size=6), joining=st.booleans())
def test_conditions_are_spelt_by_words_that_amount_to_them(words: list[str], joining: bool) -> None:
    found = conditions(words, joining=joining)
    assert conditions(summed_up(found, joining=joining).split(","), joining=joining) == found


def _counts(state: DeviceState, empty: int, *, out_of_range: bool, paused: bool, rests: bool) -> bool:
    """get_member_status, branch by branch: the device state first, and the rest only where that decides nothing."""
    if out_of_range and empty & BITS["penalty"]:
        return False
    named = {
        DeviceState.INVALID: "invalid",
        DeviceState.UNAVAILABLE: "unavailable",
        DeviceState.IN_USE: "inuse",
        DeviceState.RINGING: "ringing",
    }.get(state)
    if named is not None and empty & BITS[named]:
        return False
    if paused and empty & BITS["paused"]:
        return False
    return not (rests and empty & BITS["wrapup"])


_SHOWN: Final = {
    ChannelState.DOWN: DeviceState.NOT_IN_USE,
    ChannelState.RESERVED: DeviceState.INVALID,
    ChannelState.OFF_HOOK: DeviceState.IN_USE,
    ChannelState.RINGING: DeviceState.RINGING,
    ChannelState.BUSY: DeviceState.BUSY,
}


@pytest.mark.slow
@given(
    shown=st.sampled_from(list(_SHOWN)),
    registered=st.booleans(),
    paused=st.booleans(),
    rests=st.booleans(),
    penalty=st.integers(0, 4),
    limits=st.tuples(st.none() | st.integers(0, 4), st.none() | st.integers(0, 4)),
    absent=st.sets(st.sampled_from(WORDS), min_size=1),
)
def test_who_counts_is_told_as_app_queue_tells_it(
    shown: ChannelState,
    registered: bool,
    paused: bool,
    rests: bool,
    penalty: int,
    limits: tuple[int | None, int | None],
    absent: set[str],
) -> None:
    agent = Agent(number="1", name="anna", pin="")
    agent.line = line("anna")
    agent.line.resting_state = shown
    agent.line.registration = Registration(host="192.0.2.1" if registered else "")
    member = Member(agent=agent, penalty=penalty, paused_here=paused)
    rules = QueueRules(min_penalty=limits[0], max_penalty=limits[1])
    low, high = limits
    out_of_range = (high is not None and penalty > high) or (low is not None and penalty < low)
    expected = _counts(
        _SHOWN[shown] if registered else DeviceState.UNAVAILABLE,
        sum(BITS[word] for word in absent),
        out_of_range=out_of_range,
        paused=paused,
        rests=rests,
    )
    assert is_there(member, rules, frozenset(absent), rests=rests) is expected


# -- in a queue --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("penalty", "rung"), [(0, []), (1, ["anna"]), (3, ["anna"]), (4, [])])
def test_members_outside_of_the_penalties_that_the_dialplan_sets_are_not_rung(penalty: int, rung: list[str]) -> None:
    centre = CallCentre(queue("anna", penalties=[penalty], min_penalty=1, max_penalty=3))
    centre.calls()
    assert centre.ringing() == rung


def test_a_telephone_that_takes_no_further_call_is_busy_and_not_in_use() -> None:
    centre = CallCentre(queue("anna", join_empty=frozenset({"inuse"})), max_calls=1)
    centre.answers("anna")
    centre.calls()
    waits = centre.calls()
    centre.advance(1)
    assert not waits.is_over
    assert [waiter.call for waiter in centre.pbx.queues.named("sales").waiters] == [waits]


def test_that_nobody_is_there_is_told_before_that_the_queue_is_full() -> None:
    centre = CallCentre(queue("anna", max_waiting=1, join_empty=frozenset({"paused"})))
    centre.calls()
    centre.pbx.agents.pause(centre.agent("anna"))
    centre.calls()
    assert [event.visit.why for event in centre.heard if isinstance(event, CallerLeft)] == ["empty"]
