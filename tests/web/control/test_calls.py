"""Calls by the control API: listed, hung up, placed: by which trunk they come in, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.ring_group import GroupHunt, RingGroup, Row
from pbxsim.pbx.routes import Context, Did, Step, Trunk
from pbxsim.web.control.calls import CallFilter, listed
from pbxsim.web.control.paging import PIECE

if TYPE_CHECKING:
    from tests.web.town import Town


CALL = "/acme/api?secret=s3cret!&from=100&to=102"
CALLER = "777123456"


@pytest.fixture
def busy_town(town: Town) -> Town:
    """Give the town a ring group, a DID that leads into its queue, a context, and another trunk."""
    pbx = town.host.pbx
    group = RingGroup(name="office", context="main", rows=(Row(("100", "102"), 20 * SECOND),))
    pbx.calls.hunts = {**pbx.calls.hunts, "group office": GroupHunt(pbx.calls, group)}
    pbx.directory.dids["299299900"] = Did(number="299299900", context="main", step=Step(queue="sales"))
    pbx.directory.trunks["gsm"] = Trunk(id=2, name="gsm")
    pbx.directory.contexts["menu"] = Context(
        name="menu", dialplan="main", entries=(("s", Step(play_seconds=9)), ("7", Step(extension="102")))
    )
    return town


async def placed(town: Town, **body: str) -> dict[str, Any]:
    """Place a call."""
    answered = await town.post("/_pbxsim/calls", {"from": CALLER, **body})
    assert answered.status == 201, answered.body
    return dict(answered.json)


async def waiting(town: Town) -> list[str]:
    """Give the numbers of those who wait in the queue, without the one whom the PBX file put there."""
    (queue,) = (await town.get("/_pbxsim/queues")).json
    return [waiter["caller_number"] for waiter in queue["waiters"][1:]]


async def test_calls_are_listed_in_the_order_in_which_they_began_and_by_pages(town: Town) -> None:
    for _ in range(5):
        await town.get("/acme/api?secret=s3cret!&from=990101001&to=100")
        await town.advance(7)
    await town.get(CALL)
    first = await town.get("/_pbxsim/calls?limit=4")
    assert [call["id"] for call in first.json] == [1, 2, 3, 4]
    assert first.headers["Link"] == '</_pbxsim/calls?limit=4&after=4>; rel="next"'
    rest = await town.get("/_pbxsim/calls?limit=4&after=4")
    assert [call["id"] for call in rest.json] == [5, 6]
    assert "Link" not in rest.headers


async def test_calls_can_be_listed_by_state(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=990400000&to=100")
    await town.advance(0)
    await town.get(CALL)
    assert [call["id"] for call in (await town.get("/_pbxsim/calls?state=ended")).json] == [1]
    assert [call["id"] for call in (await town.get("/_pbxsim/calls?state=ringing")).json] == [2]


async def test_somebody_from_outside_calls(town: Town) -> None:
    placed = await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000", "name": "Jiří"})
    assert placed.status == 201
    assert placed.headers["Location"] == "/_pbxsim/calls/1"
    call = placed.json
    caller, called = call["legs"]
    assert (call["kind"], call["vendor"], call["src"], call["dst"]) == ("incoming", "control", "777123456", "299299000")
    assert (caller["party"], caller["trunk"], caller["state"], caller["number"]) == (
        "first",
        "upc",
        "Ring",
        "777123456",
    )
    assert (called["party"], called["line"], called["state"]) == ("second", "sip100", "Ringing")
    assert called["caller_id"] == {"number": "777123456", "name": "Jiří"}
    await town.advance(60)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["direction"], cdr["disposition"], cdr["trunk"]) == ("incoming", "ANSWERED", "upc")


@pytest.mark.parametrize("caller", ["102", "sip102"])
async def test_the_person_at_one_of_our_telephones_calls(town: Town, caller: str) -> None:
    call = (await town.post("/_pbxsim/calls", {"from": caller, "to": "990103020"})).json
    assert (call["src"], call["legs"][0]["line"], call["legs"][1]["trunk"]) == ("102", "sip102", "upc")
    await town.advance(60)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["direction"], cdr["billsec"]) == ("outgoing", 20)


async def test_one_of_our_telephones_calls_another(town: Town) -> None:
    call = (await town.post("/_pbxsim/calls", {"from": "299299000", "to": "102"})).json
    assert [leg["line"] for leg in call["legs"]] == ["sip100", "sip102"]


async def test_where_nobody_can_be_lent_a_hand_only_somebody_outside_can_be_made_to_call(town: Town) -> None:
    town.host.pbx.handset = None
    refused = await town.post("/_pbxsim/calls", {"from": "sip100", "to": "102"})
    assert (refused.status, refused.json["detail"]) == (
        409,
        "this engine's telephones dial by themselves: only somebody outside can be made to call",
    )
    assert (await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})).status == 201


async def test_ringing_ends_after_the_time_that_was_said(town: Town) -> None:
    await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000", "ring_seconds": 2})
    await town.advance(2)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["disposition"], cdr["duration"]) == ("NO ANSWER", 2)


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (
            {"from": "777123456", "to": "102"},
            422,
            "to: 102 is no public number of this PBX; nobody outside can call it",
        ),
        ({"from": "777123456", "to": "299299000", "trunk": "o2"}, 422, "trunk: there is no 'o2'; there are: upc"),
        (
            {"from": "100", "to": "102", "dialplan": "x"},
            422,
            "from: 100 is no one telephone's number: DialplanNotFound",
        ),
    ],
)
async def test_a_call_that_cannot_be_is_refused(town: Town, body: dict[str, str], status: int, detail: str) -> None:
    answered = await town.post("/_pbxsim/calls", body)
    assert (answered.status, answered.json["detail"]) == (status, detail)
    assert (await town.get("/_pbxsim/calls")).json == []


async def test_a_full_trunk_lets_nobody_in_and_leaves_no_record_for_no_channel_was_made(town: Town) -> None:
    for _ in range(2):
        assert (await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})).status == 201
    answered = await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})
    assert (answered.status, answered.json["detail"], answered.json["call"]) == (409, "every trunk is full", 3)
    assert (await town.get("/_pbxsim/cdrs")).json == []
    call = (await town.get("/_pbxsim/calls/3")).json
    assert (call["state"], call["disposition"], call["cause"]) == ("ended", "FAILED", 34)


async def test_a_telephone_that_dropped_off_calls_nobody(town: Town) -> None:
    await town.post("/_pbxsim/phones/sip102/unregister")
    answered = await town.post("/_pbxsim/calls", {"from": "102", "to": "100"})
    assert (answered.status, answered.json["detail"]) == (409, "no telephone of 102 is registered")


async def test_a_call_is_hung_up_with_a_cause(town: Town) -> None:
    await town.get(CALL)
    ended = (await town.post("/_pbxsim/calls/1/hangup", {"cause": 34})).json
    assert (ended["state"], ended["cause"], ended["cause_text"]) == ("ended", 34, "Circuit/channel congestion")


async def test_a_call_is_hung_up_normally_where_no_cause_is_given(town: Town) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/calls/1/hangup")).json["cause"] == 16


async def test_a_call_that_is_over_cannot_be_hung_up(town: Town) -> None:
    await town.get(CALL)
    await town.post("/_pbxsim/calls/1/hangup")
    answered = await town.post("/_pbxsim/calls/1/hangup")
    assert (answered.status, answered.json["detail"]) == (409, "call 1 is over")


async def test_a_cause_that_nobody_knows_is_refused(town: Town) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/calls/1/hangup", {"cause": 99})).status == 400


async def test_the_entry_point_and_the_callers_name_can_be_chosen(busy_town: Town) -> None:
    call = await placed(busy_town, to="299299000", trunk="gsm", name="Jana")
    assert [leg["trunk"] for leg in call["legs"]] == ["gsm", None]
    assert call["legs"][1]["caller_id"] == {"number": CALLER, "name": "Jana"}
    await busy_town.advance(60)
    (cdr,) = (await busy_town.get("/_pbxsim/cdrs")).json
    assert (cdr["trunk"], cdr["direction"]) == ("gsm", "incoming")


async def test_a_did_may_lead_into_a_queue(busy_town: Town) -> None:
    call = await placed(busy_town, to="299299900")
    assert (call["dst"], call["legs"][0]["state"]) == ("299299900", "Up")
    assert await waiting(busy_town) == [CALLER]


async def test_a_queue_is_called_straight(busy_town: Town) -> None:
    call = await placed(busy_town, queue="sales")
    assert call["dst"] == "sales"
    assert await waiting(busy_town) == [CALLER]


async def test_our_own_telephone_can_wait_in_a_queue(busy_town: Town) -> None:
    await placed(busy_town, **{"from": "102"}, queue="sales")
    assert await waiting(busy_town) == ["102"]


async def test_a_ring_group_is_called_straight(busy_town: Town) -> None:
    call = await placed(busy_town, group="office")
    assert [leg["line"] for leg in call["legs"]] == [None, "sip100", "sip102"]


async def test_a_call_comes_into_a_context(busy_town: Town) -> None:
    start = await placed(busy_town, context="menu")
    assert (start["dst"], start["state"]) == ("s", "up")
    dialled = await placed(busy_town, context="menu", to="7")
    assert dialled["legs"][1]["line"] == "sip102"


async def test_our_own_telephone_can_dial_in_another_context(busy_town: Town) -> None:
    call = await placed(busy_town, **{"from": "100"}, context="menu", to="7")
    assert [leg["line"] for leg in call["legs"]] == ["sip100", "sip102"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "to: whom? A number, or queue, group, menu or context instead"),
        ({"to": "299299000", "queue": "sales"}, "of to, queue, group and menu only one can be called"),
        ({"group": "office", "queue": "sales"}, "of to, queue, group and menu only one can be called"),
        ({"queue": "shop"}, "queue: there is no 'shop'"),
        ({"group": "shop"}, "group: there is no 'shop'"),
        ({"context": "shop"}, "context: there is no 'shop'"),
    ],
)
async def test_what_is_not_there_cannot_be_called(busy_town: Town, body: dict[str, str], detail: str) -> None:
    answered = await busy_town.post("/_pbxsim/calls", {"from": CALLER, **body})
    assert (answered.status, answered.json["detail"]) == (422, detail)
    assert (await busy_town.get("/_pbxsim/calls")).json == []


@pytest.mark.slow
async def test_a_call_that_is_forgotten_while_a_long_list_is_spelt_is_not_in_it(town: Town) -> None:
    calls = town.host.pbx.calls
    for _ in range(PIECE + 1):
        await town.post("/_pbxsim/calls", {"from": CALLER, "to": "299299000"})
        await town.advance(60)
    answering = listed(town.host, CallFilter())
    answering.send(None)
    del calls.ended[PIECE + 1]  # as when another call ends
    with pytest.raises(StopIteration) as answered:
        answering.send(None)
    assert [call["id"] for call in msgspec.json.decode(b"".join(answered.value.value.body))] == [*range(1, PIECE + 1)]
