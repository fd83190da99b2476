"""What waits, in memory and in a store: it leaves when it lasts, none of it is lost, and memory has an end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import HOUR
from pbxsim.pbx.notice import Notice, Retry
from pbxsim.sinks.delivery import Delivery, DeliveryState
from pbxsim.sinks.outbox import cache, pending
from pbxsim.sinks.outbox import outbox as outbox_module
from tests.receivers import hanging, reply
from tests.sinks.outbox.post_office import PaperStore, PostOffice, at, only, states

if TYPE_CHECKING:
    from tests.receivers import WebReceiver


async def test_nothing_leaves_before_it_lasts_and_the_barrier_does_not_wait_for_that(post: PostOffice) -> None:
    record_store = PaperStore(at_once=False)
    outbox = post.open(record_store=record_store)
    post.post("a")
    post.post("b")
    await post.advance(60)
    assert post.hook.heard == []
    assert outbox.waiting == {}
    record_store.settle()
    await outbox.tried()
    assert post.hook.answered == [1, 2]
    assert [delivery.state for delivery in record_store.all()] == [DeliveryState.DELIVERED] * 2


async def test_each_try_is_put_into_the_record_store(post: PostOffice) -> None:
    record_store = PaperStore()
    post.open(record_store=record_store)
    post.hook.replies.append(reply(500))
    post.post()
    await post.advance(0)
    (kept,) = record_store.all()
    assert (kept.state, at(kept), kept.due - kept.posted_at) == (DeliveryState.PENDING, [0], 1_000_000)


async def test_what_is_more_than_memory_holds_waits_in_the_store(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "HELD", 10)
    monkeypatch.setattr(cache, "NEWEST", 5)
    record_store = PaperStore()
    outbox = post.open(record_store=record_store)
    await post.hook.go_down()
    for _ in range(35):
        post.post()
    await post.advance(0)
    assert [delivery.id for delivery in outbox.known()] == [*range(1, 11), *range(31, 36)]
    assert outbox.waiting == {"acme": 35}
    await post.hook.come_up()
    await post.advance(1)
    assert post.hook.answered == list(range(1, 36))
    assert record_store.asked == [("acme", 10), ("acme", 20), ("acme", 30)]
    assert {delivery.state for delivery in record_store.all()} == {DeliveryState.DELIVERED}
    assert [delivery.id for delivery in outbox.known()] == list(range(31, 36))
    assert outbox.waiting == {"acme": 0}


@pytest.mark.slow
async def test_one_advance_tries_all_that_an_earlier_run_left_also_what_memory_does_not_hold(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "HELD", 10)

    class Distant(PaperStore):
        """A store whose answer takes a moment."""

        async def pending(self, receiver: str, after: int, limit: int) -> list[Delivery]:
            over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(0.02, over.set_result, None)
            await over
            return await super().pending(receiver, after, limit)

    record_store = Distant()
    await post.hook.go_down()
    before = post.open(record_store=record_store)
    for _ in range(35):
        post.post()
    await before.close()
    await post.hook.come_up()
    post.open(record_store=record_store, deliveries=record_store.all(), first=36)
    await post.advance(0)
    assert post.hook.answered == list(range(1, 36))


async def test_what_comes_while_the_store_is_asked_keeps_its_place(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "HELD", 2)

    class Chatty(PaperStore):
        """A store during whose reading something else is posted, three times."""

        async def pending(self, receiver: str, after: int, limit: int) -> list[Delivery]:
            found = list(await super().pending(receiver, after, limit))
            if len(self.rows) < 10:
                post.post()
            return found

    outbox = post.open(record_store=Chatty())
    for _ in range(7):
        post.post()
    await post.advance(0)
    await outbox.tried()
    assert post.hook.answered == list(range(1, 11))


async def test_a_store_that_does_not_answer_is_asked_again_later(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pending, "HELD", 1)
    record_store = PaperStore()
    outbox = post.open(record_store=record_store)
    for _ in range(4):
        post.post()
    record_store.is_silent = True
    await post.advance(0)
    assert post.hook.answered == [1]
    assert "the store did not give what waits: OSError" in caplog.text
    record_store.is_silent = False
    await post.advance(5)
    assert post.hook.answered == [1, 2, 3, 4]
    await outbox.close()
    assert len(post.driver.outside) == 0


async def test_without_a_store_the_oldest_are_dropped_when_there_is_no_room(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pending, "HELD_WITHOUT_STORE", 3)
    outbox = post.open()
    post.hook.replies.append(reply(500))
    post.post()
    await post.advance(0)
    for _ in range(5):
        post.post()
    await post.advance(1)
    assert post.hook.answered == [1, 4, 5, 6]
    assert states(outbox) == ["delivered", "failed", "failed", "delivered", "delivered", "delivered"]
    assert (outbox.dropped, outbox.delivered, outbox.waiting) == (2, 4, {"acme": 0})
    assert caplog.text.count("more waiting than there is room for") == 1


async def test_after_a_restart_what_waited_comes_first_and_numbers_go_on(post: PostOffice, hook: WebReceiver) -> None:
    record_store = PaperStore()
    before = post.open(record_store=record_store)
    post.post("a")
    await post.advance(0)
    await hook.go_down()
    post.post("b")
    post.post("c")
    await post.advance(HOUR / 1_000_000)
    await before.close()
    await hook.come_up()

    again = PostOffice(hook)  # another process, whose clock begins where that one began
    loaded = record_store.all()
    outbox = again.open(record_store=record_store, deliveries=loaded, first=4, starts=False)
    again.post("d")
    assert states(outbox) == ["delivered", "pending", "pending", "pending"]
    outbox.start()
    await again.advance(0)
    assert hook.answered == [1, 2, 3, 4]
    assert states(outbox) == ["delivered"] * 4
    assert record_store.asked == [], "what was loaded is all that waited"
    assert len(record_store.all()[1].tries) == 16, "those of the first run too"
    assert outbox.waiting == {"acme": 0}
    await again.close()


async def test_whoever_is_killed_before_noting_a_reply_sends_it_again_with_the_same_number(
    post: PostOffice, hook: WebReceiver
) -> None:
    record_store = PaperStore()
    post.open(record_store=record_store)
    post.post()
    loaded = record_store.all()
    await post.advance(0)
    again = PostOffice(hook)
    again.open(record_store=record_store, deliveries=loaded, first=2)
    await again.advance(0)
    assert [heard.delivery for heard in hook.heard] == [1, 1]
    await again.close()


async def test_who_takes_over_sends_what_did_not_last_yet_when_it_lasts_and_once(
    post: PostOffice, hook: WebReceiver
) -> None:
    record_store = PaperStore(at_once=False)
    before = post.open(record_store=record_store)
    post.post("a")
    record_store.settle()
    post.post("b")
    assert (before.lasting, before.last_number) == (1, 2)
    before.clear()
    again = PostOffice(hook)
    outbox = again.open(record_store=record_store, deliveries=tuple(before.known()), first=3, lasting=before.lasting)
    again.post("c")
    await again.advance(60)
    assert [heard.delivery for heard in hook.heard] == [1], "nothing leaves before it lasts"
    assert states(outbox) == ["delivered", "pending", "pending"]
    record_store.settle()
    await again.advance(0)
    assert [heard.delivery for heard in hook.heard] == [1, 2, 3]
    assert outbox.waiting == {"acme": 0}
    await again.close()


async def test_who_takes_over_asks_the_store_for_what_the_one_before_did_not_hold(
    post: PostOffice, hook: WebReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "HELD", 2)
    monkeypatch.setattr(cache, "NEWEST", 3)
    record_store = PaperStore()
    before = post.open(post.receiver(), post.receiver("other"), record_store=record_store, starts=False)
    for receiver in ("acme", "acme", "acme", "acme", "other", "other", "other", "other"):
        post.post(to=receiver)
    assert before.has_more_stored
    assert [delivery.id for delivery in before.known()] == [1, 2, 5, 6, 7, 8]
    again = PostOffice(hook)
    receivers = again.receiver(), again.receiver("other")
    loaded, more = tuple(before.known()), before.has_more_stored
    again.open(*receivers, record_store=record_store, deliveries=loaded, first=9, is_more_stored=more)
    await again.advance(0)
    assert sorted(hook.answered) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [number for number in hook.answered if number < 5] == [1, 2, 3, 4]
    await before.close()
    await again.close()


async def test_a_cleared_outbox_sends_nothing_again_that_the_store_gives_late(post: PostOffice) -> None:
    record_store = PaperStore()
    outbox = post.open(record_store=record_store)
    notice = Notice(receiver="acme", event="Cdr", url="http://x/")
    record_store.rows[7] = Delivery(id=7, notice=notice, posted_at=0, due=0)
    asked = asyncio.create_task(outbox.redeliver(7))
    outbox.clear()
    assert await asked is None
    assert record_store.rows[7].redelivered == 0


@pytest.mark.parametrize("held", [4, 100])
async def test_after_a_restart_the_store_gives_what_was_not_loaded(
    post: PostOffice, hook: WebReceiver, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr(pending, "HELD", held)
    monkeypatch.setattr(outbox_module, "LOADED", 6)
    record_store = PaperStore()
    for_paper = post.open(record_store=record_store, starts=False)
    for _ in range(11):
        post.post()
    await for_paper.close()
    again = PostOffice(hook)
    outbox = again.open(record_store=record_store, deliveries=record_store.all()[:6], first=12, starts=False)
    again.post()
    outbox.start()
    await again.advance(0)
    assert hook.answered == list(range(1, 13))
    assert outbox.waiting == {"acme": 0}
    await again.close()


async def test_after_a_restart_the_time_until_it_is_given_up_counts_anew_for_nothing_ran_meanwhile(
    post: PostOffice, hook: WebReceiver
) -> None:
    record_store = PaperStore()
    retry = Retry(first=10, factor=1, give_up=25)
    before = post.open(post.receiver(retry=retry), record_store=record_store)
    hook.usual = reply(500)
    post.post()
    await post.advance(12)
    await before.close()
    outbox = post.open(post.receiver(retry=retry), record_store=record_store, deliveries=record_store.all(), first=2)
    await post.advance(100)
    assert (at(only(outbox)), states(outbox)) == ([0, 10, 12, 22, 32], ["failed"])


async def test_deliveries_for_somebody_who_is_not_configured_any_more_fail(post: PostOffice, hook: WebReceiver) -> None:
    record_store = PaperStore()
    before = post.open(post.receiver("old"), record_store=record_store, starts=False)
    post.post(to="old")
    await before.close()
    outbox = post.open(post.receiver("new"), record_store=record_store, deliveries=record_store.all(), first=2)
    await post.advance(0)
    assert (states(outbox), hook.heard) == (["failed"], [])


async def test_a_delivery_that_only_the_store_has_can_be_sent_once_more(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "NEWEST", 1)
    record_store = PaperStore()
    outbox = post.open(record_store=record_store)
    post.post("a")
    post.post("b")
    await post.advance(0)
    assert [delivery.id for delivery in outbox.known()] == [2]
    again = await outbox.redeliver(1)
    assert again is not None
    assert [delivery.id for delivery in outbox.known()] == [1, 2]
    await post.advance(0)
    assert post.hook.answered == [1, 2, 1]
    assert [delivery.id for delivery in outbox.known()] == [2]
    assert (record_store.all()[0].redelivered, len(record_store.all()[0].tries)) == (1, 2)


async def test_what_is_sent_once_more_goes_behind_what_waits_in_the_store(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "HELD", 1)
    outbox = post.open(record_store=PaperStore())
    post.post("a")
    await post.advance(0)
    post.hook.replies.append(reply(500))
    for event in "bcde":
        post.post(event)
    await post.advance(0)
    await outbox.redeliver(1)
    await post.advance(1)
    assert post.hook.answered == [1, 2, 3, 4, 5, 1]


@pytest.mark.slow
async def test_closing_does_not_wait_for_a_receiver_that_hangs(post: PostOffice) -> None:
    record_store = PaperStore()
    outbox = post.open(post.receiver(timeout=600.0), record_store=record_store)
    post.hook.usual = hanging()
    post.post()
    await post.hook.has_heard(1)
    await outbox.close()
    assert states(outbox) == ["pending"]
    assert at(record_store.all()[0]) == [], "it is sent again after the next start"
