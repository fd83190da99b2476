"""Instructions of a stored and of a simulated call, beside those of what others do for less: INSTRUCTIONS."""

from __future__ import annotations

from functools import cache
from typing import Final

from tests.bench import counted, counted_rivals, instructions
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, Figures

_OURS: Final = "pbxsim"
_COMPILED: Final = "pbxsim, compiled core"
_STORED: Final = counted.stored_call.__name__
_SIMULATED: Final = counted.simulated_call.__name__
_QUEUED: Final = counted.queued_call.__name__
_WORDS: Final = {
    _STORED: "originate, its whole call stored",
    _SIMULATED: "simulated call",
    _QUEUED: "call from a queue",
}
_MOST: Final = {_STORED: 450_000}
_MOST_COMPILED: Final = {_SIMULATED: 110_000}
_RIVALS: Final = {
    "bare aiohttp, constant reply": (_STORED, counted_rivals.constant_reply.__name__),
    "bare aiohttp, 12 parameters read": (_STORED, counted_rivals.reply_after_reading.__name__),
    "SimPy, process per call": (_SIMULATED, counted_rivals.simpy_call.__name__),
    "bare heapq, 8 timed events a call": (_SIMULATED, counted.plain_python.__name__),
}
"""By name: which of our figures theirs is beside, and what is counted for it."""


def race() -> Race:
    """Count, once: neighbours make no difference to it."""
    title = "Instructions"
    how = "user-space instructions by valgrind, the difference of two run lengths; no client, no kernel"
    try:
        instructions.see_that_it_can_be_counted()
    except instructions.Cannot as why:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(str(why),))
    is_compiled = instructions.has_compiled_core()
    compiled = (Contender(_COMPILED, instructions.count_compiled),) if is_compiled else ()
    return Race(
        title=title,
        how=how,
        contenders=(Contender(_OURS, _ours), *compiled, *(_rival(name, *which) for name, which in _RIVALS.items())),
        goals=(
            *(_itself(words, figure, _MOST.get(figure)) for figure, words in _WORDS.items()),
            *(_beside(name) for name in _RIVALS),
            *(
                _itself(words, figure, _MOST_COMPILED.get(figure), _COMPILED)
                for figure, words in _WORDS.items()
                if compiled
            ),
        ),
        most_rounds=1,
        unable=() if is_compiled else ("the compiled core, which `make compiled` makes",),
    )


@cache
def _counts() -> instructions.Counts:
    return {**instructions.count(), **instructions.count_rivals()}


def forget() -> None:
    """Have everything counted again."""
    _counts.cache_clear()


def _ours() -> Figures:
    return {name: _counts()[name] for name in (_STORED, _SIMULATED, _QUEUED)}


def _rival(name: str, figure: str, counted_as: str) -> Contender:
    return Contender(name, lambda: {figure: _counts()[counted_as]})


def _itself(words: str, figure: str, at_most: float | None = None, ours: str = _OURS) -> Goal:
    return Goal(name="INSTRUCTIONS", words=words, figure=figure, ours=ours, at_most=at_most)


def _beside(rival: str) -> Goal:
    figure, _ = _RIVALS[rival]
    most = 1.0 if "SimPy" in rival else None
    return Goal(name="INSTRUCTIONS", words=_WORDS[figure], figure=figure, ours=_OURS, rival=rival, at_most=most)
