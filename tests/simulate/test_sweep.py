"""A sweep comes out the same wherever its days are done, and each day as `pbxsim simulate` has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from pbxsim.clock.instant import MINUTE
from pbxsim.config.fault import PbxFileRefused
from pbxsim.simulate.run import NoTraffic, Run, Simulation
from pbxsim.simulate.runners import processes
from pbxsim.simulate.sweep import TOTAL, Day, Outcome, SweepRefused, Wish, here, sweep
from pbxsim.simulate.variation import Vary
from tests.simulate.shop import SHOP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


QUARTER: Final = 15 * MINUTE


def nothing(_: float) -> None:
    """Show nothing."""


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """Write the shop's file."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return str(path)


def wish(file: str, *varied: str, **more: Any) -> Wish:  # noqa: ANN401 - as Wish has it
    """Say what is to be swept."""
    asked = {"days": 2, "calls": 30, **more}
    return Wish(file=file, varied=tuple(map(Vary.read, varied)), **asked)


def test_each_day_is_what_simulate_makes_of_that_file_and_seed(shop: str, tmp_path: Path) -> None:
    swept = sweep(wish(shop, "queues.sales.wrap_up=5,60", lasts=QUARTER, calls=None, seed=7), here, nothing)
    assert [row.values for row in swept.rows] == [(5,), (60,)]
    for row in swept.rows:
        other = tmp_path / "other.yaml"
        other.write_text(SHOP.replace("wrap_up: 5", f"wrap_up: {row.values[0]}"), encoding="utf-8")
        for seed, outcome in zip((7, 8), row.outcomes, strict=True):
            simulation = Simulation(Run(file=str(other), lasts=QUARTER, seed=seed))
            simulation.run(nothing)
            tally, (queue,) = simulation.figures.queues["sales"], simulation.pbx.queues
            assert (outcome.offered, outcome.answered, outcome.in_level) == (
                tally.offered,
                tally.answered,
                tally.in_level,
            )
            assert outcome.occupancy == simulation.figures.occupancy(simulation.over_at, queue)
    assert swept.rows[0].outcomes != swept.rows[1].outcomes


@pytest.mark.slow
def test_it_comes_out_the_same_in_one_process_and_in_several(shop: str) -> None:
    asked = wish(shop, "queues.sales.members=1..4", days=3)
    alone = sweep(asked, processes(1), nothing)
    assert sweep(asked, processes(2), nothing) == alone
    assert sweep(asked, processes(3), nothing) == alone


def test_each_value_of_one_place_goes_with_each_of_another(shop: str) -> None:
    asked = wish(shop, "queues.sales.members=1..2", "traffic.0.per_hour=20,60", days=1, calls=5)
    swept = sweep(asked, here, nothing)
    assert [row.values for row in swept.rows] == [(1, 20), (1, 60), (2, 20), (2, 60)]


@pytest.mark.parametrize(
    ("place", "queue", "judged"),
    [
        ("queues.sales.wrap_up", None, "sales"),
        ("queues.0.wrap_up", None, TOTAL),
        ("traffic.0.per_hour", None, TOTAL),
        ("traffic.0.per_hour", "sales", "sales"),
    ],
)
def test_the_queue_that_is_varied_is_judged_or_the_one_that_is_named(
    shop: str, place: str, queue: str | None, judged: str
) -> None:
    asked: list[str] = []

    def runner(days: list[Day], whose: str) -> Iterator[Outcome]:
        asked.append(whose)
        return here(days, whose)

    assert sweep(wish(shop, f"{place}=50", queue=queue, days=1, calls=3), runner, nothing).queue == judged
    assert asked == [judged]


def test_how_much_is_done_is_told(shop: str) -> None:
    told: list[float] = []
    sweep(wish(shop, "queues.sales.wrap_up=5,6", calls=3), here, told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"queue": "sails"}, r"--queue: no queue is called 'sails' \(did you mean sales\?\)"),
        ({"varied": "queues.sails.wrap_up=1"}, "--vary: queues.sails.wrap_up: no entry is called 'sails'"),
        ({"varied": "queues.sales.wrap_up=5,-1"}, r"with queues.sales.wrap_up=-1:\n.*wrap_up"),
        ({"varied": "seed=1,2"}, "--vary: each day has a seed of its own"),
        ({"varied": "queues.sales.wrapup=5"}, r"with queues.sales.wrapup=5:\n.*wrapup"),
        (
            {"varied": "queues.sales.service_level=1..100", "days": 2_000},
            "100 times 2000 runs: expected at most 100,000",
        ),
    ],
)
def test_what_cannot_be_swept_is_refused_before_the_first_day(shop: str, asked: dict[str, Any], why: str) -> None:
    more = {name: value for name, value in asked.items() if name != "varied"}
    with pytest.raises(SweepRefused, match=re.compile(why, re.DOTALL)):
        sweep(wish(shop, asked.get("varied", "queues.sales.wrap_up=5"), **more), _never, nothing)


def test_the_queue_whose_callers_count_must_be_there_with_each_value(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP.replace("queues:\n", "queues:\n  - {name: spare}\n"), encoding="utf-8")
    with pytest.raises(SweepRefused, match=r"with queues\.spare\.name=other: there is no queue 'spare' then"):
        sweep(wish(str(path), "queues.spare.name=spare,other"), _never, nothing)


def _never(days: list[Day], queue: str) -> Iterator[Outcome]:
    raise AssertionError(f"{len(days)} days of {queue} were begun")


def test_a_file_that_is_none_and_one_without_traffic_are_refused(shop: str) -> None:
    with pytest.raises(PbxFileRefused):
        sweep(wish(f"{shop}.not", "name=a"), here, nothing)
    with pytest.raises(NoTraffic):
        sweep(wish("documented", "name=a,b"), here, nothing)
