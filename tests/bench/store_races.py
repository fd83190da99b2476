"""Races of the store: what writing records costs beside the least that writing them can cost."""

from __future__ import annotations

from typing import Final

from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child

STORE: Final = "pbxsim store, batches of 500"
BY_HAND: Final = "sqlite3 executemany, batches of 500"

_RECORDS: Final = {"records": 50_000, "batch": 500}


def batch_writing() -> Race:
    """Records written in batches: G13."""
    return Race(
        title="Records to SQLite, in batches",
        how="50,000 records, 500 a transaction, WAL, synchronous NORMAL, one table and index; both make the rows",
        contenders=(
            Contender(STORE, in_child("batch_writing", "by_store", **_RECORDS)),
            Contender(BY_HAND, in_child("batch_writing", "by_hand", **_RECORDS)),
        ),
        goals=(
            Goal(name="G13", words="rows a second", figure="rows/s", ours=STORE, rival=BY_HAND),
            Goal(name="G13", words="rows a CPU second", figure="rows/CPU s", ours=STORE, rival=BY_HAND, at_least=0.85),
        ),
    )
