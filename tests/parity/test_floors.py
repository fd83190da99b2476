"""What was as on a real Asterisk stays so, every difference has its reason, and the page tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx import strategy
from pbxsim.pbx.queue import QueueFigures
from pbxsim.pbx.strategy import Choice, Strategy
from tests.parity.compare import CHAN_SIP, Aspect, Difference, compared, recorded
from tests.parity.floors import FLOORS, results, same, shortfalls
from tests.parity.reasons import REASONS, ruling
from tests.parity.scenarios import SCENARIOS
from tests.parity.stage import Stage
from tests.parity.table import PAGE, page

if TYPE_CHECKING:
    from pbxsim.pbx.queue import Member

pytestmark = pytest.mark.slow  # whoever comes first plays all scenarios: two seconds


def test_what_was_reached_is_not_lost() -> None:
    assert shortfalls(results()) == []


def test_every_difference_has_a_ruling_with_a_reason() -> None:
    unnamed = [(number, one) for number, found in results().items() for one in found if not ruling(number, one)]
    assert unnamed == []
    named = {ruling(number, one) for number, found in results().items() for one in found}
    assert named <= set(REASONS)
    assert {scenario.told_otherwise for scenario in SCENARIOS.values()} <= {*REASONS, ""}


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.parity --write"


def _broken(*numbers: int) -> list[str]:
    """Tell which floors are missed with these scenarios played anew."""
    found = results()
    for number in numbers:
        real = recorded(CHAN_SIP).scenarios[str(number)]
        found[number] = list(compared(real, Stage(SCENARIOS[number]).play()))
    return [told.partition(":")[0] for told in shortfalls(found)]


def test_a_strategy_that_begins_anew_from_the_top_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    right = strategy.chosen

    def forgets(way: Strategy, choice: Choice) -> list[tuple[int, Member]]:
        return right(Strategy.RINGALL if way is Strategy.LINEAR else way, choice)

    results()
    monkeypatch.setattr("pbxsim.pbx.queue_hunt.chosen", forgets)
    assert _broken(79) == ["what happens", FLOORS[1].name.partition(":")[0], "queue log", "queue figures"]


def test_averages_that_begin_with_a_quarter_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    results()
    monkeypatch.setattr(QueueFigures, "_average", lambda _, old, new, **__: (3 * old + new) >> 2)
    assert _broken(60) == ["queue figures"]


def test_rows_that_count_too_long_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = FLOORS[1].aspects
    right = [number for number, found in results().items() if not any(one.aspect in rows for one in found)]
    monkeypatch.setattr("pbxsim.pbx.cdr.Cdr.duration", property(lambda cdr: (cdr.end - cdr.start) // 500_000))
    assert _broken(*right) == [FLOORS[1].name]


def test_the_counts_are_of_scenarios_not_of_differences() -> None:
    def one(aspect: Aspect) -> Difference:
        return Difference(aspect=aspect, of="A", real="1", ours="2")

    found = {1: [one(Aspect.ROWS), one(Aspect.ROWS)], 2: [one(Aspect.VALUES)], 3: [one(Aspect.CAUSES)], 4: []}
    everywhere = frozenset(found)
    assert same(frozenset({Aspect.ROWS, Aspect.VALUES}), everywhere, found) == 2
    assert same(frozenset({Aspect.LOG}), everywhere, found) == 4
