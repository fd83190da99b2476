"""What a simulated telephone does: the number grammar, plans, spans and turns."""

from __future__ import annotations

import math
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import (
    DEFAULT_BEHAVIOUR,
    GRAMMAR,
    Behaviour,
    LegPlan,
    Outcome,
    Rule,
    Shape,
    Span,
    fixed,
    plan,
    spelt,
    spelt_plan,
)
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dice import stream

# -- the number grammar ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("digit", "outcome", "cause"),
    [
        (1, Outcome.ANSWER, None),
        (2, Outcome.BUSY, None),
        (3, Outcome.NO_ANSWER, None),
        (4, Outcome.FAIL, HangupCause.UNALLOCATED),
        (5, Outcome.FAIL, HangupCause.NORMAL_CIRCUIT_CONGESTION),
        (6, Outcome.REJECT, None),
        (7, Outcome.DROP, HangupCause.NETWORK_OUT_OF_ORDER),
    ],
)
def test_a_number_spells_what_its_telephone_does(digit: int, outcome: Outcome, cause: HangupCause | None) -> None:
    expected = Behaviour(outcome=outcome, ring=fixed(12), talk=fixed(345), cause=cause)
    assert spelt(f"990{digit}12345") == expected
    assert spelt_plan(f"8990{digit}12345") == spelt_plan(f"990{digit}12345") == plan(expected)
    assert GRAMMAR[digit - 1][:3] == (digit, outcome, cause)


@pytest.mark.slow
@given(st.text("0123456789+*#x", max_size=8), st.integers(1, 7), st.integers(0, 99), st.integers(0, 999))
def test_only_the_last_nine_digits_count(prefix: str, digit: int, ring: int, talk: int) -> None:
    behaviour = spelt(f"{prefix}990{digit}{ring:02d}{talk:03d}")
    assert behaviour is not None
    assert behaviour.ring == fixed(ring)
    assert behaviour.talk == (fixed(talk) if talk else None)
    assert behaviour.dialing == fixed(0)


@pytest.mark.parametrize(
    "number",
    [
        *("", "990", "99010302", "9900103020", "990803020", "990903020", "991103020", "9901030200", "990103020 "),
        *("990103020\n", "99010302x", "990١03020", "100"),
    ],
)
def test_other_numbers_spell_nothing(number: str) -> None:
    assert spelt(number) is None
    assert spelt_plan(number) is None


def test_the_grammar_is_a_table_of_seven_digits_with_words_for_each() -> None:
    assert [row[0] for row in GRAMMAR] == [1, 2, 3, 4, 5, 6, 7]
    assert all(row[3] for row in GRAMMAR)


# -- plans -------------------------------------------------------------------------------------------------------------

RINGING_5 = {"dialing": fixed(2), "ring": fixed(5), "talk": fixed(9)}
NORMAL = HangupCause.NORMAL_CLEARING


@pytest.mark.parametrize(
    ("outcome", "cause", "rings", "report", "settled_by", "end_cause"),
    [
        (Outcome.ANSWER, None, True, Report.ANSWERED, NORMAL, NORMAL),
        (Outcome.BUSY, None, False, Report.FAILED, HangupCause.USER_BUSY, NORMAL),
        (Outcome.NO_ANSWER, None, True, None, HangupCause.NO_ANSWER, NORMAL),
        (Outcome.REJECT, None, True, Report.FAILED, HangupCause.CALL_REJECTED, NORMAL),
        (Outcome.FAIL, None, False, Report.FAILED, HangupCause.UNALLOCATED, NORMAL),
        (Outcome.FAIL, HangupCause.SWITCH_CONGESTION, False, Report.FAILED, HangupCause.SWITCH_CONGESTION, NORMAL),
        (Outcome.DROP, None, True, Report.ANSWERED, NORMAL, HangupCause.NETWORK_OUT_OF_ORDER),
        (Outcome.DROP, HangupCause.PROTOCOL_ERROR, True, Report.ANSWERED, NORMAL, HangupCause.PROTOCOL_ERROR),
    ],
)
def test_a_plan_says_when_the_telephone_rings_what_it_says_and_how_it_ends(
    outcome: Outcome,
    cause: HangupCause | None,
    rings: bool,
    report: Report | None,
    settled_by: HangupCause,
    end_cause: HangupCause,
) -> None:
    drawn = plan(Behaviour(outcome=outcome, cause=cause, **RINGING_5))
    assert drawn == LegPlan(rings, 2 * SECOND, 7 * SECOND, report, settled_by, 9 * SECOND, end_cause)


def test_a_telephone_that_never_hangs_up_has_no_talk_in_its_plan() -> None:
    assert plan(Behaviour(talk=None)).talk is None


def test_by_default_a_telephone_answers_after_three_seconds_and_talks_for_thirty() -> None:
    drawn = plan(DEFAULT_BEHAVIOUR)
    assert (drawn.report, drawn.rings_after, drawn.settles_after, drawn.talk) == (
        Report.ANSWERED,
        0,
        3 * SECOND,
        30 * SECOND,
    )


# -- spans -------------------------------------------------------------------------------------------------------------

MANY = [stream(1, "100", turn) for turn in range(20_000)]
KNOWN_UNIFORM = [13613311, 17233346, 10575685]
KNOWN_EXPONENTIAL = [13451073, 38548392, 1778760]
KNOWN_NORMAL = [99210418, 107496778, 99311429]


def _drawn(span: Span) -> list[float]:
    return [span.drawn(one, 0) / SECOND for one in MANY]


def test_a_fixed_span_is_always_the_same() -> None:
    assert {fixed(2.5).drawn(one, 0) for one in MANY[:10]} == {2_500_000}


def test_a_uniform_span_is_even_between_its_ends() -> None:
    values = _drawn(Span(Shape.UNIFORM, 10, 20))
    assert 10 <= min(values) < 10.01
    assert 19.99 < max(values) <= 20
    assert fmean(values) == pytest.approx(15, abs=0.1)
    assert pstdev(values) == pytest.approx(10 / math.sqrt(12), abs=0.05)


def test_an_exponential_span_has_its_mean_as_deviation_too() -> None:
    values = _drawn(Span(Shape.EXPONENTIAL, 30))
    assert min(values) >= 0
    assert fmean(values) == pytest.approx(30, rel=0.03)
    assert pstdev(values) == pytest.approx(30, rel=0.05)
    assert sum(value > 30 for value in values) / len(values) == pytest.approx(1 / math.e, abs=0.01)


def test_a_normal_span_has_its_mean_and_deviation() -> None:
    values = _drawn(Span(Shape.NORMAL, 100, 5))
    assert fmean(values) == pytest.approx(100, abs=0.2)
    assert pstdev(values) == pytest.approx(5, abs=0.2)
    assert sum(abs(value - 100) < 5 for value in values) / len(values) == pytest.approx(0.683, abs=0.015)


def test_no_span_is_shorter_than_nothing() -> None:
    values = _drawn(Span(Shape.NORMAL, 1, 10))
    assert min(values) == 0
    assert max(values) > 20


@given(st.sampled_from(Shape), st.floats(0, 1000), st.floats(0, 1000), st.integers(0, 2**64 - 1), st.integers(0, 9))
def test_every_span_can_be_drawn_from_every_stream(
    shape: Shape, first: float, second: float, one: int, number: int
) -> None:
    drawn = Span(shape, first, second).drawn(one, number)
    assert isinstance(drawn, int)
    assert drawn >= 0
    assert drawn == Span(shape, first, second).drawn(one, number)


@pytest.mark.parametrize(
    ("span", "drawn"),
    [
        (Span(Shape.UNIFORM, 10, 20), KNOWN_UNIFORM),
        (Span(Shape.EXPONENTIAL, 30), KNOWN_EXPONENTIAL),
        (Span(Shape.NORMAL, 100, 5), KNOWN_NORMAL),
    ],
)
def test_spans_never_change_from_one_release_to_the_next(span: Span, drawn: list[int]) -> None:
    assert [span.drawn(MANY[0], number) for number in range(3)] == drawn


def test_a_plan_takes_its_spans_from_draws_of_their_own() -> None:
    normal = Span(Shape.NORMAL, 500, 100)
    drawn = plan(Behaviour(dialing=normal, ring=normal, talk=normal), MANY[0])
    dialing, ring, talk = (normal.drawn(MANY[0], number) for number in (0, 2, 4))
    assert (drawn.rings_after, drawn.settles_after, drawn.talk) == (dialing, dialing + ring, talk)


def test_dialling_ringing_and_talking_are_drawn_apart() -> None:
    any_time = Span(Shape.UNIFORM, 0, 1000)
    normal = Span(Shape.NORMAL, 500, 100)
    for span in (any_time, normal):
        drawn = plan(Behaviour(dialing=span, ring=span, talk=span), MANY[0])
        assert len({drawn.rings_after, drawn.settles_after - drawn.rings_after, drawn.talk}) == 3
        without_dialing = plan(Behaviour(dialing=fixed(0), ring=span, talk=span), MANY[0])
        assert without_dialing.settles_after == drawn.settles_after - drawn.rings_after
        assert without_dialing.talk == drawn.talk


# -- turns -------------------------------------------------------------------------------------------------------------

BUSY, SILENT, ANSWER = (Behaviour(outcome=outcome) for outcome in (Outcome.BUSY, Outcome.NO_ANSWER, Outcome.ANSWER))


def test_after_the_last_turn_it_stays_so() -> None:
    rule = Rule(number="100", turns=(BUSY, BUSY, ANSWER))
    assert [rule.turn(count) for count in range(5)] == [BUSY, BUSY, ANSWER, ANSWER, ANSWER]


def test_a_cycle_begins_again() -> None:
    rule = Rule(number="100", turns=(BUSY, SILENT, ANSWER), cycles=True)
    assert [rule.turn(count) for count in range(7)] == [BUSY, SILENT, ANSWER, BUSY, SILENT, ANSWER, BUSY]


@pytest.mark.parametrize(
    ("rule", "is_fixed"),
    [
        (Rule(number="1", turns=(BUSY,)), True),
        (Rule(number="1", turns=(BUSY,), cycles=True), True),
        (Rule(number="1", turns=(BUSY, BUSY)), False),
        (Rule(number="1", turns=(Behaviour(talk=None),)), True),
        (Rule(number="1", turns=(Behaviour(talk=Span(Shape.UNIFORM, 1, 2)),)), False),
        (Rule(number="1", turns=(Behaviour(ring=Span(Shape.NORMAL, 1, 2)),)), False),
        (Rule(number="1", turns=(Behaviour(dialing=Span(Shape.EXPONENTIAL, 1)),)), False),
    ],
)
def test_a_rule_is_fixed_when_every_call_is_met_alike(rule: Rule, is_fixed: bool) -> None:
    assert rule.is_fixed is is_fixed


def test_a_rule_means_a_telephone_by_any_of_its_names() -> None:
    rule = Rule(number="_2XX", turns=(BUSY,))
    assert any(map(rule.fits, ("sip200", "200", "299299200")))
    assert any(map(rule.fits, ("299",)))
    assert not any(map(rule.fits, ("sip200", "299299200")))
    assert not any(map(rule.fits, ()))
    assert any(map(Rule(number="sip200", turns=(BUSY,)).fits, ("sip200", "200")))


# -- patience ----------------------------------------------------------------------------------------------------------


def test_patience_is_a_draw_of_its_own_and_changes_no_other() -> None:
    patient = Behaviour(ring=Span(Shape.UNIFORM, 1, 9), talk=Span(Shape.EXPONENTIAL, 60))
    impatient = Behaviour(ring=patient.ring, talk=patient.talk, patience=Span(Shape.EXPONENTIAL, 30))
    for turn in range(50):
        chance = stream(1, "605000111 calling", turn)
        one, other = plan(patient, chance), plan(impatient, chance)
        assert (one.settles_after, one.talk) == (other.settles_after, other.talk)
        assert one.patience is None
        assert other.patience == Span(Shape.EXPONENTIAL, 30).drawn(chance, 6)


def test_patience_left_to_chance_makes_a_behaviour_that_is_not_fixed() -> None:
    assert Behaviour(patience=fixed(20)).is_fixed
    assert not Behaviour(patience=Span(Shape.UNIFORM, 1, 2)).is_fixed
