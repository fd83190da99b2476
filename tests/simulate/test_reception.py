"""The PBX file `reception`: callers press digits there; a day of it is the same bytes in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import HOUR, to_datetime
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.simulate.run import Run, Simulation

if TYPE_CHECKING:
    from pathlib import Path

DAY = 24 * HOUR


def _quiet(_: float) -> None:
    """Show nothing."""


def test_a_day_at_the_reception_has_callers_go_every_way() -> None:
    simulation = Simulation(Run(file="reception", lasts=DAY))
    simulation.run(_quiet)
    dialled = Counter((cdr.context, cdr.dst) for cdr in simulation.cdrs)
    for exten in ("s", "1", "2", "0", "102", "t", "i"):
        assert dialled["reception", exten] > 0, f"nobody came to {exten}"
    assert dialled["hours", "s"] > 0
    assert {cdr.last_app for cdr in simulation.cdrs} >= {"BackGround", "WaitExten", "Queue", "Dial"}
    in_menu = [cdr for cdr in simulation.cdrs if cdr.last_app in ("BackGround", "WaitExten")]
    assert all(cdr.answer == cdr.start and cdr.billsec == cdr.duration for cdr in in_menu)


def test_a_day_at_the_reception_is_over_in_the_evening_and_the_night_is_the_mailboxs() -> None:
    simulation = Simulation(Run(file="reception", lasts=DAY))
    simulation.run(_quiet)
    left = [cdr for cdr in simulation.cdrs if cdr.last_app == "VoiceMail"]
    at_night = [cdr for cdr in left if cdr.dst == "299000000"]
    assert {cdr.last_data for cdr in left} >= {"100@default,u", "100@default,b"}
    assert at_night
    assert all(not 9 <= to_datetime(cdr.talk).hour < 17 for cdr in at_night)
    messages = list(simulation.pbx.voicemail.messages())
    assert 0 < len(messages) <= len(left)


@pytest.mark.slow
def test_processes_that_hash_differently_have_the_same_day(tmp_path: Path) -> None:
    outputs = []
    for hashing in ("1", "4294967295"):
        folder = tmp_path / hashing
        folder.mkdir()
        command = ["simulate", "reception", "--for", "24h", "--cdr", "calls.csv", "--queue-log", "queue_log.csv"]
        environment = {**os.environ, "PYTHONHASHSEED": hashing}
        done = subprocess.run(
            [sys.executable, "-m", "pbxsim", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=True,
            timeout=60,
        )
        outputs.append((done.stdout, *((folder / name).read_bytes() for name in ("calls.csv", "queue_log.csv"))))
    assert outputs[0] == outputs[1]
    assert b"ENTERQUEUE" in outputs[0][2]
    assert outputs[0][1].count(b"\n") > 100


@pytest.mark.slow
def test_the_reception_is_served_with_the_same_callers(tmp_path: Path) -> None:
    host = Installation(ServeSettings(pbxs=("reception",), rate=0), tmp_path).hosts.first()
    host.pbx.clock.run_until(host.pbx.clock.now + DAY // 2)
    simulation = Simulation(Run(file="reception", lasts=DAY))
    simulation.run(_quiet)
    served = [cdr for cdr in simulation.cdrs if cdr.end <= host.pbx.clock.now]
    assert list(host.pbx.cdrs.find(CdrQuery())) == served
    assert len(served) > 30
