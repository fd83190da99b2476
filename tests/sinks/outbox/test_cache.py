"""How much memory deliveries take: those that are done, and those that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.notice import Notice
from pbxsim.sinks.delivery import Delivery, DeliveryState, Try
from pbxsim.sinks.outbox.cache import DeliveryCache
from pbxsim.sinks.outbox.pending import size_of
from tests.sinks.outbox.post_office import PaperStore, PostOffice

if TYPE_CHECKING:
    import pytest

LONG = b"x" * 200_000
MOST = 1_000_000


def delivery(number: int, body: bytes = b"") -> Delivery:
    """Make a delivery that is done."""
    notice = Notice(receiver="acme", event="x", url="http://a/", body=body)
    return Delivery(id=number, notice=notice, posted_at=0, due=0, state=DeliveryState.DELIVERED)


def test_a_delivery_takes_its_texts_and_those_of_its_tries() -> None:
    bare, full = delivery(1), delivery(1, b"x" * 1_000)
    full.tries = [Try(at=0, reply="y" * 500, error="č" * 100)]
    assert size_of(full) - size_of(bare) >= 1_000 + 500 + 400


def test_what_is_done_is_forgotten_the_oldest_first_and_what_waits_stays() -> None:
    held = {2}
    cache = DeliveryCache(0, lambda each: each.id in held, 10_000)
    for number in range(1, 9):
        made = delivery(number, b"x" * 2_000)
        cache.add(made)
        cache.loosen(made)
    assert [each.id for each in cache.behind(0)] == [2, 7, 8]
    assert cache.kept_bytes == sum(map(size_of, cache.behind(0))) <= 10_000
    held.clear()
    cache.loosen(delivery(2))
    assert len(cache) == 3


async def test_without_a_store_the_oldest_are_dropped_where_they_take_too_much(
    post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = post.open(starts=False, most_bytes=MOST)
    for _ in range(20):
        post.post(method="POST", body=LONG)
    assert outbox.kept_bytes <= MOST + 200_000 + 1_000
    assert outbox.dropped > 10
    assert outbox.remembered == 20 - outbox.dropped == outbox.waiting["acme"]
    assert caplog.text.count("more waiting than there is room for") == 1
    outbox.start()
    await post.advance(1)
    assert post.hook.answered == list(range(outbox.dropped + 1, 21))


async def test_what_takes_too_much_stays_in_the_store_and_comes_in_its_order(post: PostOffice) -> None:
    record_store = PaperStore()
    outbox = post.open(record_store=record_store, most_bytes=MOST)
    for _ in range(20):
        post.post(method="POST", body=LONG)
        assert outbox.kept_bytes <= MOST + 200_000 + 1_000
    assert outbox.remembered < 8
    await post.advance(0)
    await post.advance(10)
    assert post.hook.answered == list(range(1, 21))
    assert (outbox.dropped, outbox.delivered, outbox.waiting) == (0, 20, {"acme": 0})
    assert outbox.kept_bytes <= MOST
