"""Calls placed by the control API: by which trunk they come in, and where they lead: queues, groups, contexts, DIDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.directory import Context, Did, Step, Trunk
from pbxsim.pbx.ring_group import GroupHunt, RingGroup, Row

if TYPE_CHECKING:
    from tests.web.town import Town

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
        ({}, "to: whom? A number, or queue, group or context instead"),
        ({"to": "299299000", "queue": "sales"}, "of to, queue and group only one can be called"),
        ({"group": "office", "queue": "sales"}, "of to, queue and group only one can be called"),
        ({"queue": "shop"}, "queue: there is no 'shop'"),
        ({"group": "shop"}, "group: there is no 'shop'"),
        ({"context": "shop"}, "context: there is no 'shop'"),
    ],
)
async def test_what_is_not_there_cannot_be_called(busy_town: Town, body: dict[str, str], detail: str) -> None:
    answered = await busy_town.post("/_pbxsim/calls", {"from": CALLER, **body})
    assert (answered.status, answered.json["detail"]) == (422, detail)
    assert (await busy_town.get("/_pbxsim/calls")).json == []
