"""The outbox: numbers, beginnings and ends, redelivery, what is held in memory, what an earlier run left."""

from __future__ import annotations

import pytest

from pbxsim.pbx.notice import Retry
from pbxsim.sinks.delivery import DeliveryState
from tests.receivers import hanging, reply, slow
from tests.sinks.outbox.post_office import PostOffice, at, errors, only, states


async def test_a_notice_is_delivered_when_the_barrier_is_passed(post: PostOffice) -> None:
    outbox = post.open()
    post.post("Cdr", call=7)
    await post.advance(0)
    delivery = only(outbox)
    assert (delivery.id, delivery.state, delivery.notice.call) == (1, DeliveryState.DELIVERED, 7)
    assert [(made.status, made.error) for made in delivery.tries] == [(200, "")]
    assert delivery.posted_at == delivery.due == delivery.tries[0].at == post.clock.now
    assert post.hook.answered == [1]


async def test_notices_that_work_of_the_clock_posts_are_delivered_before_advance_returns(post: PostOffice) -> None:
    outbox = post.open()
    for second in (1, 5, 5, 9):
        post.post_at(second)
    await post.advance(9)
    assert post.hook.answered == [1, 2, 3, 4]
    assert [at(delivery) for delivery in outbox.known()] == [[1], [5], [5], [9]]


async def test_numbers_go_on_from_the_first_one_given(post: PostOffice) -> None:
    outbox = post.open(first=41)
    post.post()
    post.post()
    await post.advance(0)
    assert [delivery.id for delivery in outbox.known()] == post.hook.answered == [41, 42]


async def test_what_is_posted_before_the_start_is_delivered_after_it(post: PostOffice) -> None:
    outbox = post.open(starts=False)
    post.post()
    await post.advance(0)
    assert post.hook.heard == []
    outbox.start()
    await post.advance(0)
    assert post.hook.answered == [1]


async def test_a_failed_try_leaves_a_timer_until_the_outbox_is_closed(post: PostOffice) -> None:
    outbox = post.open()
    await post.hook.go_down()
    post.post()
    await post.advance(0)
    assert post.driver.outside.next_due() == post.clock.now + 1_000_000
    await outbox.close()
    assert post.driver.outside.next_due() is None


async def test_a_cleared_outbox_breaks_off_and_tells_nobody_anything_any_more(post: PostOffice) -> None:
    outbox = post.open(post.receiver(timeout=30.0))
    post.hook.usual = hanging()
    post.post()
    post.post()
    await post.hook.has_heard(1)
    outbox.clear()
    post.hook.usual = reply()
    post.post()
    await outbox.close()
    await post.advance(86_400)
    assert len(post.hook.heard) == 1
    assert len(post.driver.outside) == 0


@pytest.mark.slow
async def test_a_try_that_is_being_made_when_the_outbox_closes_is_finished_and_no_other_begun(post: PostOffice) -> None:
    outbox = post.open(post.receiver(timeout=30.0))
    post.hook.usual = slow(0.1, reply())
    post.post()
    post.post()
    await post.hook.has_heard(1)
    await outbox.close()
    assert states(outbox) == ["delivered", "pending"]


async def test_a_receiver_that_nobody_configured_fails_at_once(post: PostOffice) -> None:
    outbox = post.open()
    post.post(to="nobody")
    post.post()
    await post.advance(0)
    nobody, acme = outbox.known()
    assert (nobody.state, errors(nobody)) == (DeliveryState.FAILED, ["no receiver of that name is configured"])
    assert acme.state is DeliveryState.DELIVERED


async def test_a_notice_for_another_server_than_the_configured_one_fails_at_once(post: PostOffice) -> None:
    outbox = post.open()
    post.post(url="http://127.0.0.1:9/hook")
    await post.advance(0)
    assert errors(only(outbox)) == [
        f"it is for http://127.0.0.1:9, and its receiver is at http://127.0.0.1:{post.hook.port} now"
    ]
    assert only(outbox).state is DeliveryState.FAILED


async def test_redelivery_goes_to_the_end_of_the_order(post: PostOffice) -> None:
    outbox = post.open()
    for event in "abc":
        post.post(event)
    await post.advance(0)
    post.hook.replies.append(reply(500))
    post.post("d")
    again = await outbox.redeliver(2)
    assert again is not None
    assert (again.state, again.redelivered) == (DeliveryState.PENDING, 1)
    post.post("e")
    await post.advance(1)
    assert post.hook.answered == [1, 2, 3, 4, 2, 5]
    assert again.state is DeliveryState.DELIVERED
    assert len(again.tries) == 2


async def test_redelivery_of_what_was_given_up_begins_its_tries_anew(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(give_up=3)))
    post.hook.usual = reply(500)
    post.post()
    await post.advance(100)
    assert (at(only(outbox)), only(outbox).state) == ([0, 1, 3], DeliveryState.FAILED)
    await outbox.redeliver(1)
    await post.advance(1)
    assert (at(only(outbox)), only(outbox).state) == ([0, 1, 3, 100, 101], DeliveryState.PENDING)


async def test_redelivery_of_what_waits_for_its_next_try_makes_it_now(post: PostOffice) -> None:
    outbox = post.open()
    post.hook.replies.extend([reply(500)] * 3)
    post.post()
    await post.advance(3)
    await outbox.redeliver(1)
    await outbox.tried()
    assert (at(only(outbox)), only(outbox).state) == ([0, 1, 3, 3], DeliveryState.DELIVERED)
    assert post.driver.outside.next_due() is None, "the timer of the try that was to come is gone"


async def test_redelivery_of_what_nobody_knows(post: PostOffice) -> None:
    assert await post.open().redeliver(7) is None
