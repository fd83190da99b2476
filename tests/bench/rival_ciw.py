"""Rival: Ciw, a network of eight nodes that a call passes, each with servers for all, in the rivals' Python."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import ciw  # type: ignore[import-not-found]  # in the rivals' environment

from tests.bench.harness import expect, settle_gc
from tests.bench.traffic import EVENTS_PER_CALL, SHAPES, Traffic

if TYPE_CHECKING:
    from tests.bench.harness import Figures


class Wait(ciw.dists.Distribution):  # type: ignore[misc]  # a class of a package that is not here
    """How long a call stays at one node."""

    def __init__(self, delays: list[int]) -> None:
        self._delays = delays

    def sample(self, t: float | None = None, ind: Any = None) -> int:  # noqa: ANN401 - as Ciw calls it
        """Give the wait of that call."""
        delay: int = self._delays[ind.id_number % SHAPES]
        return delay


def calls_per_second(calls: int, alive: int) -> Figures:
    """Run the traffic; CPU time of this process."""
    traffic = Traffic(calls, alive)
    waits = zip(*traffic.all_delays(), strict=True)
    passed_on = [[float(to == node + 1) for to in range(EVENTS_PER_CALL)] for node in range(EVENTS_PER_CALL)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Deterministic(traffic.gap), *([None] * (EVENTS_PER_CALL - 1))],
        service_distributions=[Wait(list(delays)) for delays in waits],
        routing=passed_on,
        number_of_servers=[float("inf")] * EVENTS_PER_CALL,
    )
    simulation = ciw.Simulation(network)
    settle_gc()
    begun = time.process_time()
    simulation.simulate_until_max_customers(calls, method="Finish")
    spent = time.process_time() - begun
    expect("calls ended", simulation.nodes[-1].number_of_completed_individuals, calls)
    return {"calls/s": calls / spent}
