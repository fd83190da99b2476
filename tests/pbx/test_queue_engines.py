"""Queues and groups over engines that speak at once, late, twice, out of order or never: nobody is lost by them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.ring_group import RingGroup, Row
from pbxsim.testing.referee import Referee
from pbxsim.testing.scripted_engine import Deed, ScriptedEngine, Word, at_once
from tests.pbx.call_centre import CallCentre, queue

ROWS = (Row(("100", "101"), 10 * SECOND), Row(("102",), 10 * SECOND))
FAILS, ANSWERS = at_once(Report.FAILED), at_once(Report.ANSWERED)


def _centre(strategy: str = "linear") -> CallCentre:
    sales = queue("anna", "ben", strategy=strategy, member_timeout=12, retry=5, max_wait=60)
    return CallCentre(sales, groups=[RingGroup(name="team", context="main", rows=ROWS)])


def _scripted(centre: CallCentre, *deeds: Deed) -> tuple[ScriptedEngine, Referee]:
    engine = ScriptedEngine(centre.pbx, dial=deeds)
    centre.use_engine(engine)
    return engine, Referee(centre.pbx)


def _comes_in(centre: CallCentre, to: str) -> None:
    assert centre.incoming("605000001", to, context="in", second_timeout=30 * SECOND) is not None


@pytest.mark.parametrize("strategy", ["linear", "ringall"])
def test_members_who_fail_from_within_the_dialling_leave_no_timer_that_ends_the_next_talk(strategy: str) -> None:
    centre = _centre(strategy)
    _, referee = _scripted(centre, FAILS, FAILS, ANSWERS)
    _comes_in(centre, "sales")
    centre.advance(5)
    referee.check()
    (call,) = centre.pbx.calls.live.values()
    assert call.state is CallState.TALKING
    centre.advance(300)
    assert call.state is CallState.TALKING
    centre.pbx.calls.hang_up(call)
    centre.finish()
    referee.check()


def test_a_row_that_fails_from_within_the_dialling_leaves_no_timer_that_ends_the_next_talk() -> None:
    centre = _centre()
    _, referee = _scripted(centre, FAILS, FAILS, ANSWERS)
    _comes_in(centre, "team")
    (call,) = centre.pbx.calls.live.values()
    centre.advance(300)
    assert call.state is CallState.TALKING
    centre.pbx.calls.hang_up(call)
    centre.finish()
    referee.check()


def test_an_engine_that_promises_and_stays_silent_leaves_the_caller_waiting_as_long_as_the_queue_allows() -> None:
    centre = _centre()
    _, referee = _scripted(centre, Deed(promises=True))
    _comes_in(centre, "sales")
    centre.finish()
    referee.check()
    assert centre.left() == [(1, "overflow")]


def test_a_caller_who_is_reported_gone_while_being_sent_away_is_counted_once() -> None:
    centre = _centre()
    _, referee = _scripted(centre, Deed(promises=True))
    centre.use_engine(
        ScriptedEngine(centre.pbx, dial=[Deed(promises=True)], hang_up=[Deed((Word(Report.HUNG_UP, 0),))])
    )
    _comes_in(centre, "sales")
    centre.finish()
    referee.check()
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.abandoned, figures.overflowed, centre.left()) == (1, 1, [(1, "overflow")])


def test_an_agent_who_is_reported_gone_at_the_very_answer_completes_nothing() -> None:
    centre = _centre("ringall")
    engine, referee = _scripted(centre)
    engine = ScriptedEngine(centre.pbx, hang_up=[Deed((Word(Report.HUNG_UP, 1),))])
    centre.use_engine(engine)
    _comes_in(centre, "sales")
    engine.say(1, Report.ANSWERED)  # told to hang up the other, the engine says that this one has gone
    centre.finish()
    referee.check()
    assert centre.pbx.queues.named("sales").figures.completed == 0
    assert centre.left() == [(1, "abandoned")]


_reports = st.sampled_from([Report.RINGING, Report.ANSWERED, Report.ANSWERED, Report.FAILED, Report.HUNG_UP])
_causes = st.sampled_from([HangupCause.NORMAL_CLEARING, HangupCause.USER_BUSY, HangupCause.CALL_REJECTED])
_words = st.builds(
    Word, _reports, st.integers(-2, 6), _causes, st.sampled_from([None, None, 0, SECOND, 7 * SECOND, 30 * SECOND])
)
_said = st.lists(_words, max_size=3).map(tuple)
_scripts = st.lists(st.builds(Deed, _said, st.booleans()), max_size=6)
_honest = st.lists(st.builds(Deed, _said), max_size=6)


@pytest.mark.slow
@given(
    dial=_scripts,
    connect=_honest,
    hang_up=_scripts,
    to=st.lists(st.sampled_from(["sales", "sales", "team"]), min_size=1, max_size=3),
    strategy=st.sampled_from(["ringall", "linear", "rrmemory"]),
)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_whatever_an_engine_says_every_caller_leaves_once_and_nothing_is_left_behind(
    dial: list[Deed], connect: list[Deed], hang_up: list[Deed], to: list[str], strategy: str
) -> None:
    centre = _centre(strategy)
    referee = Referee(centre.pbx)
    centre.use_engine(ScriptedEngine(centre.pbx, dial=dial, connect=connect, hang_up=hang_up))
    for one in to:
        centre.incoming("605000001", one, context="in", second_timeout=30 * SECOND, talk_limit=90 * SECOND)
        referee.check()
    for _ in range(40):
        centre.advance(5)
        referee.check()
    assert centre.pbx.queues.named("sales").waiters == []
    for call in list(centre.pbx.calls.live.values()):  # the engine promised that a row would end, and kept silent
        centre.pbx.calls.hang_up(call)
    centre.finish()
    referee.check()
    assert referee.queues.counted["sales", "joined"] == referee.queues.counted["sales", "left"]
