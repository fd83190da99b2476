"""Where and when a new run of a PBX goes on: behind all that an earlier one stored, in time and in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.sinks.delivery import DeliveryState, Try
from pbxsim.sinks.store.reading import NUMBERS_SKIPPED
from pbxsim.testing.office import START
from tests.sinks.store.desk import cdr, delivery

if TYPE_CHECKING:
    from tests.sinks.store.desk import Desk


@pytest.mark.slow
@pytest.mark.parametrize("state", list(DeliveryState))
async def test_a_new_run_does_not_begin_before_the_last_try_of_a_delivery(desk: Desk, state: DeliveryState) -> None:
    buffer = await desk.open()
    desk.tell(cdr(1))
    late = cdr(1).end + 86_400_000_000
    buffer.post(delivery(1, state=state, tries=[Try(at=START), Try(at=late, status=500)]))
    buffer.post(delivery(2))
    saved, _ = await desk.load()
    assert saved.now == late + SECOND


@pytest.mark.slow
async def test_calls_that_a_kill_ended_are_known_by_what_was_told_of_them(desk: Desk) -> None:
    buffer = await desk.open()
    buffer.post(delivery(1, posted_at=START))
    saved, _ = await desk.load()
    assert (saved.last_call, saved.now) == (1 + NUMBERS_SKIPPED, START + SECOND)
    buffer = await desk.open()
    buffer.post(delivery(saved.last_call + 1, posted_at=saved.now))
    again, _ = await desk.load()
    assert (again.last_call, again.now) == (1 + 2 * NUMBERS_SKIPPED + 1, START + 2 * SECOND)


@pytest.mark.slow
async def test_a_pbx_may_be_taken_while_records_of_another_are_being_written(desk: Desk) -> None:
    await desk.open()
    assert desk.store is not None
    for number in range(1, 31):
        desk.tell(*(cdr(100 * number + more) for more in range(50)))
        await desk.store.load(f"pbx{number}")
    assert desk.store.health.error == ""
    saved, _ = await desk.load(newest=10_000)
    assert len(saved.cdrs) == 1_500
