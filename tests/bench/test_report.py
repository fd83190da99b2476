"""The report: every goal a line, its verdict in words; the command line: which goals, and what it returns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import races
from tests.bench.__main__ import main
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, WrongResult
from tests.bench.report import MARK, Line, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.harness import Figures


def _race(*, works: bool = True) -> Race:
    def measure() -> Figures:
        if not works:
            raise WrongResult("calls ended: 1, but it must be 2")
        return {"calls/s": 1234.0}

    return Race(
        title="A race",
        how="measured somehow",
        contenders=(Contender("ours", measure), Contender("rival", measure)),
        goals=(
            Goal(name="G1", words="speed", figure="calls/s", ours="ours", rival="rival", at_least=0.9),
            Goal(name="G1", words="speed", figure="calls/s", ours="ours", rival="rival", at_most=0.9),
            Goal(name="G1", words="speed", figure="calls/s", ours="ours"),
        ),
        unable=("a peer that is not installed",),
    )


def test_the_table_names_ours_the_rival_the_ratio_what_was_wanted_and_whether_it_was_reached() -> None:
    race = _race()
    rounds = {"ours": [{"calls/s": 1234.0}], "rival": [{"calls/s": 1234.0}]}
    lines = table(race, rounds, [Line.of(goal, rounds) for goal in race.goals])
    assert lines == [
        "",
        "## A race",
        "measured somehow. Rounds: 1.",
        "Not measured: a peer that is not installed.",
        "goal  what         against              median  middle half     wanted",
        "-" * 83,
        "G1    speed: ours  rival                1.00    1.00 to 1.00    >= 0.9  reached",
        "G1    speed: ours  rival                1.00    1.00 to 1.00    <= 0.9  NOT REACHED",
        "G1    speed: ours  (the figure itself)  1,234   1,234 to 1,234",
    ]


def test_goals_that_are_not_reached_are_told_and_are_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(races, "chosen", lambda _: [_race()])
    file = tmp_path / "figures.json"
    assert main(["--rounds", "2", "--json", str(file)]) == 0
    assert "NOT REACHED" in capsys.readouterr().out
    written = json.loads(file.read_text(encoding="utf-8"))["races"][0]
    assert written["rounds"]["rival"] == [{"calls/s": 1234.0}] * 2
    assert [goal["is_reached"] for goal in written["goals"]] == [True, False, None]


def test_a_whole_run_stands_in_benchmarks_and_the_next_one_in_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = tmp_path / "BENCHMARKS.md"
    document.write_text("# What was measured\n\nBy hand.\n", encoding="utf-8")
    monkeypatch.setattr("tests.bench.__main__.BENCHMARKS", document)
    monkeypatch.setattr(races, "chosen", lambda _: [_race()])
    assert main(["--rounds", "1", "--write"]) == 0
    written = document.read_text(encoding="utf-8")
    assert written.startswith(f"# What was measured\n\nBy hand.\n\n{MARK}\n\nCPython ")
    assert written.endswith(
        "### A race\n\nMeasured somehow. Rounds: 1.\n\nNot measured: a peer that is not installed.\n\n"
        "| goal | what | against | median | middle half | wanted |  |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| G1 | speed: ours | rival | 1.00 | 1.00 to 1.00 | >= 0.9 | reached |\n"
        "| G1 | speed: ours | rival | 1.00 | 1.00 to 1.00 | <= 0.9 | NOT REACHED |\n"
        "| G1 | speed: ours | (the figure itself) | 1,234 | 1,234 to 1,234 |  |  |\n"
    )
    assert main(["--rounds", "2", "--write"]) == 0
    assert document.read_text(encoding="utf-8").count("### A race") == 1


@pytest.mark.parametrize("partly", [["--only", "G4"], ["--quick"]])
def test_a_part_of_a_run_is_not_written(partly: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*partly, "--write"]) == 2
    assert "--write goes with a whole run" in capsys.readouterr().err


def test_a_wrong_result_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(races, "chosen", lambda _: [_race(works=False)])
    assert main(["--rounds", "1"]) == 1
    assert "calls ended: 1, but it must be 2" in capsys.readouterr().err


def test_a_goal_that_is_not_there_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "G4,G99"]) == 2
    told = capsys.readouterr().err
    assert "No such goal here: G99. There are: G1, G3, G4, G6, G7, G8, G9, G11, G12, G13, FIRSTVIEW, FLOOD" in told


def test_only_the_contenders_that_a_goal_needs_take_part() -> None:
    (race,) = races.chosen({"G4"})
    assert [contender.name for contender in race.contenders] == [races.OUR_SWITCH, races.BARE_HEAP]
    assert {goal.name for goal in race.goals} == {"G4"}


def test_a_race_that_serves_two_goals_is_run_once() -> None:
    assert len(races.chosen({"G4", "G6"})) == 2  # G6 has one more of its own


@pytest.mark.parametrize("race", races.chosen(set()), ids=lambda race: race.title)
def test_every_goal_names_contenders_that_take_part(race: Race) -> None:
    names = {contender.name for contender in race.contenders}
    for goal in race.goals:
        assert goal.ours in names
        assert not goal.rival or goal.rival in names
