"""Queueing theory for the tests: Erlang C and Erlang A worked out from their birth-death chains, in plain arithmetic.

Sources: A. K. Erlang 1917 (C), C. Palm 1957 (A, patience exponential). Nothing here knows the switch. Times in seconds.
"""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import NamedTuple


class Theory(NamedTuple):
    """What is to be expected of a queue: `answered_within` of all who call, the mean wait of all, who gives up."""

    answered_within: float
    mean_wait: float
    abandoned: float
    in_system: tuple[float, ...]


def birth_death(calls_per_second: float, talk: float, agents: int, patience: float, most: int) -> tuple[float, ...]:
    """Give the stationary probabilities of 0 to `most` callers in the system; an infinite patience is Erlang C."""
    give_up = 1 / patience
    rates = [min(count, agents) / talk + max(count - agents, 0) * give_up for count in range(1, most + 1)]
    logarithms = [0.0, *accumulate(math.log(calls_per_second / rate) for rate in rates)]
    highest = max(logarithms)
    weights = [math.exp(one - highest) for one in logarithms]
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)


def theory(calls_per_hour: float, talk: float, agents: int, within: float, patience: float = math.inf) -> Theory:
    """Work out a queue of exponential arrivals, talks and (unless infinite) patience, as those who call find it."""
    rate, most = calls_per_hour / 3600, agents + 3000
    chance = birth_death(rate, talk, agents, patience, most)
    queued = math.fsum((count - agents) * one for count, one in enumerate(chance) if count > agents)
    at_once = math.fsum(chance[:agents])
    behind = chance[agents:]  # how likely one has 0, 1, 2 ... waiting in front when all agents talk
    served = at_once + _served_within(behind, agents / talk, 1 / patience, within)
    return Theory(served, queued / rate, queued / rate / patience, chance)


def _served_within(behind: tuple[float, ...], service: float, give_up: float, within: float) -> float:
    """Give how likely one who waits is answered in time; `behind`: how likely one has 0, 1, 2 ... waiting in front.

    The place moves up when an agent comes free or somebody in front gives up; giving up oneself ends it. The chain is
    followed through a Poisson number of small steps (uniformization, A. Jensen 1953).
    """
    places = max(place for place, one in enumerate(behind) if one > 1e-13) + 1
    now = list(behind[:places])
    step = service + places * give_up
    moves_up = [(service + place * give_up) / step for place in range(places + 1)]
    answered, served, mean = 0.0, 0.0, step * within
    for number in range(1, math.ceil(mean + 12 * math.sqrt(mean) + 20)):
        answered += now[0] * moves_up[0]
        now = [
            here * (1 - moves_up[place] - give_up / step) + next_one * moves_up[place + 1]
            for place, (here, next_one) in enumerate(pairwise([*now, 0.0]))
        ]
        served += answered * math.exp(number * math.log(mean) - mean - math.lgamma(number + 1)) if mean else 0.0
    return served
