"""The simulated engine: telephones that meet one call like this and the next like that, by turns or by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.simulated import engine as module
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, Shape, Span, fixed
from pbxsim.testing.office import Office, extension, line
from tests.engines.simulated.stories import story_of

if TYPE_CHECKING:
    import pytest

UNEVEN = Behaviour(ring=Span(Shape.UNIFORM, 1, 20), talk=Span(Shape.EXPONENTIAL, 30))


# -- turns -------------------------------------------------------------------------------------------------------------


def _turns(*outcomes: Outcome) -> tuple[Behaviour, ...]:
    return tuple(Behaviour(outcome=outcome, ring=fixed(0), talk=fixed(1)) for outcome in outcomes)


TWICE_BUSY = _turns(Outcome.BUSY, Outcome.BUSY, Outcome.ANSWER)


def test_a_telephone_meets_its_calls_one_turn_after_the_other() -> None:
    office = Office(extension("100"), extension("101"))
    office.phones["100"].meets_calls_with(*TWICE_BUSY)
    assert [story_of(office, "100")[0] for _ in range(4)] == ["BUSY", "BUSY", "ANSWERED", "ANSWERED"]


def test_a_cycle_goes_on_for_ever() -> None:
    office = Office(extension("100"))
    office.phones["100"].meets_calls_with(*_turns(Outcome.BUSY, Outcome.ANSWER), cycles=True)
    assert [story_of(office, "100")[0] for _ in range(5)] == ["BUSY", "ANSWERED", "BUSY", "ANSWERED", "BUSY"]


def test_each_telephone_under_a_rule_counts_its_own_turns() -> None:
    office = Office(extension("100"), extension("101"))
    office.set_rule(Rule(number="_10X", turns=TWICE_BUSY))
    stories = [story_of(office, to)[0] for to in ("100", "101", "100", "100", "101", "101")]
    assert stories == ["BUSY", "BUSY", "BUSY", "ANSWERED", "BUSY", "ANSWERED"]


def test_the_calls_that_a_telephone_places_use_up_none_of_its_turns() -> None:
    office = Office(extension("100"))
    office.phones["100"].meets_calls_with(*TWICE_BUSY)
    for _ in range(2):
        assert office.dials("sip100", "990101001") is not None
        office.finish()
    assert [story_of(office, "100")[0] for _ in range(3)] == ["BUSY", "BUSY", "ANSWERED"]


def test_a_telephone_of_ours_and_a_number_outside_of_the_same_name_count_apart() -> None:
    office = Office(extension("100", line("600700800")))
    office.set_rule(Rule(number="600700800", turns=TWICE_BUSY))
    assert [story_of(office, to)[0] for to in ("100", "600700800", "100", "100")] == [
        "BUSY",
        "BUSY",
        "BUSY",
        "ANSWERED",
    ]


def test_turns_are_counted_on_when_a_rule_had_to_be_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    office = Office(extension("100"))
    office.phones["100"].meets_calls_with(*TWICE_BUSY)
    stories = []
    for other in range(4):
        stories.append(story_of(office, "100")[0])
        for index in range(3):
            story_of(office, f"60070{other}{index}", "100" if other > 4 else "990100001")
    assert stories == ["BUSY", "BUSY", "ANSWERED", "ANSWERED"]


# -- chance ------------------------------------------------------------------------------------------------------------


def _rings(office: Office, *numbers: str) -> list[float]:
    return [story_of(office, to)[2] for to in numbers]


def _uneven(seed: int = 1) -> Office:
    office = Office(extension("100"), extension("101"), seed=seed)
    office.set_rule(Rule(number="_X.", turns=(UNEVEN,)))
    return office


def test_the_same_seed_gives_the_same_fates_and_another_seed_others() -> None:
    numbers = ("100", "101", "800123456", "100")
    assert _rings(_uneven(), *numbers) == _rings(_uneven(), *numbers)
    assert _rings(_uneven(1), *numbers) != _rings(_uneven(2), *numbers)
    assert len(set(_rings(_uneven(), *["100"] * 20))) == 20


def test_a_call_to_somebody_else_never_changes_a_telephones_fate() -> None:
    alone = _rings(_uneven(), "100", "100", "100")
    office = _uneven()
    among = []
    for other in ("101", "800123456", "700100200"):
        story_of(office, other)
        among.append(story_of(office, "100", other)[2])
        office.dials("sip101", "100x")
        office.finish()
    assert among == alone


def test_drawn_spans_lie_where_the_rule_says() -> None:
    rings = _rings(_uneven(), *["100"] * 200)
    assert 1 <= min(rings) < 2
    assert 19 < max(rings) <= 20
