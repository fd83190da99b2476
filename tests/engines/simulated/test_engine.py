"""The simulated engine: fates carried out on time, by the right rule, in the same way each time."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, fixed
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.routes import Context
from pbxsim.testing.office import START, Office, extension, number
from tests.engines.simulated.stories import story_of

# -- fates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialled", "story"),
    [
        ("990105020", ("ANSWERED", 16, 5, 20)),
        ("990100001", ("ANSWERED", 16, 0, 1)),
        ("990205020", ("BUSY", 17, 5, 0)),
        ("990305020", ("NO ANSWER", 19, 60, 0)),
        ("990405020", ("FAILED", 1, 5, 0)),
        ("990505020", ("FAILED", 34, 5, 0)),
        ("990605020", ("BUSY", 21, 5, 0)),
        ("990705020", ("ANSWERED", 38, 5, 20)),
        ("990161020", ("NO ANSWER", 19, 60, 0)),
        ("990160020", ("NO ANSWER", 19, 60, 0)),
        ("990159020", ("ANSWERED", 16, 59, 20)),
        ("990260000", ("NO ANSWER", 19, 60, 0)),
        ("990100000", ("ANSWERED", 16, 0, 4 * 3600)),
    ],
)
def test_a_number_is_met_as_it_is_spelt(dialled: str, story: tuple[str, int, float, float]) -> None:
    assert story_of(Office(), dialled) == story


@pytest.mark.parametrize(
    ("outcome", "rings"),
    [
        (Outcome.ANSWER, True),
        (Outcome.NO_ANSWER, True),
        (Outcome.REJECT, True),
        (Outcome.DROP, True),
        (Outcome.BUSY, False),
        (Outcome.FAIL, False),
    ],
)
def test_a_telephone_rings_unless_the_network_refuses(outcome: Outcome, rings: bool) -> None:
    office = Office(extension("100"))
    office.phones["100"].meets_calls_with(Behaviour(outcome=outcome, ring=fixed(5)))
    leg = office.call("100", "800123456").legs[0]
    assert leg.state is (ChannelState.RINGING if rings else ChannelState.DIALING)
    office.advance(60)
    assert leg.ringing_at == (START if rings else 0)


def test_before_it_rings_it_may_be_silent_for_a_while() -> None:
    office = Office(extension("100"))
    office.phones["100"].meets_calls_with(Behaviour(dialing=fixed(4), ring=fixed(3), talk=fixed(9)))
    call = office.call("100", "800123456")
    office.advance(3.9)
    states = [call.legs[0].state]
    office.advance(0.1)
    states.append(call.legs[0].state)
    office.advance(3)
    states.append(call.legs[0].state)
    assert states == [ChannelState.DIALING, ChannelState.RINGING, ChannelState.UP]
    office.finish()
    assert office.cdr(call).billsec == 9


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize(("dialing", "ring"), [(0, 0), (0, 10), (5, 5), (5, 4), (9, 1), (10, 0), (11, 0), (5, 30)])
def test_nothing_keeps_a_telephone_ringing_beyond_the_timeout(outcome: Outcome, dialing: float, ring: float) -> None:
    office = Office(extension("100"))
    office.phones["100"].meets_calls_with(
        Behaviour(outcome=outcome, dialing=fixed(dialing), ring=fixed(ring), talk=fixed(1))
    )
    call = office.call("100", "800123456", first_timeout=10 * SECOND)
    office.finish()
    leg = call.legs[0]
    rang = (leg.answered_at or leg.ended_at) - call.started_at
    reacts = dialing + ring < 10 and outcome is not Outcome.NO_ANSWER
    assert rang == (dialing + ring if reacts else 10) * SECOND
    assert (leg.cause is HangupCause.NO_ANSWER) == (not reacts)
    rings = dialing < 10 and outcome not in (Outcome.BUSY, Outcome.FAIL)
    assert leg.ringing_at == (call.started_at + dialing * SECOND if rings else 0)


def test_a_timeout_of_nothing_reaches_only_who_answers_at_once() -> None:
    office = Office(extension("100"))
    call = office.call("100", "990100005", first_timeout=0)
    office.finish()
    assert office.cdr(call).disposition is Disposition.NO_ANSWER
    assert call.ended_at == call.started_at


# -- talk --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "seconds", "hung_up_by"),
    [(5, 9, 5, "sip100"), (9, 5, 5, "upc"), (7, 7, 7, "sip100"), (7, None, 7, "sip100"), (None, 7, 7, "upc")],
)
def test_who_talks_shorter_hangs_up(first: int | None, second: int | None, seconds: int, hung_up_by: str) -> None:
    office = Office(extension("100"))
    office.phones["100"].answers(talks=first)
    call = office.call("100", number(Outcome.ANSWER, talk=second or 0))
    office.finish()
    assert office.cdr(call).billsec == seconds
    ended = [leg for leg in (event.channel for event in office.heard if hasattr(event, "channel")) if not leg.is_live]
    assert ended
    first_to_end = next(event for event in office.heard if type(event).__name__ == "LegEnded")
    assert first_to_end.channel.peer == hung_up_by  # type: ignore[attr-defined]  # a LegEnded, by its name


def test_a_limit_that_comes_first_or_at_once_ends_the_talk() -> None:
    for talk in (10, 11):
        office = Office(extension("100"))
        call = office.call("100", number(Outcome.ANSWER, talk=talk), talk_limit=10 * SECOND)
        office.finish()
        assert office.cdr(call).billsec == 10


def test_a_limit_that_comes_at_the_moment_of_a_drop_ends_the_call_cleanly() -> None:
    office = Office(extension("100"))
    call = office.call("100", number(Outcome.DROP, talk=10), talk_limit=10 * SECOND)
    office.finish()
    assert office.cdr(call).cause is HangupCause.NORMAL_CLEARING


def test_it_wakes_once_for_each_thing_that_is_decided_and_spares_the_switch_its_timers() -> None:
    office = Office(extension("100"))
    office.phones["100"].answers(after=5, talks=60)
    call = office.call("100", "990103020")
    timers = [len(office.clock)]
    for span in (5, 3):
        office.advance(span)
        timers.append(len(office.clock))
    assert timers == [1, 1, 1]
    assert (call.timer, call.steps) == (0, 3)
    office.finish()


def test_a_drop_ends_the_call_with_its_own_cause() -> None:
    office = Office(extension("100"))
    call = office.call("100", number(Outcome.DROP, talk=6))
    office.finish()
    assert (office.cdr(call).billsec, office.cdr(call).cause) == (6, HangupCause.NETWORK_OUT_OF_ORDER)
    assert [leg.cause for leg in call.legs] == [HangupCause.NETWORK_OUT_OF_ORDER] * 2


def test_a_caller_stops_talking_as_its_own_number_says() -> None:
    office = Office(extension("100"))
    call = office.incoming(number(Outcome.ANSWER, talk=8), "100")
    assert call is not None
    office.finish()
    assert office.cdr(call).billsec == 8


# -- who is meant ------------------------------------------------------------------------------------------------------


def _rule(name: str, seconds: int) -> Rule:
    return Rule(number=name, turns=(Behaviour(ring=fixed(seconds), talk=fixed(1)),))


@pytest.mark.parametrize("name", ["sip100", "100", "299299100", "_1XX", "_2992XXXXX", "_sip."])
def test_a_telephone_of_ours_is_known_by_user_internal_or_public_number(name: str) -> None:
    office = Office(extension("100", public=["299299100"]))
    office.set_rule(_rule(name, 7))
    assert story_of(office, "100")[2] == 7


def test_a_telephone_outside_is_known_by_the_number_dialled() -> None:
    office = Office()
    office.set_rule(_rule("800123456", 7))
    assert story_of(office, "800123456")[2] == 7
    assert story_of(office, "800123457")[2] == 0


def test_the_first_rule_that_fits_decides_then_the_grammar_then_the_default() -> None:
    office = Office(extension("100", public=["299990105001"]))
    for rule in (_rule("_800X.", 7), _rule("800123456", 8), _rule("990106001", 9)):
        office.set_rule(rule)
    rings = {dialled: story_of(office, dialled)[2] for dialled in ("800123456", "990106001", "990107001", "700100200")}
    assert rings == {"800123456": 7, "990106001": 9, "990107001": 7, "700100200": 0}
    assert story_of(office, "100")[2] == 5, "a public number of its own may spell what it does"


# -- callers who give up -----------------------------------------------------------------------------------------------


def _impatient(telephone: Behaviour) -> Office:
    office = Office(extension("100"), contexts=[Context(name="in", dialplan="main")])
    office.set_rule(Rule(number="605000111", turns=(Behaviour(talk=fixed(50), patience=fixed(8)),)))
    office.phones["100"].meets_calls_with(telephone)
    return office


def test_a_caller_gives_up_when_nobody_answers_in_time() -> None:
    office = _impatient(Behaviour(outcome=Outcome.NO_ANSWER))
    call = office.calls_in("605000111", "100")
    office.advance(7.999999)
    assert not call.is_over
    office.advance(0.000001)
    record = office.cdr(call)
    assert (record.disposition, record.cause, record.duration) == (
        *(Disposition.NO_ANSWER, HangupCause.NORMAL_CLEARING),
        8,
    )
    office.finish()


def test_a_caller_who_is_answered_in_time_talks_as_long_as_the_plan_says() -> None:
    office = _impatient(Behaviour(ring=fixed(7), talk=None))
    call = office.calls_in("605000111", "100")
    office.finish()
    assert (office.cdr(call).duration, office.cdr(call).billsec) == (57, 50)


def test_a_caller_who_hangs_up_first_leaves_no_patience_behind() -> None:
    office = _impatient(Behaviour(outcome=Outcome.NO_ANSWER))
    call = office.calls_in("605000111", "100")
    office.advance(3)
    office.pbx.calls.hang_up(call)
    assert office.clock.next_due() is None


def test_a_call_that_fails_at_once_needs_no_patience() -> None:
    office = _impatient(Behaviour(outcome=Outcome.NO_ANSWER))
    call = office.calls_in("605000111", "7")
    assert call.is_over
    assert office.clock.next_due() is None


def test_a_caller_placed_without_the_engine_waits_for_ever() -> None:
    office = _impatient(Behaviour(outcome=Outcome.NO_ANSWER))
    call = office.incoming("605000111", "100", context="in", second_timeout=600 * SECOND)
    assert call is not None
    office.advance(599)
    assert not call.is_over
