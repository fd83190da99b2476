"""One receiver's order: whatever it does, it gets everything, one after the other, and nobody waits for long."""

from __future__ import annotations

import asyncio
from email.utils import formatdate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND, iso
from pbxsim.pbx.notice import Retry
from pbxsim.sinks.delivery import DeliveryState
from tests.receivers import WebReceiver, closing, closing_mid_reply, hanging, raw, reply, slow
from tests.sinks.outbox.post_office import PostOffice, at, errors, first_of, only, states


@pytest.mark.parametrize(
    ("bad", "status", "error"),
    [
        (reply(500, b"oops"), 500, "HTTP 500: Internal Server Error"),
        (reply(429), 429, "HTTP 429: Too Many Requests"),
        (reply(302, Location="/elsewhere"), 302, "HTTP 302: redirects are not followed"),
        (reply(999), 999, "HTTP 999: no status that HTTP knows"),
        (closing_mid_reply(), 200, "the reply broke off"),
        (closing(), 0, "the receiver closed the connection without a reply"),
        (raw(b"SSH-2.0-OpenSSH\r\n\r\n", closes=True), 0, "the reply is no HTTP that a client can read"),
        (hanging(), 0, "no reply within 0.25 s"),
        (hanging(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), 200, "the reply did not end within 0.25 s"),
    ],
    ids=["500", "429", "redirect", "999", "mid-reply", "no reply", "no HTTP", "hangs", "hangs mid-reply"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_failed_try_is_told_and_the_next_comes_a_second_later_and_delivers(
    post: PostOffice, bad: object, status: int, error: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = post.open(post.receiver(timeout=0.25 if "within 0.25 s" in error else 10.0))
    post.hook.replies.append(bad)  # type: ignore[arg-type]  # a table's cell
    post.post("a", method=method, body=b"x" if method == "POST" else b"")
    post.post("b", method=method)
    await post.advance(0)
    first, second = outbox.known()
    assert [(made.status, made.error[: len(error)]) for made in first.tries] == [(status, error)]
    assert len(post.hook.heard) == 1, "neither a hidden second try, nor the next before the first"
    assert second.tries == []
    (line,) = caplog.messages
    assert f"delivery {first.id} ({first.notice.event}), try 1: {error}" in line
    assert line.endswith(f"; the next at {iso(first.due)}")
    await post.advance(0.999)
    assert len(post.hook.heard) == 1
    await post.advance(0.001)
    assert at(first) == [0, 1]
    assert post.hook.answered == [1, 2]
    assert states(outbox) == ["delivered", "delivered"]


@pytest.mark.slow
async def test_a_slow_receiver_gets_everything_in_order(post: PostOffice) -> None:
    outbox = post.open()
    post.hook.usual = slow(0.02, reply(201, b"taken"))
    for event in "abcde":
        post.post(event)
    await post.advance(0)
    assert [heard.target for heard in post.hook.heard] == [f"/hook?e={event}" for event in "abcde"]
    assert all(made.took >= 20 for delivery in outbox.known() for made in delivery.tries)
    assert [delivery.tries[0].reply for delivery in outbox.known()] == ["taken"] * 5


async def test_down_for_an_hour_then_back_delivers_all_in_order_once(post: PostOffice) -> None:
    outbox = post.open()
    await post.hook.go_down()
    for minute in range(60):
        post.post_at(minute * 60)
    await post.advance(3600)
    first, *others = outbox.known()
    # after 1, 2, 4 … 512 seconds, then every ten minutes
    assert at(first) == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1623, 2223, 2823, 3423]
    assert set(errors(first)) == {f"cannot connect to 127.0.0.1 port {post.hook.port}: Connection refused"}
    assert {len(delivery.tries) for delivery in others} == {0}
    await post.hook.come_up()
    await post.advance(422)
    assert post.hook.heard == []
    await post.advance(1)
    assert post.hook.answered == list(range(1, 61))
    assert len(post.hook.heard) == 60
    assert set(states(outbox)) == {"delivered"}
    assert at(others[0]) == [4023], "whoever waited is tried when its turn has come"


@pytest.mark.slow
async def test_a_receiver_that_hangs_costs_one_timeout_an_advance(post: PostOffice) -> None:
    outbox = post.open(post.receiver(timeout=0.25))
    post.hook.usual = hanging()
    post.post()
    post.post()
    await post.advance(3600)
    assert at(first_of(outbox)) == [0]
    await post.advance(3600)
    assert len(first_of(outbox).tries) == 2
    post.hook.usual = reply()
    await post.advance(3600)
    assert post.hook.answered == [1, 2]


async def test_one_receiver_that_hangs_does_not_hold_up_another(post: PostOffice) -> None:
    other = await WebReceiver.started()
    bad = post.receiver("bad", timeout=30.0)
    good = post.receiver("good", address=other.url)
    outbox = post.open(bad, good)
    post.hook.usual = hanging()
    post.post(to="bad")
    for _ in range(10):
        post.post(to="good", url=other.url)
    await other.has_heard(10)
    assert outbox.waiting["bad"] == 1
    assert other.answered == list(range(2, 12))
    outbox.clear()
    await other.go_down()


async def test_whoever_takes_nothing_for_long_enough_does_not_get_it_and_the_next_goes_on(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(first=1, factor=2, longest=4, give_up=10)))
    post.hook.replies.extend([reply(503)] * 4)
    post.post("a")
    post.post("b")
    await post.advance(60)
    first, second = outbox.known()
    assert (at(first), first.state) == ([0, 1, 3, 7], DeliveryState.FAILED), "the next would be at 11"
    assert (at(second), second.state) == ([7], DeliveryState.DELIVERED)
    assert (outbox.failed, outbox.delivered, outbox.tries, outbox.posted) == (1, 1, 5, 2)
    assert outbox.waiting == {"acme": 0}


async def test_give_up_zero_is_one_try(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(give_up=0)))
    post.hook.usual = reply(500)
    post.post()
    await post.advance(3600)
    assert (at(only(outbox)), only(outbox).state) == ([0], DeliveryState.FAILED)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 499])
async def test_a_notice_that_will_never_be_taken_is_tried_once_and_the_next_goes_on(
    post: PostOffice, status: int
) -> None:
    outbox = post.open()
    post.hook.replies.append(reply(status, Retry_After="5"))
    post.post("a")
    post.post("b")
    await post.advance(0)
    first, second = outbox.known()
    assert (at(first), first.state, at(second), second.state) == (
        [0],
        DeliveryState.FAILED,
        [0],
        DeliveryState.DELIVERED,
    )
    assert first.tries[0].error.startswith(f"HTTP {status}: ")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("wait", [2, 120, 3600])
async def test_a_receiver_that_asks_for_patience_is_not_tried_before(post: PostOffice, status: int, wait: int) -> None:
    outbox = post.open()
    post.hook.replies.append(reply(status, Retry_After=str(wait)))
    post.post("a")
    post.post("b")
    await post.advance(wait - 0.001)
    first, second = outbox.known()
    assert (at(first), at(second)) == ([0], [])
    assert first.tries[0].error.endswith(f", Retry-After: {wait}")
    await post.advance(0.001)
    assert (at(first), at(second), states(outbox)) == ([0, wait], [wait], ["delivered", "delivered"])


@pytest.mark.parametrize(
    ("date", "asked"),
    [
        ("Sat, 28 Nov 2026 22:00:00 GMT", "Sat, 28 Nov 2026 22:02:00 GMT"),
        ("Saturday, 28-Nov-26 22:00:00 GMT", "Sat Nov 28 22:02:00 2026"),
        ("Tue, 01 Jan 2030 00:00:00 GMT", "Tue, 01 Jan 2030 00:02:00 GMT"),
        ("Tue, 01 Jan 2002 00:00:00 GMT", "Tue, 01 Jan 2002 00:02:00 GMT"),
    ],
)
async def test_a_date_counts_from_the_receivers_own(post: PostOffice, date: str, asked: str) -> None:
    outbox = post.open()
    post.hook.replies.append(reply(503, Date=date, Retry_After=asked))
    post.post()
    await post.advance(600)
    assert at(only(outbox)) == [0, 120]


@pytest.mark.parametrize("date", ["Tue, 01 Jan 2002 00:00:00 GMT", "Tue, 01 Jan 2030 00:00:00 GMT"])
async def test_a_date_of_the_pbxs_clock_is_that_moment(post: PostOffice, date: str) -> None:
    outbox = post.open()
    until = formatdate(post.clock.now / SECOND + 90, usegmt=True)
    post.hook.replies.append(reply(429, Date=date, Retry_After=until))
    post.post()
    await post.advance(600)
    assert at(only(outbox)) == [0, 90]


@pytest.mark.parametrize("asked", ["", "soon", "-5", "1.5", "0", "Sat, 28 Nov 2026", "9" * 40, "٣"])
async def test_what_asks_for_nothing_is_tried_again_as_ever(post: PostOffice, asked: str) -> None:
    outbox = post.open()
    post.hook.replies.append(reply(503, Retry_After=asked.encode().decode("latin-1")))
    post.post()
    await post.advance(2)
    assert at(only(outbox)) == [0, 1]


async def test_a_pause_is_never_shorter_than_the_usual_one(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(first=10, factor=2)))
    post.hook.replies.extend([reply(503, Retry_After="3")] * 2)
    post.post()
    await post.advance(60)
    assert at(only(outbox)) == [0, 10, 30]


async def test_more_patience_than_there_is_time_gives_it_up(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(give_up=100)))
    post.hook.replies.append(reply(503, Retry_After="101"))
    post.post("a")
    post.post("b")
    await post.advance(0)
    assert states(outbox) == ["failed", "delivered"]


@pytest.mark.parametrize("bad", [reply(500), reply(503), reply(302), reply(429)], ids=["500", "503", "302", "429"])
async def test_a_notice_that_is_answered_and_not_taken_gives_way_after_an_hour(post: PostOffice, bad: object) -> None:
    outbox = post.open()
    post.hook.usual = bad  # type: ignore[assignment]  # a table's cell
    post.post("a")
    post.post("b")
    await post.advance(3000)
    post.hook.usual = reply()
    post.hook.replies.extend([bad] * 2)  # type: ignore[list-item]
    await post.advance(1200)
    first, second = outbox.known()
    assert (first.state, second.state) == (DeliveryState.FAILED, DeliveryState.DELIVERED)
    assert at(first)[-1] == at(second)[0]
    assert at(first)[-1] <= 3600


async def test_where_nobody_waits_behind_it_it_is_tried_for_a_day(post: PostOffice) -> None:
    outbox = post.open()
    post.hook.usual = reply(500)
    post.post()
    await post.advance(20_000)
    assert only(outbox).state is DeliveryState.PENDING


async def test_a_receiver_that_is_down_keeps_everything_in_order_however_long(post: PostOffice) -> None:
    outbox = post.open()
    await post.hook.go_down()
    post.post("a")
    post.post("b")
    await post.advance(20_000)
    assert states(outbox) == ["pending", "pending"]


async def test_a_receiver_does_not_decide_where_the_clock_stands(post: PostOffice) -> None:
    outbox = post.open()
    await post.hook.go_down()
    post.post()
    post.post_at(5)
    assert await post.driver.run_until_idle(7 * 86_400_000_000)
    assert (post.now, at(next(outbox.known()))) == (5, [0, 1, 3])
    assert not await post.driver.run_next()
    assert (post.now, post.clock.next_due()) == (5, None)


async def test_what_waits_behind_a_dead_receiver_is_given_up_when_its_own_time_is_over(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(first=10, factor=1, give_up=100)))
    await post.hook.go_down()
    for second in (0, 0, 50, 95, 150):
        post.post_at(second)
    await post.advance(150)
    states = [(delivery.state.value, len(delivery.tries)) for delivery in outbox.known()]
    assert states == [("failed", 11), ("failed", 1), ("failed", 6), ("pending", 1), ("pending", 0)]
    assert next(delivery for delivery in outbox.known(1)).tries[0].error.startswith("not tried: its receiver has taken")
    await post.hook.come_up()
    await post.advance(10)
    assert post.hook.answered == [4, 5]


@pytest.mark.slow
async def test_what_nobody_takes_is_given_up_a_day_after_its_first_try(post: PostOffice) -> None:
    outbox = post.open()
    await post.hook.go_down()
    post.post()
    await post.advance(86_400 - 600)
    assert only(outbox).state is DeliveryState.PENDING
    await post.advance(600)
    assert only(outbox).state is DeliveryState.FAILED
    assert len(only(outbox).tries) == 153
    assert post.driver.outside.next_due() is None


@pytest.mark.slow
async def test_the_barrier_waits_for_what_is_due_and_not_for_what_comes_later(post: PostOffice) -> None:
    outbox = post.open(post.receiver(timeout=30.0))
    gate = asyncio.Event()

    async def opens(writer: asyncio.StreamWriter) -> bool:
        await gate.wait()
        return await reply()(writer)

    post.hook.usual = opens
    post.post()
    barrier = asyncio.ensure_future(outbox.tried())
    await post.hook.has_heard(1)
    post.hook.usual = hanging()
    post.post()
    assert not barrier.done()
    gate.set()
    await barrier
    assert post.hook.answered == [1]
    await post.hook.has_heard(2)


async def test_whoever_waits_for_the_barrier_can_give_up(post: PostOffice) -> None:
    outbox = post.open(post.receiver(timeout=30.0))
    post.hook.replies.append(slow(0.05, reply()))
    post.post()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(outbox.tried(), 0.001)
    await outbox.tried()
    assert post.hook.answered == [1]


@pytest.mark.slow
async def test_on_a_running_clock_a_try_takes_the_time_that_it_takes(post: PostOffice) -> None:
    post.driver.set_rate(100)
    outbox = post.open()
    post.hook.replies.append(slow(0.1, reply(500)))
    post.post()
    await post.hook.has_heard(2)
    await outbox.tried()
    first, second = at(only(outbox))
    assert second - first >= 11, "ten seconds of the clock for the try, one for the back-off"
    assert only(outbox).state is DeliveryState.DELIVERED


@pytest.mark.slow
async def test_on_a_running_clock_retries_come_by_themselves(post: PostOffice) -> None:
    post.driver.set_rate(100)
    outbox = post.open()
    post.hook.replies.extend([reply(500)] * 5)
    post.post()
    await post.hook.has_heard(6)
    await outbox.tried()
    assert only(outbox).state is DeliveryState.DELIVERED


@pytest.mark.slow
async def test_of_very_many_tries_the_first_and_the_newest_are_remembered(post: PostOffice) -> None:
    outbox = post.open(post.receiver(retry=Retry(first=1, factor=1, longest=1, give_up=1000)))
    post.hook.usual = reply(500)
    post.post()
    await post.advance(300)
    assert at(only(outbox)) == [0, *range(102, 301)]
    assert outbox.tries == 301


_OUTCOMES = {"good": reply, "bad": lambda: reply(500), "cut": closing_mid_reply, "shut": closing}


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fates=st.lists(st.sampled_from(sorted(_OUTCOMES)), max_size=12),
    moves=st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0, 7.0, 100.0])), max_size=8),
)
def test_whatever_the_receiver_does_it_takes_each_once_and_in_order(
    fates: list[str], moves: list[tuple[int, float]]
) -> None:
    async def play() -> None:
        hook = await WebReceiver.started()
        post = PostOffice(hook)
        outbox = post.open()
        hook.replies.extend(_OUTCOMES[fate]() for fate in fates)
        for count, seconds in moves:
            for _ in range(count):
                post.post()
            await post.advance(seconds)
        await post.advance(86_400)
        posted = sum(count for count, _ in moves)
        assert hook.answered == list(range(1, posted + 1))
        assert len(hook.heard) == sum(len(delivery.tries) for delivery in outbox.known()) == outbox.tries
        assert outbox.delivered == posted
        await post.close()
        await hook.go_down()

    asyncio.run(play())
