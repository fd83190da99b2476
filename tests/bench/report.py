"""The report: a table that needs no explanation beside it, and the same as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from tests.bench.goals import Goal
from tests.bench.harness import Spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.goals import Race
    from tests.bench.harness import Rounds

EXPLANATION: Final = (
    "A ratio is ours / rival's within one round (rounds are interleaved: ours, rival, ours, rival, …); told are the",
    "median of the rounds and their middle half. Figures without a rival depend on the machine and its other work.",
)

MARK: Final = "## `make bench`, the last whole run"
"""The heading in BENCHMARKS.md behind which all is written anew by each whole run."""

_VERDICTS: Final = {True: "reached", False: "NOT REACHED", None: ""}
_HEADINGS: Final = ("goal", "what", "against", "median", "middle half", "wanted", "")


@dataclass(frozen=True)
class Line:
    """One goal and what came out."""

    goal: Goal
    spread: Spread
    is_reached: bool | None

    @classmethod
    def of(cls, goal: Goal, rounds: Rounds) -> Line:
        """Judge a goal by what was measured."""
        spread = goal.spread(rounds)
        return cls(goal, spread, goal.is_reached(spread))

    @property
    def cells(self) -> tuple[str, ...]:
        """Give the line's cells."""
        goal, spread = self.goal, self.spread
        return (
            goal.name,
            f"{goal.words}: {goal.ours}",
            goal.rival or "(the figure itself)",
            _number(spread.median),
            f"{_number(spread.low)} to {_number(spread.high)}",
            goal.wanted,
            _VERDICTS[self.is_reached],
        )


def table(race: Race, rounds: Rounds, lines: list[Line]) -> list[str]:
    """Give the lines of one race's part of the report."""
    turns = max((len(measured) for measured in rounds.values()), default=0)
    text = ["", f"## {race.title}", f"{race.how}. Rounds: {turns}."]
    text += [f"Not measured: {what}." for what in race.unable]
    text += _columns([_HEADINGS, *(line.cells for line in lines)]) if lines else []
    return text


def markdown(described: list[str], races: list[dict[str, Any]]) -> str:
    """Give the part of BENCHMARKS.md that tells of a whole run, from what its JSON file has."""
    parts = ["\n".join(described), " ".join(EXPLANATION)]
    for race in races:
        rounds = max((len(measured) for measured in race["rounds"].values()), default=0)
        parts.append(f"### {race['title']}\n\n{_sentence(race['how'])} Rounds: {rounds}.")
        parts += [_sentence(f"Not measured: {what}") for what in race["not measured"]]
        if race["goals"]:
            parts.append("\n".join(_rows(race["goals"])))
    return "\n\n".join(parts) + "\n"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _rows(goals: list[dict[str, Any]]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADINGS)} |"
    yield "|" + " --- |" * len(_HEADINGS)
    for told in goals:
        goal = Goal(**{field.name: told[field.name] for field in fields(Goal)})
        line = Line(goal, Spread(told["median"], told["low"], told["high"]), told["is_reached"])
        yield f"| {' | '.join(line.cells)} |"


def in_document(document: str, part: str) -> str:
    """Put that part where the document has the last run's, behind all else where it has none."""
    before, _, _ = document.partition(MARK)
    return f"{before.rstrip()}\n\n{MARK}\n\n{part}"


def as_json(race: Race, rounds: Rounds, lines: list[Line]) -> dict[str, object]:
    """Give one race's part of the JSON file: every figure of every round, and what came of them."""
    return {
        "title": race.title,
        "how": race.how,
        "not measured": list(race.unable),
        "rounds": rounds,
        "goals": [{**asdict(line.goal), **asdict(line.spread), "is_reached": line.is_reached} for line in lines],
    }


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    spelt = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [spelt[0], "-" * max(map(len, spelt)), *spelt[1:]]


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
