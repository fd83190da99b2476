"""The property of the ledger with a real store beneath it: the next run goes on from what the last one booked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.pbx.account import ChargeBasis, Rate, Tariff
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store
from tests.pbx.test_ledger_property import Firm, Order, do, steps_of_all_kinds, tariffs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.saved import Saved
    from pbxsim.testing.office import Office
    from tests.pbx.test_ledger_property import Step


class StoredFirm(Firm):
    """A firm whose PBX keeps its records in an SQLite file; a crash loses nothing that was settled."""

    def __init__(self, tariff: Tariff, runner: asyncio.Runner, folder: str) -> None:
        self._runner = runner
        self._place = StorePlace.of_file(Path(folder) / "store.db")
        self._settings = StoreSettings(spill=Path(folder))
        self._store: Store | None = None
        super().__init__(tariff)

    def crash(self, lost: int) -> None:
        """Throw the PBX away; all of its actions are in the file."""
        super().crash(0)

    def close(self) -> None:
        """Write what there is to write."""
        if self._store is not None:
            self._runner.run(self._store.close())

    def _saved(self) -> Saved:
        """Ask a store opened anew what the last run left, and see that it is just what that one told of."""
        self.close()
        saved = self._runner.run(self._opened())
        told = super()._saved()
        assert (saved.cdrs, saved.entries, saved.balances) == (told.cdrs, told.entries, told.balances)
        assert (saved.last_cdr, saved.last_entry) == (told.last_cdr, told.last_entry)
        return saved

    def _build(self) -> Office:
        office = super()._build()
        assert self._store is not None
        self._store.buffer("office").attach(office.pbx)
        return office

    async def _opened(self) -> Saved:
        self._store = await Store.open(self._place, self._settings)
        saved, deliveries = await self._store.load("office")
        assert deliveries == []
        return saved


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(tariff=tariffs, steps=st.lists(steps_of_all_kinds, min_size=4, max_size=30))
def test_a_store_gives_back_every_entry_and_the_credit_goes_on(
    runner: asyncio.Runner, tariff: Tariff, steps: list[Step]
) -> None:
    with TemporaryDirectory() as folder:
        firm = StoredFirm(tariff, runner, folder)
        try:
            for step in [*steps, ("crash", 0)]:
                do(firm, step)
                firm.check()
        finally:
            firm.close()


@pytest.mark.slow
def test_charges_of_three_runs_are_in_one_ledger(runner: asyncio.Runner) -> None:
    with TemporaryDirectory() as folder:
        firm = StoredFirm(Tariff("all", (Rate(per_minute=60_000),)), runner, folder)
        for _ in range(3):
            firm.call(Order("100", "990100010", ChargeBasis.LEG, "shop"))
            firm.advance(20)
            firm.crash(0)
        firm.check()
        assert [entry.balance for entry in firm.office.pbx.ledger.of("shop")] == [
            10_000_000,
            9_990_000,
            9_980_000,
            9_970_000,
        ]
        firm.close()
