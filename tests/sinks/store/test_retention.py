"""What is older than the store is to keep goes; numbers and balances go on as if it were there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import HOUR
from pbxsim.pbx.ledger import EntryKind
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.testing.office import START
from tests.sinks.store.desk import cdr, delivery, entry

if TYPE_CHECKING:
    from tests.sinks.store.desk import Desk

DAY = 24 * HOUR


@pytest.mark.slow
async def test_old_records_bookings_and_finished_deliveries_go(desk: Desk) -> None:
    buffer = await desk.open(keep_days=2)
    for number in range(1, 6):
        now = START + number * DAY
        desk.tell(cdr(number, start=now - 1, end=now), entry(number, balance=-number * 1_000_000, at=now))
        state = DeliveryState.PENDING if number == 1 else DeliveryState.DELIVERED
        one = delivery(number, state=state)
        one.posted_at = now
        buffer.post(one)
        await buffer.settled()
    saved, found = await desk.load()
    assert [one.id for one in saved.cdrs] == [3, 4, 5]
    assert [one.id for one in found] == [1, 3, 4, 5]
    assert [(one.id, one.kind, one.amount, one.number) for one in saved.entries] == [
        (2, EntryKind.OPENING, -2_000_000, ""),
        (3, EntryKind.CHARGE, -1_000_000, "602"),
        (4, EntryKind.CHARGE, -1_000_000, "602"),
        (5, EntryKind.CHARGE, -1_000_000, "602"),
    ]
    assert sum(one.amount for one in saved.entries) == saved.balances["duocom"][0] == -5_000_000


@pytest.mark.slow
async def test_the_last_of_everything_stays_however_old(desk: Desk) -> None:
    buffer = await desk.open(keep_days=1)
    desk.tell(cdr(7), entry(8, account="a", amount=-3, balance=-3))
    buffer.post(delivery(9, state=DeliveryState.DELIVERED))
    await buffer.settled()
    desk.tell(entry(10, account="b", amount=5, balance=5, at=START + 40 * DAY))
    await buffer.settled()
    saved, found = await desk.load()
    assert (saved.last_cdr, saved.last_entry, saved.last_notice) == (7, 10, 9)
    assert {name: balance for name, (balance, _) in saved.balances.items()} == {"a": -3, "b": 5}
    assert [one.id for one in found] == [9]


@pytest.mark.slow
async def test_nothing_goes_unless_somebody_asks_for_it(desk: Desk) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1))
    await buffer.settled()
    desk.tell(cdr(2, end=START + 10_000 * DAY))
    saved, _ = await desk.load()
    assert [one.id for one in saved.cdrs] == [1, 2]
