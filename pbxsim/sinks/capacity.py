"""How much of what happened is kept in memory, unless the PBX file says otherwise.

With all of it full, resident memory is at most 200 MB above the start. Bytes are MB of a million.
"""

from __future__ import annotations

from typing import Final

JOURNAL_ENTRIES: Final = 100_000
JOURNAL_BYTES: Final = 80_000_000
"""Room for 100,000 entries of ordinary calls: as they are counted they take 70 MB, in truth a third of that."""

REQUEST_ENTRIES: Final = 10_000
REQUEST_BYTES: Final = 40_000_000
"""Room for 10,000 requests of a program, or for as many of a browser as have 4 kB each."""

DELIVERY_BYTES: Final = 32_000_000
RECORDING_BYTES: Final = 8_000_000

RECORDS: Final = 10_000
"""How many of the newest call records are in memory where there is a store, which has the others.

More are there until the store has them.
"""
