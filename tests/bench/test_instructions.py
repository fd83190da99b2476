"""Counted instructions: what a difference is, when one has risen, and that it is said where nothing can be counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import counted, counted_rivals, instructions
from tests.debian import NotInstalled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXPECTED: instructions.Counts = {"simulated_call": 1000.0, "plain_python": 100.0, "start": 5_000_000.0}


@pytest.mark.parametrize(
    ("counts", "risen"),
    [
        ({}, []),
        ({"simulated_call": 1029.0}, []),
        ({"simulated_call": 1031.0}, ["simulated_call"]),
        ({"simulated_call": 500.0, "start": 5_200_000.0}, ["start"]),
        ({"plain_python": 110.0, "simulated_call": 1130.0, "start": 5_500_000.0}, []),  # another build of Python
        ({"plain_python": 110.0, "simulated_call": 1140.0, "start": 5_500_000.0}, ["simulated_call"]),
    ],
)
def test_what_has_risen_by_more_than_three_in_a_hundred_is_named(
    counts: instructions.Counts, risen: Sequence[str]
) -> None:
    lines, found = instructions.judged({**EXPECTED, **counts}, EXPECTED)
    assert found == list(risen)
    assert sum("RISEN" in line for line in lines) == len(found)


def test_what_is_to_be_reached_is_judged_beside_what_has_risen() -> None:
    counts = {"stored_call": 450_000.0, "simulated_call": 139_001.0}
    assert instructions.verdicts(counts) == [
        "stored_call      wanted at most 450,000: reached",
        "simulated_call   wanted at most 139,000: not reached",
    ]


def test_a_thing_takes_what_the_longer_run_counts_more_than_the_shorter() -> None:
    said = "7 simulated_call 100\n8 simulated_call 400\n"
    log = "==7== I   refs:      1,000,000\n==8== I   refs:      1,600,000\n==6== I   refs:      99\n"
    assert instructions.differences(said, log) == {"simulated_call": 2000.0}


def test_the_expected_counts_are_of_all_that_is_counted() -> None:
    known = json.loads(instructions.FILE.read_text(encoding="utf-8"))
    names = {each.__name__ for each in counted.COUNTED} | {"start"}
    assert known
    assert all(set(counts) == names for counts in known.values())


@pytest.mark.slow
@pytest.mark.parametrize("what", [*counted.COUNTED, *counted_rivals.COUNTED], ids=lambda what: what.__name__)
def test_all_that_is_counted_does_its_work(what: object) -> None:
    assert callable(what)
    what(counted.BEFORE)


def test_a_machine_without_valgrind_is_told_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_packages: str) -> None:
        raise NotInstalled

    monkeypatch.setattr(instructions, "install", refuse)
    monkeypatch.setattr(instructions, "_VALGRIND", ("no-such-valgrind",))
    assert instructions.main([]) == 0
    assert (
        capsys.readouterr().out == "SKIPPED bench-quick: no valgrind on PATH (Debian, Ubuntu: apt install valgrind)\n"
    )


def test_counts_that_have_risen_fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "expected.json"
    file.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(instructions, "FILE", file)
    monkeypatch.setattr(instructions, "count", lambda: EXPECTED)
    assert instructions.main([]) == 0  # of this Python nothing is expected
    assert instructions.main(["--write"]) == 0
    monkeypatch.setattr(instructions, "count", lambda: {**EXPECTED, "start": 6_000_000.0})
    assert instructions.main([]) == 1
