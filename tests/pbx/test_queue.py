"""Queues: who is a member with which penalty, and the figures."""

from __future__ import annotations

import pytest

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.errors import QueueNotFound
from pbxsim.pbx.events import MemberAdded, MemberPauseChanged, MemberRemoved
from pbxsim.pbx.queue import Member, Queue, QueueFigures
from pbxsim.testing.office import Office, extension

ANNA = Agent(number="2001", name="Anna", pin="1")
BEN = Agent(number="2002", name="Ben", pin="2")


def _queue(name: str, *members: Member) -> Queue:
    return Queue(name=name, members=list(members), waiters=[], figures=QueueFigures())


@pytest.fixture
def sales() -> Queue:
    return _queue("sales", Member(agent=ANNA, penalty=3, membership="static"))


@pytest.fixture
def office(sales: Queue) -> Office:
    return Office(extension("100"), agents=[ANNA, BEN], queues=[sales, _queue("support")])


def _told(office: Office) -> list[tuple[str, str, str]]:
    return [
        (type(event).__name__, event.queue.name, event.agent.number)
        for event in office.heard
        if isinstance(event, MemberAdded | MemberRemoved)
    ]


def test_queues_are_found_by_name_and_listed_in_order(office: Office, sales: Queue) -> None:
    assert office.pbx.queues.named("sales") is sales
    assert [queue.name for queue in office.pbx.queues] == ["sales", "support"]


def test_an_unknown_queue_is_named_in_the_error(office: Office) -> None:
    with pytest.raises(QueueNotFound) as refusal:
        office.pbx.queues.named("Sales")
    assert refusal.value.name == "Sales"


def test_an_agent_joins_as_a_dynamic_member_with_a_penalty(office: Office, sales: Queue) -> None:
    office.pbx.queues.add(sales, BEN, 7)
    member = sales.member(BEN)
    assert member is not None
    assert (member.penalty, member.membership, member.calls_taken, member.last_call) == (7, "dynamic", 0, 0)
    assert [one.agent for one in sales.members] == [ANNA, BEN]
    assert _told(office) == [("MemberAdded", "sales", "2002")]


def test_a_member_who_joins_again_gets_the_new_penalty_and_keeps_the_rest(office: Office, sales: Queue) -> None:
    before = sales.member(ANNA)
    office.pbx.queues.add(sales, ANNA, 9)
    assert sales.member(ANNA) is before
    assert before is not None
    assert (before.penalty, before.membership) == (9, "static")
    assert len(sales.members) == 1
    assert _told(office) == [("MemberAdded", "sales", "2001")]


def test_a_member_leaves_one_queue_and_stays_in_the_other(office: Office, sales: Queue) -> None:
    support = office.pbx.queues.named("support")
    office.pbx.queues.add(support, ANNA, 0)
    office.pbx.queues.remove(sales, ANNA)
    assert sales.member(ANNA) is None
    assert support.member(ANNA) is not None
    assert _told(office)[-1] == ("MemberRemoved", "sales", "2001")


def test_an_agent_who_is_no_member_cannot_leave_and_nobody_hears_of_it(office: Office, sales: Queue) -> None:
    office.pbx.queues.remove(sales, BEN)
    assert _told(office) == []
    assert len(sales.members) == 1


def test_membership_outlives_a_log_out(office: Office, sales: Queue) -> None:
    office.pbx.agents.log_in(ANNA, office.phones["100"].line)
    office.pbx.agents.log_out(ANNA)
    assert sales.member(ANNA) is not None


def test_a_member_pauses_in_one_queue_and_not_in_the_other(office: Office, sales: Queue) -> None:
    queues, support = office.pbx.queues, office.pbx.queues.named("support")
    queues.add(support, ANNA, 0)
    queues.pause(sales, ANNA)
    (here,), (there,) = sales.members, support.members
    assert (here.is_paused, there.is_paused, ANNA.is_paused) == (True, False, False)
    queues.unpause(sales, ANNA)
    assert not here.is_paused
    told = [event.is_paused for event in office.heard if isinstance(event, MemberPauseChanged)]
    assert told == [True, False]


def test_a_member_pauses_where_the_agent_pauses_altogether(office: Office, sales: Queue) -> None:
    (member,) = sales.members
    office.pbx.agents.pause(ANNA)
    assert (member.is_paused, member.paused_here) == (True, False)
    office.pbx.queues.unpause(sales, ANNA)
    assert member.is_paused
    office.pbx.agents.unpause(ANNA)
    assert not member.is_paused


def test_who_is_no_member_cannot_pause_there_and_nobody_hears_of_it(office: Office, sales: Queue) -> None:
    office.pbx.queues.pause(sales, BEN)
    assert not any(isinstance(event, MemberPauseChanged) for event in office.heard)


def test_who_leaves_and_comes_back_does_not_pause_any_more(office: Office, sales: Queue) -> None:
    office.pbx.queues.pause(sales, ANNA)
    office.pbx.queues.remove(sales, ANNA)
    office.pbx.queues.add(sales, ANNA, 0)
    assert [member.is_paused for member in sales.members] == [False]


@pytest.mark.parametrize(
    ("held", "talked", "averages"),
    [
        ([2], [5], (2, 5)),
        ([2, 4, 7], [3, 5, 7], (3, 4)),
        ([0], [0], (0, 0)),
        ([0, 8], [0, 8], (2, 2)),
        ([100, 0], [1, 1], (75, 1)),
        ([7, 7, 7, 7], [9, 9, 9, 9], (7, 9)),
    ],
)
def test_the_first_value_of_an_average_is_taken_whole(
    held: list[int], talked: list[int], averages: tuple[int, int]
) -> None:
    figures = QueueFigures()
    for hold, talk in zip(held, talked, strict=True):
        figures.connected(hold)
        figures.complete(talk, in_level=True)
    assert (figures.hold_time, figures.talk_time) == averages


@pytest.mark.parametrize(("held", "talked", "averages"), [([2], [5], (0, 1)), ([2, 4, 7], [3, 5, 7], (2, 2))])
def test_averages_of_asterisk_1_8_begin_with_a_quarter(
    held: list[int], talked: list[int], averages: tuple[int, int]
) -> None:
    figures = QueueFigures(smooths_first=True)
    for hold, talk in zip(held, talked, strict=True):
        figures.connected(hold)
        figures.complete(talk, in_level=True)
    assert (figures.hold_time, figures.talk_time) == averages


def test_a_hold_time_is_the_first_until_a_call_is_completed_or_abandoned() -> None:
    figures = QueueFigures()
    figures.connected(4)
    figures.connected(9)  # the first caller talks on
    assert figures.hold_time == 9
    figures.complete(3, in_level=True)
    figures.connected(1)
    assert figures.hold_time == (9 * 3 + 1) // 4
    abandoned = QueueFigures(abandoned=1)
    abandoned.connected(9)
    abandoned.complete(9, in_level=False)
    assert (abandoned.hold_time, abandoned.talk_time) == (2, 9)


@pytest.mark.parametrize(
    ("completed", "in_level", "percent"), [(0, 0, 0.0), (4, 3, 75.0), (3, 3, 100.0), (3, 1, 100 / 3), (5, 0, 0.0)]
)
def test_the_service_level_is_a_share_of_the_completed_calls(completed: int, in_level: int, percent: float) -> None:
    figures = QueueFigures(completed=completed, completed_in_level=in_level, abandoned=99)
    assert figures.service_level_percent() == pytest.approx(percent)
