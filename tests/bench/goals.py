"""What a race is judged by: a figure of ours beside a rival's, and the ratio that must be reached.

The goals' names G1 to G16 are the project's own; the words here say what each means.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.bench.harness import Contender, Rounds, Spread, ratios


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A line of the table. `figure` is divided by the rival's; without a rival it stands for itself.

    `at_least` or `at_most` is what must be reached; with neither, the line is there for context.
    """

    name: str
    words: str
    figure: str
    ours: str
    rival: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def spread(self, rounds: Rounds) -> Spread:
        """Give the ratio, or the figure itself, over all rounds."""
        if self.rival:
            return ratios(rounds[self.ours], rounds[self.rival], self.figure)
        return Spread.of([figures[self.figure] for figures in rounds[self.ours]])

    def is_reached(self, spread: Spread) -> bool | None:
        """Tell whether the median reaches the goal; None where there is none."""
        if self.at_least is not None:
            return spread.median >= self.at_least
        if self.at_most is not None:
            return spread.median <= self.at_most
        return None

    @property
    def wanted(self) -> str:
        """Spell what must be reached."""
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return f"<= {self.at_most:g}" if self.at_most is not None else ""


@dataclass(frozen=True, kw_only=True)
class Race:
    """Contenders that are measured in the same rounds, and the goals that the outcome is judged by.

    `unable` says what cannot be measured on this machine, and why. `warms_up`: one round more, before the others, is
    not counted.
    """

    title: str
    how: str
    contenders: tuple[Contender, ...]
    goals: tuple[Goal, ...]
    most_rounds: int | None = None
    unable: tuple[str, ...] = ()
    warms_up: bool = False

    def only(self, asked: set[str]) -> Race:
        """Give the race with only those goals that are asked for, and only the contenders that they need."""
        goals = tuple(goal for goal in self.goals if goal.name in asked)
        needed = {goal.ours for goal in goals} | {goal.rival for goal in goals}
        contenders = tuple(contender for contender in self.contenders if contender.name in needed)
        return replace(self, goals=goals, contenders=contenders)
