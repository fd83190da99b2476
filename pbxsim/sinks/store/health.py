"""How a store is, for readyz, metrics and whoever asks."""

from __future__ import annotations

import msgspec


class StoreHealth(msgspec.Struct, kw_only=True):
    """Figures of one store, alive: look at them when you need them. Rows count from the opening.

    `is_writing`: the database took the last batch, or none was tried yet; else `error` says why not. `waiting` are
    rows that only this process has, `spilled` those on disk that the database does not have yet, `lost` those that
    could not be kept or that the database will never take, `mended` those that it took with a character replaced.
    `rows_retried` are those of batches that it refused whole and that were written anew, mended or one by one: 0 unless
    some row cannot be stored as it is.
    """

    place: str
    is_writing: bool = True
    error: str = ""
    waiting: int = 0
    spilled: int = 0
    lost: int = 0
    mended: int = 0
    rows_retried: int = 0
    written: int = 0
    flushes: int = 0
