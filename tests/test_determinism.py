"""Same seed, same PBX file, same commands: the same bytes in any process; nobody's fate depends on somebody else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, Shape, Span
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.sinks.journal.kinds import KINDS
from pbxsim.testing.office import Office, extension
from tests.busy_day import RULES, Day, digests, documented, fate, records

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.events import Event

pytestmark = pytest.mark.slow  # nearly every one starts processes

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def plain() -> Day:
    """Give the day as it is when nothing else happens."""
    return Day().live()


def _in_a_process(hash_seed: str) -> dict[str, str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-m", "tests.busy_day"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return msgspec.json.decode(done.stdout, type=dict[str, str])


# -- the same bytes -----------------------------------------------------------------------------------------------


def test_two_processes_with_other_hashes_give_the_same_journal_and_records() -> None:
    one, other = _in_a_process("1"), _in_a_process("4294967295")
    assert one.pop("hash of a word") != other.pop("hash of a word")
    assert one == other
    assert len(set(one.values())) == 6


def test_a_second_run_in_the_same_process_gives_the_same_bytes() -> None:
    assert digests() == digests()


def test_another_seed_gives_other_bytes(plain: Day) -> None:
    other = Day(seed=8).live()
    assert other.journal.jsonl() != plain.journal.jsonl()
    assert records(other.office.archive) != records(plain.office.archive)


def test_the_day_is_busy_enough_to_prove_something(plain: Day) -> None:
    cdrs = plain.office.cdrs()
    kinds = {entry.kind for entry in plain.journal.entries()}
    assert Counter(cdr.disposition for cdr in cdrs).keys() == {"ANSWERED", "NO ANSWER", "BUSY", "FAILED"}
    assert {int(cdr.cause) for cdr in cdrs} >= {1, 16, 17, 19, 20, 21, 34, 38}
    assert min(Counter(cdr.disposition for cdr in cdrs).values()) >= 10
    # No engine here is late, and none has live trunks.
    never = {"report-ignored", "recording-moved", "recording-failed", "call-fault-struck", "leg-barred"}
    assert kinds == {kind.name for kind in KINDS} - never


def test_the_documented_pbx_does_what_its_pages_say_on_the_way() -> None:
    hosted = documented()
    kinds = Counter(entry.kind for entry in hosted.journal.entries())
    assert kinds["request"] == kinds["reply"] > 100
    assert kinds["call-started"] == kinds["cdr-closed"] > 50
    assert kinds["recording-moved"] > 0


# -- nobody's fate depends on who else is there -------------------------------------------------------------------


def test_whoever_listens_changes_nothing(plain: Day) -> None:
    heard: list[Event] = []
    listened_to = Day(listener=heard.append).live()
    assert len(heard) == len(plain.journal)
    assert listened_to.journal.jsonl() == plain.journal.jsonl()
    assert records(listened_to.office.archive) == records(plain.office.archive)


def test_a_listener_that_fails_changes_nothing(plain: Day) -> None:
    def fail(_: Event) -> None:
        raise RuntimeError("a bad listener")

    day = Day(listener=fail)
    for hour in range(3):
        day.office.call("100", "101", reference=f"{hour}")
        day.office.advance(5)
    quiet = Day()
    for hour in range(3):
        quiet.office.call("100", "101", reference=f"{hour}")
        quiet.office.advance(5)
    assert day.journal.jsonl() == quiet.journal.jsonl() != b""
    assert len(day.office.pbx.events.failures) == len(day.journal)


def test_calls_of_somebody_else_change_no_other_calls_fate(plain: Day) -> None:
    strangers: list[Call] = []

    def call_the_stranger(office: Office, hour: int) -> None:
        for _ in range(hour % 3):
            far = ToTrunk(f"888{hour}", (office.directory.trunks["far"],))
            strangers.append(office.call("900", second_to=far, reference="stranger"))

    crowded = Day(twist=call_the_stranger).live()
    assert len(strangers) > 300
    assert len(crowded.office.cdrs()) == len(plain.office.cdrs()) + len(strangers)
    assert crowded.fates() == plain.fates()


def test_rules_for_other_telephones_change_no_other_calls_fate(plain: Day) -> None:
    drawn = Behaviour(ring=Span(Shape.NORMAL, 5, 5), talk=Span(Shape.UNIFORM, 0, 9))
    others = (
        Rule(number="_71X", turns=(drawn,)),
        Rule(number="stranger", turns=(Behaviour(outcome=Outcome.BUSY), drawn), cycles=True),
        Rule(number="_X", turns=(drawn,)),
    )
    ruled = Day(rules=(*others, *RULES)).live()
    assert ruled.journal.jsonl() == plain.journal.jsonl()
    assert records(ruled.office.archive) == records(plain.office.archive)


def test_another_telephones_draws_do_not_shift_ours() -> None:
    fates = []
    for ring in (Span(Shape.FIXED, 2), Span(Shape.UNIFORM, 1, 3), Span(Shape.NORMAL, 2, 1)):
        office = Office(extension("100"), extension("102"), seed=3)
        office.phones["102"].meets_calls_with(Behaviour(ring=ring, talk=None))
        office.phones["100"].meets_calls_with(
            Behaviour(ring=Span(Shape.UNIFORM, 1, 9), talk=Span(Shape.EXPONENTIAL, 9))
        )
        for _ in range(20):
            office.call("102")
            office.call("100", "990100000")
            office.advance(100)
        fates.append([fate(call) for call in office.pbx.calls.recent if call.order.src == "100"])
    assert fates[0] == fates[1] == fates[2]
    assert len({(one[2] - one[0]) for one in fates[0] if isinstance(one[2], int) and isinstance(one[0], int)}) == 20


def test_a_telephone_and_an_outside_number_of_the_same_name_are_two_telephones() -> None:
    def talks(*, also_outside: bool) -> list[object]:
        office = Office(extension("557"), seed=3)
        office.phones["557"].line.user = "557"
        office.set_rule(Rule(number="557", turns=(Behaviour(talk=Span(Shape.UNIFORM, 1, 100)),)))
        outside = ToTrunk("557", (office.directory.trunks["upc"],))
        for _ in range(5):
            if also_outside:
                office.pbx.calls.originate(office.order("557", first_to=outside, reference="other"))
            office.call("557", "990100000", reference="ours")
            office.finish()
        return [fate(call)[:5] for call in office.pbx.calls.recent if call.order.reference == "ours"]

    assert talks(also_outside=True) == talks(also_outside=False)
