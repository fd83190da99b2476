"""The same callers call where the PBX is served: from its start, and anew after a reset; and in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import HOUR
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.simulate.run import Run, Simulation
from tests.simulate.shop import SHOP

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.pbx.cdr import Cdr


def _shop(folder: Path) -> str:
    path = folder / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return str(path)


def _quiet(_: float) -> None:
    """Show nothing."""


def test_a_served_pbx_has_the_callers_that_simulate_has_and_again_after_a_reset(tmp_path: Path) -> None:
    source = _shop(tmp_path)
    host = Installation(ServeSettings(pbxs=(source,), rate=0), tmp_path).hosts.first()

    def first_hour() -> list[Cdr]:
        host.pbx.clock.run_until(host.pbx.clock.now + HOUR)
        return list(host.pbx.cdrs.find(CdrQuery()))

    served = first_hour()
    host.reset()
    again = first_hour()
    host.reset(seed=2)
    other = first_hour()
    simulation = Simulation(Run(file=source, lasts=2 * HOUR))
    simulation.run(_quiet)
    assert served == again == simulation.cdrs[: len(served)] != other
    assert len(served) > 30


@pytest.mark.slow
def test_processes_that_hash_differently_simulate_the_same(tmp_path: Path) -> None:
    source, outputs = _shop(tmp_path), []
    for hashing in ("1", "2"):
        command = [
            sys.executable,
            "-m",
            "pbxsim",
            "simulate",
            source,
            "--calls",
            "100",
            "--queue-log",
            f"{hashing}.csv",
        ]
        environment = {**os.environ, "PYTHONHASHSEED": hashing}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True, timeout=60)
        outputs.append((done.stdout, done.stderr, (tmp_path / f"{hashing}.csv").read_bytes()))
    assert outputs[0] == outputs[1]
    assert outputs[0][1] == b""
