"""Webhooks that go wrong on purpose: what a real receiver hears, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import seconds
from pbxsim.pbx.notice import Retry
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.sinks.outbox.notice_faults import NoticeFault
from tests.receivers import reply
from tests.sinks.outbox.post_office import PaperStore, at, errors, only, states

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Notice
    from pbxsim.sinks.outbox.outbox import Outbox
    from tests.sinks.outbox.post_office import PostOffice

FAULTS = {
    "Late": NoticeFault("late", "fault 1: webhook-late", seconds(5)),
    "Twice": NoticeFault("twice", "fault 2: webhook-twice"),
    "Swapped": NoticeFault("out of order", "fault 3: webhook-out-of-order", seconds(60)),
    "Lost": NoticeFault("lost", "fault 4: webhook-lost"),
}


class ByEvent:
    """What befalls a notice is what its event is called."""

    def on_notice(self, vendor: str, notice: Notice) -> NoticeFault | None:
        """Look it up."""
        assert vendor == "acme"
        return FAULTS.get(notice.event)


def faulty(outbox: Outbox) -> Outbox:
    """Let things go wrong."""
    outbox.faults = ByEvent()
    return outbox


async def test_a_late_one_is_tried_so_much_later_and_those_behind_it_wait(post: PostOffice) -> None:
    outbox = faulty(post.open())
    post.post("Late")
    post.post()
    await post.advance(4.9)
    assert post.hook.heard == []
    await post.advance(0.1)
    assert post.hook.answered == [1, 2]
    assert [at(delivery) for delivery in outbox.known()] == [[5], [5]]


async def test_one_that_is_sent_twice_has_its_number_both_times(post: PostOffice) -> None:
    outbox = faulty(post.open())
    post.post("Twice")
    post.post()
    await post.advance(0)
    assert post.hook.answered == [1, 1, 2]
    first = next(iter(outbox.known()))
    assert [(made.status, made.error) for made in first.tries] == [(200, "fault 2: webhook-twice"), (200, "")]
    assert first.state is DeliveryState.DELIVERED


async def test_it_is_the_taking_that_is_lost_not_a_refusal(post: PostOffice) -> None:
    faulty(post.open())
    post.hook.replies.append(reply(500))
    post.post("Twice")
    await post.advance(1)
    assert [each.is_answered for each in post.hook.heard] == [False, True, True]


async def test_a_lost_one_is_never_sent_until_somebody_asks_for_it(post: PostOffice) -> None:
    outbox = faulty(post.open())
    post.post("Lost")
    await post.advance(100_000)
    delivery = only(outbox)
    assert (states(outbox), errors(delivery)) == ([DeliveryState.FAILED], ["fault 4: webhook-lost"])
    assert post.hook.heard == []
    await outbox.redeliver(1)
    await post.advance(0)
    assert post.hook.answered == [1]


async def test_one_out_of_order_comes_after_the_next_to_its_receiver(post: PostOffice) -> None:
    faulty(post.open(post.receiver(), post.receiver("acme:2")))
    post.post("Swapped")
    post.post(to="acme:2")
    await post.advance(1)
    assert post.hook.answered == [2]
    post.post()
    post.post()
    await post.advance(0)
    assert post.hook.answered == [2, 3, 1, 4]


async def test_one_that_none_overtakes_comes_when_its_time_is_over(post: PostOffice) -> None:
    outbox = faulty(post.open())
    post.post("Swapped")
    await post.advance(59)
    assert post.hook.heard == []
    await post.advance(1)
    assert post.hook.answered == [1]
    assert at(only(outbox)) == [60]
    assert post.driver.outside.next_due() is None


async def test_only_one_at_a_time_is_held_back(post: PostOffice) -> None:
    faulty(post.open())
    post.post("Swapped")
    post.post("Swapped")
    await post.advance(0)
    assert post.hook.answered == [2, 1]


async def test_what_is_held_back_at_the_end_is_left_to_the_store(post: PostOffice) -> None:
    store = PaperStore()
    outbox = faulty(post.open(record_store=store))
    post.post("Swapped")
    await post.advance(0)
    await outbox.close()
    assert post.driver.outside.next_due() is None
    assert [each.state for each in store.all()] == [DeliveryState.PENDING]
    await post.advance(60)
    assert post.hook.heard == []


async def test_what_is_held_back_is_not_forgotten_where_memory_is_short(post: PostOffice) -> None:
    outbox = faulty(post.open(post.receiver(), post.receiver("acme:2", retry=Retry()), most_bytes=5_000))
    post.post("Swapped")
    for _ in range(20):
        post.post(to="acme:2", body=b"x" * 1_000)
        await post.advance(0)
    assert 1 in [delivery.id for delivery in outbox.known()]
    await post.advance(60)
    assert post.hook.answered == [*range(2, 22), 1]
