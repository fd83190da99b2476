"""The race of G13 measures what it says: both sides write the same rows."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.bench import batch_writing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_store_and_the_hand_write_the_same_rows(tmp_path: Path) -> None:
    folders = [tmp_path / "store", tmp_path / "hand"]
    for folder in folders:
        folder.mkdir()
    records = batch_writing.made_records(10)
    asyncio.run(batch_writing.written_by_store(folders[0], records, 5))
    asyncio.run(batch_writing.make_tables(folders[1]))
    batch_writing.written_by_hand(folders[1], records, 5)
    by_store, by_hand = [
        sqlite3.connect(folder / "store").execute("SELECT * FROM cdr ORDER BY id").fetchall() for folder in folders
    ]
    assert by_store == by_hand
    assert len(by_hand) == 10
