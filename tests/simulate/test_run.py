"""`pbxsim simulate`: files, figures, and the same bytes for the same seed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from pbxsim.clock.instant import HOUR, MINUTE, parse_iso
from pbxsim.config.fault import PbxFileRefused
from pbxsim.simulate.run import NoTraffic, NotWritten, Run, Simulation, run
from tests.simulate.shop import SHOP


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return str(path)


def _quiet(_: float) -> None:
    """Show nothing."""


def _outputs(wish: Run, folder: Path) -> tuple[str, bytes, bytes]:
    cdr, log = folder / "cdr.csv", folder / "log.csv"
    wish = Run(file=wish.file, lasts=wish.lasts, calls=wish.calls, seed=wish.seed, cdr=cdr, queue_log=log)
    return run(wish, _quiet), cdr.read_bytes(), log.read_bytes()


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.slow
def test_same_file_and_seed_give_the_same_bytes_and_another_seed_others(shop: str, tmp_path: Path) -> None:
    first, again = (_outputs(Run(file=shop, lasts=4 * HOUR), tmp_path) for _ in range(2))
    assert first == again
    other = _outputs(Run(file=shop, lasts=4 * HOUR, seed=2), tmp_path)
    assert all(one != two for one, two in zip(first, other, strict=True))


@pytest.mark.slow
def test_every_caller_is_in_records_log_and_figures_alike(shop: str, tmp_path: Path) -> None:
    summary, cdr, log = _outputs(Run(file=shop, calls=500), tmp_path)
    records, events = _rows(cdr), Counter(row["event"] for row in _rows(log))
    answered = sum(record["disposition"] == "ANSWERED" and record["dstchannel"] != "" for record in records)
    assert len({record["call"] for record in records}) == events["ENTERQUEUE"] == 500
    assert events["CONNECT"] == answered == events["COMPLETECALLER"] + events["COMPLETEAGENT"]
    assert events["ABANDON"] + events["EXITWITHTIMEOUT"] + answered == 500
    assert min(events["ABANDON"], events["EXITWITHTIMEOUT"], events["COMPLETEAGENT"]) > 0
    total = next(line.split() for line in summary.splitlines() if line.startswith("total"))
    assert total[1:6] == ["500", str(answered), str(events["ABANDON"]), str(events["EXITWITHTIMEOUT"]), "0"]


def test_figures_agree_with_what_the_records_say(shop: str) -> None:
    simulation = Simulation(Run(file=shop, calls=400))
    simulation.run(_quiet)
    tally = simulation.figures.total
    waits = [cdr.talk - cdr.began for cdr in simulation.cdrs if cdr.talk]
    assert (tally.answered, tally.waited) == (len(waits), sum(waits))
    assert tally.in_level == sum(wait <= 20_000_000 for wait in waits)
    assert tally.offered == tally.answered + tally.abandoned + tally.overflowed == 400
    queue = simulation.pbx.queues.named("sales").figures
    assert (queue.completed, queue.completed_in_level, queue.overflowed) == (
        tally.answered,
        sum(wait // 1_000_000 <= 20 for wait in waits),
        tally.overflowed,
    )


def test_time_begins_where_the_file_or_the_command_says_and_traffic_ends_in_time(shop: str) -> None:
    for start, wish in (
        ("2026-03-02T08:00:00Z", Run(file=shop, lasts=HOUR)),
        ("2030-01-01T12:00:00Z", Run(file=shop, lasts=HOUR, start_at=parse_iso("2030-01-01T12:00:00Z"))),
    ):
        simulation = Simulation(wish)
        simulation.run(_quiet)
        began = parse_iso(start)
        assert all(began <= cdr.start <= began + HOUR for cdr in simulation.cdrs)
        assert simulation.pbx.calls.live == {}
        assert f"1:00:00 h of traffic from {start}, seed 1" in simulation.summary()


@pytest.mark.slow
def test_whoever_would_wait_for_ever_is_told_of_and_waited_for_no_longer_than_a_day(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    text = SHOP.replace("max_wait: 120, ", "announcements: {every: 60, length: 5}, ").replace(
        "patience: {exponential: 100}, ", ""
    )
    path.write_text(text.replace(', line: "100"', "").replace(', line: "101"', ""), encoding="utf-8")
    simulation = Simulation(Run(file=str(path), calls=3))
    simulation.run(_quiet)
    assert simulation.figures.total.waiting == len(simulation.pbx.calls.live) == 3
    assert "3 not over" in simulation.summary()


def test_progress_grows_from_nothing_to_all(shop: str) -> None:
    for wish in (Run(file=shop, lasts=HOUR), Run(file=shop, calls=60)):
        told: list[float] = []
        run(wish, told.append)
        assert told == sorted(told)
        assert told[0] < 0.1
        assert told[-1] == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("traffic: [", "# ["), "nobody calls there"),
        (("per_hour: 60", "per_hour: 0"), "so there will never be 5"),
    ],
)
def test_a_file_in_which_nobody_calls_is_refused(change: tuple[str, str], words: str, tmp_path: Path) -> None:
    path = tmp_path / "quiet.yaml"
    path.write_text(SHOP.replace(*change), encoding="utf-8")
    with pytest.raises(NoTraffic, match=words):
        run(Run(file=str(path), calls=5), _quiet)


def test_a_file_with_faults_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PbxFileRefused):
        run(Run(file=str(tmp_path / "nowhere.yaml"), lasts=MINUTE), _quiet)


def test_what_cannot_be_written_is_found_out_at_once(shop: str, tmp_path: Path) -> None:
    told: list[float] = []
    with pytest.raises(NotWritten, match=r"no/cdr\.csv: cannot be written"):
        run(Run(file=shop, lasts=HOUR, cdr=tmp_path / "no" / "cdr.csv"), told.append)
    assert told == []


@pytest.mark.slow
def test_a_working_day_of_the_built_in_call_centre_loses_nobody() -> None:
    simulation = Simulation(Run(file="call-centre", lasts=8 * HOUR, queue_log=Path("not written here")))
    simulation.run(_quiet)
    total = simulation.figures.total
    assert total.offered == len({cdr.call for cdr in simulation.cdrs}) > 5000
    assert total.waiting == 0
    assert min(total.answered, total.abandoned, total.overflowed) > 0
    assert len(simulation.figures.queues) == 6
    assert len({member.agent for queue in simulation.pbx.queues for member in queue.members}) == 60
    busy = [simulation.figures.occupancy(simulation.cdrs[-1].start, queue) for queue in simulation.pbx.queues]
    assert all(share is not None and 0.2 < share < 1 for share in busy)
    assert len({queue.strategy for queue in simulation.pbx.queues}) == 6


def test_one_file_for_records_and_queue_log_is_refused_before_anything_is_written(shop: str, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    twice = (tmp_path / "a.csv", tmp_path / "sub" / ".." / "a.csv")
    with pytest.raises(NotWritten, match="cannot both be written there"):
        run(Run(file=shop, lasts=HOUR, cdr=twice[0], queue_log=twice[1]), _quiet)
    assert not twice[0].exists()
