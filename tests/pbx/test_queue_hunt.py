"""A caller's way through a queue: joining, waiting, talking, leaving; and what is counted."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, fixed
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.events import CallerJoined
from pbxsim.testing.office import START
from tests.pbx.call_centre import NOBODY_LOGGED_IN, CallCentre, QueueWishes, now_and_then, queue

# -- joining -----------------------------------------------------------------------------------------------------------


def test_a_caller_joins_and_stands_there_with_number_name_and_channel() -> None:
    centre = CallCentre(queue())
    call = centre.calls(name="Eva")
    centre.advance(7)
    (waiter,) = centre.pbx.queues.named("sales").waiters
    assert (waiter.channel, waiter.unique_id) == ("SIP/upc-00000001", f"{START // SECOND}.1")
    assert (waiter.caller_number, waiter.caller_name) == ("605000001", "Eva")
    assert (waiter.connected_number, waiter.connected_name, waiter.call) == (None, None, call)
    assert waiter.joined_at == START


def test_a_caller_without_a_name_stands_there_with_the_number_twice() -> None:
    centre = CallCentre(queue())
    centre.incoming("605000001", "sales", context="in")
    (waiter,) = centre.pbx.queues.named("sales").waiters
    assert (waiter.caller_number, waiter.caller_name) == ("605000001", "605000001")


def test_the_queue_answers_the_caller_at_once() -> None:
    centre = CallCentre(queue())
    call = centre.calls()
    assert call.first is not None
    assert (call.first.is_up, call.first.answered_at, call.bridged_at) == (True, START, 0)


def test_callers_wait_in_the_order_of_their_coming() -> None:
    centre = CallCentre(queue())
    calls = [centre.calls(caller=f"60500000{index}") for index in range(3)]
    assert [waiter.call for waiter in centre.pbx.queues.named("sales").waiters] == calls
    assert centre.kinds_heard().count(CallerJoined) == 3


def test_one_more_than_the_queue_holds_is_not_let_in() -> None:
    centre = CallCentre(queue(max_waiting=2, overflow="voicemail"))
    first, second, third = (centre.calls(caller=f"60500000{index}") for index in range(3))
    assert [waiter.call for waiter in centre.pbx.queues.named("sales").waiters] == [first, second]
    assert (third.state, third.hunt, centre.left()) == (CallState.TALKING, None, [(3, "overflow")])
    assert centre.kinds_heard().count(CallerJoined) == 2


def test_a_call_that_a_member_took_leaves_a_place_in_the_queue() -> None:
    centre = CallCentre(queue("anna", max_waiting=1))
    centre.answers("anna", after=3)
    centre.calls()
    centre.advance(3)
    centre.calls()
    assert len(centre.pbx.queues.named("sales").waiters) == 1


def test_without_an_overflow_a_caller_who_cannot_join_is_hung_up() -> None:
    centre = CallCentre(queue(join_empty=NOBODY_LOGGED_IN))
    call = centre.calls()
    record = centre.cdr(call)
    assert (record.disposition, record.cause) == (Disposition.NO_ANSWER, HangupCause.NORMAL_CLEARING)
    assert centre.left() == [(1, "overflow")]


@pytest.mark.parametrize(
    "rule", [QueueWishes(join_empty=NOBODY_LOGGED_IN), QueueWishes(leave_when_empty=NOBODY_LOGGED_IN)]
)
def test_an_overflow_that_leads_back_at_once_is_hung_up_and_not_followed_for_ever(rule: QueueWishes) -> None:
    there: QueueWishes = {**rule, "overflow": "support"}
    back: QueueWishes = {**rule, "overflow": "sales"}
    centre = CallCentre(queue(name="sales", **there), queue(name="support", **back))
    call = centre.calls()
    assert call.is_over
    centre.finish()


def test_nobody_can_be_rung_into_a_queue_as_the_first_party() -> None:
    centre = CallCentre(queue("anna"))
    call = centre.call("sales", "100", context="in", kind=CallKind.CONNECT)
    assert centre.cdr(call).cause is HangupCause.NO_ROUTE_DESTINATION
    assert centre.left() == []


# -- leaving -----------------------------------------------------------------------------------------------------------


def test_a_caller_who_hangs_up_while_waiting_is_abandoned_and_the_telephone_stops_ringing() -> None:
    centre = CallCentre(queue("anna"))
    call = centre.calls()
    centre.advance(6)
    assert call.first is not None
    centre.pbx.calls.hang_up_channel(call.first)
    assert centre.ringing() == []
    assert centre.pbx.queues.named("sales").figures.abandoned == 1
    assert centre.left() == [(1, "abandoned")]
    record = centre.cdr(call)
    assert (record.disposition, record.duration, record.billsec) == (Disposition.NO_ANSWER, 6, 0)
    centre.finish()


def test_a_caller_gives_up_when_out_of_patience_and_no_later_than_that() -> None:
    centre = CallCentre(queue("anna", member_timeout=15, retry=5))
    centre.will("605000001", Behaviour(talk=None, patience=fixed(42)))
    call = centre.calls()
    centre.advance(41.9)
    assert not call.is_over
    centre.advance(0.1)
    assert (call.is_over, centre.left()) == (True, [(1, "abandoned")])
    centre.finish()


def test_a_caller_who_was_answered_has_patience_for_ever() -> None:
    centre = CallCentre(queue("anna"))
    centre.answers("anna", after=3)
    centre.will("605000001", Behaviour(talk=None, patience=fixed(10)))
    call = centre.calls()
    centre.advance(600)
    assert call.state is CallState.TALKING


def test_a_caller_who_waits_too_long_goes_to_the_overflow() -> None:
    centre = CallCentre(queue("anna", max_wait=30, overflow="boss"))
    call = centre.calls()
    centre.advance(29.9)
    assert centre.left() == []
    centre.advance(0.1)
    assert (centre.left(), centre.ringing()) == ([(1, "overflow")], [])
    centre.advance(3)
    assert (call.state, call.second.peer if call.second else "") == (CallState.TALKING, "sip900")


def test_who_leaves_a_queue_unanswered_is_abandoned_to_app_queue_and_overflown_to_us() -> None:
    centre = CallCentre(queue(max_wait=30, max_waiting=1))
    centre.calls()
    centre.calls()
    centre.advance(30)
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.abandoned, figures.overflowed, figures.completed) == (1, 2, 0)


def test_from_one_queue_a_caller_may_overflow_into_another_that_has_agents() -> None:
    centre = CallCentre(
        queue(name="sales", join_empty=NOBODY_LOGGED_IN, overflow="support"), queue("ben", name="support")
    )
    call = centre.calls("sales")
    assert centre.ringing() == ["ben"]
    centre.phones["ben"].picks_up()
    assert centre.left() == [(1, "overflow"), (1, "connected")]
    centre.pbx.calls.hang_up(call)
    assert centre.pbx.queues.named("support").figures.completed == 1


@pytest.mark.parametrize("goes", ["log_out", "unregister", "remove"])
def test_those_who_wait_leave_when_the_last_agent_goes(goes: str) -> None:
    centre = CallCentre(queue("anna", leave_when_empty=NOBODY_LOGGED_IN, member_timeout=10, retry=20))
    call = centre.calls()
    centre.advance(12)  # between two passes
    if goes == "log_out":
        centre.pbx.agents.log_out(centre.agent("anna"))
    elif goes == "unregister":
        centre.handset.unregister(centre.phones["anna"].line)
    else:
        centre.pbx.queues.remove(centre.pbx.queues.named("sales"), centre.agent("anna"))
    centre.advance(17.9)
    assert not call.is_over  # app_queue looks when the pause is over
    centre.advance(0.1)
    assert (call.is_over, centre.left()) == (True, [(1, "overflow")])


@pytest.mark.parametrize(("comes_back", "stays"), [(13, True), (29.9, True), (30, False), (31, False)])
def test_who_comes_back_before_the_pause_is_over_was_never_missed(comes_back: float, stays: bool) -> None:
    centre = CallCentre(queue("anna", leave_when_empty=frozenset({"paused"}), member_timeout=10, retry=20))
    call, anna = centre.calls(), centre.agent("anna")
    centre.advance(12)
    centre.pbx.agents.pause(anna)
    centre.advance(comes_back - 12)
    centre.pbx.agents.unpause(anna)
    centre.advance(5)
    assert (not call.is_over, centre.ringing() == ["anna"]) == (stays, stays and comes_back >= 25)


def test_nobody_pauses_for_a_caller_who_is_left_alone_while_a_member_rings() -> None:
    centre = CallCentre(queue("anna", leave_when_empty=frozenset({"paused"}), member_timeout=10, retry=20))
    call = centre.calls()
    centre.advance(4)
    centre.pbx.agents.pause(centre.agent("anna"))
    centre.advance(5.9)
    assert centre.ringing() == ["anna"]
    centre.advance(0.1)
    assert (call.is_over, centre.left()) == (True, [(1, "overflow")])
    centre.finish()


def test_one_who_does_not_pause_leaves_at_once_where_nobody_is_left() -> None:
    centre = CallCentre(queue("anna", leave_when_empty=frozenset({"unavailable"}), member_timeout=10, retry=20))
    first, second = centre.calls(), centre.calls()
    centre.advance(12)
    centre.pbx.agents.log_out(centre.agent("anna"))
    centre.advance(0)
    assert (first.is_over, second.is_over) == (False, True)
    centre.advance(18)
    assert first.is_over
    centre.finish()


@pytest.mark.parametrize(
    ("max_wait", "leaves_at"), [(7, 7), (10, 10), (11, 15), (14.9, 15), (15, 15), (15.1, 15.1), (29, 30), (30, 30)]
)
def test_a_wait_that_is_over_while_the_caller_pauses_ends_with_the_pause(max_wait: float, leaves_at: float) -> None:
    centre = CallCentre(queue("anna", max_wait=max_wait, member_timeout=10, retry=5))
    call = centre.calls()
    centre.finish()
    assert (call.ended_at - call.started_at) / 1_000_000 == leaves_at


def test_announcements_longer_than_their_distance_keep_nobody_beyond_the_longest_wait() -> None:
    centre = CallCentre(queue("anna", max_wait=30, announcements=now_and_then(8, 9)))
    centre.pbx.agents.pause(centre.agent("anna"))
    call = centre.calls()
    centre.finish()
    assert (call.ended_at - call.started_at) / SECOND == 35  # it listens from 8, 17 and 26 on


def test_while_somebody_rings_for_a_caller_the_caller_stays() -> None:
    centre = CallCentre(queue("anna", leave_when_empty=frozenset({"ringing", "inuse"})))
    first, second = centre.calls(), centre.calls()
    centre.advance(1)
    assert (first.is_over, second.is_over) == (False, True)
    centre.phones["anna"].picks_up()
    assert first.state is CallState.TALKING


@pytest.mark.parametrize(
    ("state", "absent", "joins"),
    [
        ("paused", {"paused"}, False),
        ("paused", {"unavailable"}, True),
        ("logged out", {"unavailable"}, False),
        ("logged out", {"paused"}, True),
        ("unregistered and paused", {"unavailable"}, False),
        ("busy", {"inuse"}, False),
        ("busy", {"unavailable", "invalid"}, True),
        ("wraps up", {"wrapup"}, False),
        ("wraps up", {"inuse"}, True),
        ("free", {"paused", "unavailable", "inuse", "ringing", "invalid", "wrapup"}, True),
    ],
)
def test_what_counts_as_nobody_there_is_the_queues_to_say(state: str, absent: set[str], joins: bool) -> None:
    centre = CallCentre(queue("anna", name="other", wrap_up=60), queue("anna", join_empty=frozenset(absent)))
    anna = centre.agent("anna")
    for one in centre.pbx.queues:
        one.members[0].agent = anna
    centre.answers("anna", talks=10 if state == "wraps up" else None)
    if state in ("busy", "wraps up"):
        centre.calls("other")
        centre.advance(20)
    if "paused" in state:
        centre.pbx.agents.pause(anna)
    if "unregistered" in state:
        centre.handset.unregister(centre.phones["anna"].line)
    if state == "logged out":
        centre.pbx.agents.log_out(anna)
    call = centre.calls("sales")
    assert call.is_over is not joins


# -- announcements -----------------------------------------------------------------------------------------------------


def test_nobody_is_rung_for_a_caller_who_listens_to_an_announcement() -> None:
    centre = CallCentre(queue("anna", announcements=now_and_then(20, 6)))
    anna = centre.agent("anna")
    centre.pbx.agents.pause(anna)
    centre.calls()
    centre.advance(21)
    centre.pbx.agents.unpause(anna)
    centre.advance(4.9)
    assert centre.ringing() == []
    centre.advance(0.1)
    assert centre.ringing() == ["anna"]


def test_an_announcement_does_not_begin_while_somebody_rings() -> None:
    centre = CallCentre(queue("anna", announcements=now_and_then(10, 5), member_timeout=12, retry=1))
    centre.answers("anna", after=11)
    call = centre.calls()
    centre.advance(11)
    assert call.state is CallState.TALKING
    centre.pbx.calls.hang_up(call)
    centre.finish()


# -- figures -----------------------------------------------------------------------------------------------------------


def test_figures_are_app_queues_running_averages_in_whole_numbers() -> None:
    centre = CallCentre(queue("anna", service_level=5))
    sales = centre.pbx.queues.named("sales")
    hold = talk = in_level = 0
    for turn, (waits, talks) in enumerate([(3, 61), (9, 7), (5, 100), (0, 33), (6, 0)], start=1):
        call = centre.calls()
        centre.advance(waits)
        centre.phones["anna"].picks_up()
        hold = (3 * hold + waits) // 4 if turn > 1 else waits
        assert sales.figures.hold_time == hold
        centre.advance(talks)
        centre.pbx.calls.hang_up(call)
        talk, in_level = (3 * talk + talks) // 4 if turn > 1 else talks, in_level + (waits <= 5)
        assert (sales.figures.talk_time, sales.figures.completed) == (talk, turn)
        assert sales.figures.service_level_percent() == pytest.approx(100 * in_level / turn)
    member = sales.members[0]
    assert (member.calls_taken, member.last_call) == (5, centre.clock.now)


def test_a_call_of_which_the_talk_is_not_over_is_not_yet_completed() -> None:
    centre = CallCentre(queue("anna"))
    centre.answers("anna", after=2)
    centre.calls()
    centre.advance(50)
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.completed, figures.talk_time, figures.hold_time) == (0, 0, 2)


def test_the_record_of_a_queued_call_counts_talk_from_the_agents_answer() -> None:
    centre = CallCentre(queue("anna"))
    centre.answers("anna", after=8, talks=30)
    call = centre.calls()
    centre.finish()
    record = centre.cdr(call)
    assert (record.src, record.dst, record.context) == ("605000001", "sales", "in")
    assert (record.disposition, record.duration, record.billsec) == (Disposition.ANSWERED, 38, 30)
    assert (record.channel, record.dst_channel) == ("SIP/upc-00000001", "SIP/anna-00000002")
    assert centre.left() == [(1, "connected")]
