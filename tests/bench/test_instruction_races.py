"""The race by instructions: ours beside rivals', each count under its own name, and nothing where none can be had."""

from __future__ import annotations

import pytest

from tests.bench import instruction_races, instructions
from tests.bench.harness import interleave

OURS = {"stored_call": 440_000.0, "simulated_call": 120_000.0, "queued_call": 500_000.0, "plain_python": 60_000.0}
RIVALS = {"simpy_call": 150_000.0, "constant_reply": 160_000.0, "reply_after_reading": 176_000.0}


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Have everything counted already."""
    instruction_races.forget()
    monkeypatch.setattr(instructions, "see_that_it_can_be_counted", lambda: None)
    monkeypatch.setattr(instructions, "count", lambda: OURS)
    monkeypatch.setattr(instructions, "count_rivals", lambda: RIVALS)
    monkeypatch.setattr(instructions, "count_compiled", lambda: {**OURS, "simulated_call": 111_000.0})
    return monkeypatch


def verdicts() -> dict[tuple[str, str, str], tuple[float, bool | None]]:
    """Give what the race finds, by words, side and rival."""
    race = instruction_races.race()
    rounds = interleave(race.contenders, 1, lambda _: None)
    found = {(goal.words, goal.ours, goal.rival): goal.spread(rounds).median for goal in race.goals}
    reached = {(goal.words, goal.ours, goal.rival): goal.is_reached(goal.spread(rounds)) for goal in race.goals}
    return {key: (found[key], reached[key]) for key in found}


@pytest.mark.usefixtures("counts")
def test_our_calls_are_beside_what_rivals_do_for_the_like() -> None:
    found = verdicts()
    stored = "originate, its whole call stored"
    assert found[stored, "pbxsim", ""] == (440_000.0, True)
    assert found[stored, "pbxsim", "bare aiohttp, constant reply"] == (2.75, None)
    assert found[stored, "pbxsim", "bare aiohttp, 12 parameters read"] == (2.5, None)
    assert found["simulated call", "pbxsim", "SimPy, process per call"] == (0.8, True)
    assert found["simulated call", "pbxsim", "bare heapq, 8 timed events a call"] == (2.0, None)


def test_the_compiled_core_is_judged_by_its_own_goal_where_it_is_there(counts: pytest.MonkeyPatch) -> None:
    counts.setattr(instructions, "has_compiled_core", lambda: True)
    assert verdicts()["simulated call", "pbxsim, compiled core", ""] == (111_000.0, False)
    counts.setattr(instructions, "has_compiled_core", lambda: False)
    assert instruction_races.race().unable == ("the compiled core, which `make compiled` makes",)
    assert not [key for key in verdicts() if key[1] != "pbxsim"]


def test_where_nothing_can_be_counted_the_race_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot() -> None:
        raise instructions.Cannot("no valgrind here")

    monkeypatch.setattr(instructions, "see_that_it_can_be_counted", cannot)
    race = instruction_races.race()
    assert (race.contenders, race.goals, race.unable) == ((), (), ("no valgrind here",))
