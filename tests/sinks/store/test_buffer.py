"""The first record of a batch has the store woken, and those behind it need not."""

from __future__ import annotations

from typing import Any

from pbxsim.pbx.events import CdrClosed
from pbxsim.sinks.store.buffer import WriteBuffer
from pbxsim.testing.office import Office, extension
from tests.sinks.store.desk import cdr


class Keeper:
    """A store that counts how often it is woken."""

    def __init__(self) -> None:
        self.wakes = 0

    def wake(self) -> None:
        """Count."""
        self.wakes += 1

    def history(self, _pbx: str) -> None:
        """Have none."""


def test_the_first_record_of_each_batch_wakes_the_store_once() -> None:
    keeper: Any = Keeper()
    office, buffer = Office(extension("100")), WriteBuffer("office", keeper, 0)
    buffer.attach(office.pbx)
    for turn in range(3):
        buffer.take(turn)
        keeper.wakes = 0
        office.pbx.events.emit(CdrClosed(cdr(2 * turn + 1)))
        assert keeper.wakes == 1
        office.pbx.events.emit(CdrClosed(cdr(2 * turn + 2)))
        assert (keeper.wakes, buffer.waiting) == (1, 2)
