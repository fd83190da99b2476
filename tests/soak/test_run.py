"""A share of the long run, and that the long run notices what it is there to notice, in a real server."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import pytest

from tests.soak.__main__ import main
from tests.soak.run import Plan, Soak, Totals
from tests.soak.server import SMALL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,  # tens of thousands of requests
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a process is looked at in Linux's /proc"),
]


async def ran(folder: Path, requests: int, stops: int, fault: str = "none") -> Totals:
    plan = Plan(requests=requests, seconds=math.inf, round=requests // stops, seed=1, kept=SMALL, fault=fault)
    return await Soak(plan, print).run(folder)


async def test_a_share_of_the_long_run_holds(tmp_path: Path) -> None:
    totals = await ran(tmp_path, 60_000, 10)
    assert totals.faults == []
    assert totals.requests == 60_000
    assert totals.calls > 2_500
    assert totals.delivered > totals.calls
    assert totals.failed > 0
    assert totals.rude > 50


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("leak", "the memory grew by"),
        ("descriptors", "descriptors grew from"),
        ("traceback", "the log has"),
        ("loss", "calls have no record in the store"),
        ("silence", "count as delivered that the receiver never took"),
    ],
)
async def test_a_planted_fault_is_noticed(fault: str, words: str, tmp_path: Path) -> None:
    totals = await ran(tmp_path, 8_000, 8, fault)
    assert any(words in told for told in totals.faults), totals.faults


def test_the_command_says_what_a_run_came_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--requests", "2000", "--round", "1000", "--folder", str(tmp_path)]) == 0
    assert "2,000 requests in" in capsys.readouterr().out
