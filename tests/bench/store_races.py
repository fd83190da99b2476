"""Races of the store: what writing records costs beside the least that writing them can cost."""

from __future__ import annotations

from typing import Final

from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child

STORE: Final = "pbxsim store, batches of 500"
BY_HAND: Final = "sqlite3 executemany, batches of 500"

_RECORDS: Final = {"records": 40_000, "batch": 500}
_LARGE: Final = {**_RECORDS, "is_large": True}


def batch_writing() -> Race:
    """Records written in batches, to a store without and with the indexes of a large one: G13."""
    in_large = tuple(f"{side}, a large store's indexes" for side in (STORE, BY_HAND))
    return Race(
        title="Records to SQLite, in batches",
        how="40,000 records, 500 a transaction, WAL, synchronous NORMAL, the same tables; both make the rows",
        contenders=(
            Contender(STORE, in_child("batch_writing", "by_store", **_RECORDS)),
            Contender(BY_HAND, in_child("batch_writing", "by_hand", **_RECORDS)),
            Contender(in_large[0], in_child("batch_writing", "by_store", **_LARGE)),
            Contender(in_large[1], in_child("batch_writing", "by_hand", **_LARGE)),
        ),
        goals=(*_goals(STORE, BY_HAND), *_goals(*in_large)),
    )


def _goals(ours: str, rival: str) -> tuple[Goal, ...]:
    return (
        Goal(name="G13", words="rows a second", figure="rows/s", ours=ours, rival=rival),
        Goal(name="G13", words="rows a CPU second", figure="rows/CPU s", ours=ours, rival=rival, at_least=0.85),
    )
