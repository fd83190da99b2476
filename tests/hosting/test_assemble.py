"""The one way from a PBX file to a PBX: once for each start, and what comes of it."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim import app, discovery
from pbxsim.app import Installation, Refused, ServeSettings, run
from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import HOUR, Instant, parse_iso
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.document import Document
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import load, read
from pbxsim.hosting.assemble import PAUSED_START, FileAssembly, assemble
from pbxsim.hosting.recordings_folder import RecordingsFolder
from pbxsim.pbx.errors import RecordingUnreadable
from pbxsim.pbx.pbx import NOTHING_SAVED, Pbx
from pbxsim.pbx.saved import Saved
from pbxsim.simulate.run import Run, Simulation
from tests.config.paper import VENDORS, loaded, simulated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START: Instant = parse_iso("2026-03-02T08:00:00Z")
PAST = """
cdrs:
  - {id: 7, start: 2026-01-01, src: "1", dst: "2", recording: {folder: /rec, file: a.wav, seconds: 1}}
"""


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often a PBX is built, a PBX file read, and what is installed looked for."""
    counts: Counter[str] = Counter()

    def counted(owner: Any, name: str, what: str) -> None:  # noqa: ANN401 - a class or a module
        real: Callable[..., Any] = getattr(owner, name)

        def count(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the real one takes and gives
            counts[what] += 1
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, count)

    counted(Pbx, "__init__", "built")
    counted(Document, "__init__", "read")
    counted(app, "find_vendors", "vendors")
    counted(discovery, "_candidates", "looked for")
    return counts


def _stop(_: str) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_start_reads_each_file_once_and_builds_each_pbx_once(counts: Counter[str]) -> None:
    run(ServeSettings(pbxs=("documented", "call-centre"), port=0), _stop)
    assert counts == {"built": 2, "read": 2, "vendors": 1, "looked for": 2}  # vendors, and engines


def test_a_reset_builds_one_pbx_and_reads_nothing(counts: Counter[str], tmp_path: Path) -> None:
    host = Installation(ServeSettings(rate=0), tmp_path).hosts.first()
    counts.clear()
    host.reset()
    assert counts == {"built": 1}


def test_a_simulation_is_built_once(counts: Counter[str]) -> None:
    Simulation(Run(file="call-centre", lasts=HOUR))
    assert (counts["built"], counts["read"]) == (1, 1)


def test_a_vendor_finds_fault_with_its_settings_before_anything_is_opened(tmp_path: Path) -> None:
    bad = read("name: a\nvendors: {acme: {users: [{name: eva, account: nobody}]}}", "a.yaml", VENDORS)
    folder = RecordingsFolder(tmp_path / "rec", bad.file, keep=False)
    for _ in range(2):
        with pytest.raises(PbxFileRefused, match=r"a\.yaml:2: vendors\.acme\.users\[0\]\.account: found 'nobody'"):
            assemble(bad, clock=Scheduler(START), folder=folder)
    assert not (tmp_path / "rec").exists()


def test_a_server_refuses_it_too(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("name: a\nvendors: {vum: {context: nowhere}}\n", "utf-8")
    with pytest.raises(Refused, match=r"a\.yaml:2: vendors\.vum\.context: found 'nowhere'"):
        run(ServeSettings(pbxs=(str(file),), port=0), _stop)


def test_the_seed_is_the_files_unless_another_is_given() -> None:
    assert assemble(loaded("seed: 5"), clock=Scheduler(START)).pbx.seed == 5
    assert assemble(loaded("seed: 5"), clock=Scheduler(START), seed=0).pbx.seed == 0


def test_without_a_folder_nothing_is_recorded_and_nothing_can_be_moved() -> None:
    made = assemble(loaded(PAST), clock=Scheduler(START))
    assert made.recorder is None
    with pytest.raises(RecordingUnreadable, match=r"/rec/a\.wav"):
        made.pbx.recordings.move(7, folder="/elsewhere", file="b.wav")


def test_with_a_folder_the_files_recordings_lie_there(tmp_path: Path) -> None:
    file = loaded(PAST)
    made = assemble(file, clock=Scheduler(START), folder=RecordingsFolder(tmp_path, file.file, keep=False))
    assert made.recorder is not None
    assert (tmp_path / "rec/a.wav").read_bytes() == made.placements[0].content


def test_the_mail_server_is_the_files() -> None:
    assert assemble(loaded(""), clock=Scheduler(START)).smtp is None
    made = assemble(loaded("smtp: {host: mail.example}"), clock=Scheduler(START))
    assert made.smtp is not None
    assert made.smtp.host == "mail.example"


def test_the_engine_is_connected_with_its_hand_before_a_vendor_opens_its_interface() -> None:
    made = assemble(loaded('phones: {rules: [{number: "100", does: busy}]}'), clock=Scheduler(START))
    assert made.engine.name == "simulated"
    assert made.pbx.calls.engine is made.opened.engine
    assert made.pbx.handset is made.opened.handset is not None
    assert simulated(made).traffic.sources == ()


@pytest.mark.parametrize(
    ("said", "start_at", "rate", "saved_until", "begins"),
    [
        ("", None, 0, 0, PAUSED_START),
        ("", START, 0, 0, START),
        ("", START, 1, 0, START),
        ("start_at: 2031-01-01", None, 0, 0, parse_iso("2031-01-01")),
        ("start_at: 2031-01-01", START, 1, 0, START),
        ("", START, 0, START + HOUR, START + HOUR),
        ("", START, 0, START - HOUR, START),
    ],
)
def test_a_clock_begins_where_it_is_said_or_held_at_a_fixed_day_and_never_before_what_was_saved(
    said: str, start_at: Instant | None, rate: float, saved_until: Instant, begins: Instant
) -> None:
    assembly = FileAssembly(loaded(said), start_at=start_at)
    assert assembly(rate, None, Saved(now=saved_until)).pbx.clock.now == begins


def test_a_running_clock_begins_in_the_present() -> None:
    before = wall_clock()
    assert before <= FileAssembly(loaded(""))(1, None, NOTHING_SAVED).pbx.clock.now <= wall_clock()


def test_what_decides_what_is_drawn_is_the_reset_s_then_the_server_s_then_the_file_s() -> None:
    for own, given, expected in ((None, None, 5), (6, None, 6), (6, 7, 7), (None, 0, 0)):
        assembly = FileAssembly(loaded("seed: 5"), seed=own)
        assert assembly(0, given, NOTHING_SAVED).pbx.seed == expected


def test_two_of_one_loaded_file_share_nothing_that_changes() -> None:
    file = load("documented")
    one, two = (assemble(file, clock=Scheduler(START)) for _ in range(2))
    assert one.pbx.directory is not two.pbx.directory
    assert one.interfaces["vum"] is not two.interfaces["vum"]
    assert one.opened.engine is not two.opened.engine
