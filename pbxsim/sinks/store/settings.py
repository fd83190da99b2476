"""How a store writes: how safely, how soon, what it keeps."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec resolves the annotation when it decodes
from typing import Literal

import msgspec


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one store.

    `synchronous` is what a commit waits for. SQLite: its PRAGMA of that name. PostgreSQL: `synchronous_commit`, off for
    "off". MariaDB and MySQL have it for the whole server only, where it is not ours to change: it stays as it is.
    Whatever it is, a process that is killed loses nothing; it matters when the machine loses its power.

    `flush_ms` is how many milliseconds of the world's time there are between two transactions, so that many records
    share one; the first after a pause is written at once, and nobody who waits for a record (an `advance`) waits longer
    for that. Each transaction holds up the requests of that moment by as much: at 5 ms that is every twentieth request
    of a busy client, at 50 ms none in a hundred.
    `keep_days` is after how many days of the PBX's clock records, bookings and finished deliveries are removed; 0:
    never. `spill` is the folder for what the database does not take; at most `spill_mib` MiB are put there.
    """

    spill: Path
    synchronous: Literal["normal", "full", "off"] = "normal"
    flush_ms: float = 50
    keep_days: int = 0
    spill_mib: int = 256
