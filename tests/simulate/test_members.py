"""More members than a file has: agents like those that it has, each with a telephone of its own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.document import Document
from pbxsim.config.load import load, read, text_of
from pbxsim.discovery import find_engines, find_vendors
from pbxsim.hosting.assemble import assemble
from pbxsim.simulate.variation import put
from tests.simulate.shop import SHOP


def with_members(text: str, queue: str, number: int) -> dict[str, Any]:
    """Give a file of which a queue has so many members, and see that a PBX can be made of it."""
    file: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(Document("file", text).plain()[0]))
    put(file, f"queues.{queue}.members", number)
    made = read(msgspec.json.encode(file).decode(), "file", find_vendors(), find_engines("simulated"))
    pbx = assemble(made, clock=Scheduler(0)).pbx
    (found,) = [each for each in pbx.queues if each.name == queue]
    agents = [member.agent for member in found.members]
    assert len(agents) == len({agent.number for agent in agents}) == number
    assert all(agent.is_logged_in for agent in agents)
    assert len({agent.line for agent in agents}) == number
    return file


def test_new_members_are_like_the_old_ones_in_turn() -> None:
    file = with_members(SHOP, "sales", 5)
    assert [member["agent"] for member in file["queues"][0]["members"]] == ["1", "2", "1001", "2001", "1002"]
    assert file["agents"][2:] == [
        {"number": "1001", "name": "anna", "line": "100001"},
        {"number": "2001", "name": "ben", "line": "101001"},
        {"number": "1002", "name": "anna", "line": "100002"},
    ]
    assert file["extensions"][2:] == [
        {"internal": "100001", "user": "100001", "calls": 1},
        {"internal": "101001", "user": "101001", "calls": 1},
        {"internal": "100002", "user": "100002", "calls": 1},
    ]


def test_their_telephones_meet_calls_by_the_rule_of_those_they_are_like() -> None:
    file = with_members(SHOP, "sales", 3)
    does = {"ring": {"uniform": [1, 5]}, "talk": {"exponential": 200}}
    assert file["phones"]["rules"] == [{"number": "100001", "does": does}, {"number": "_10X", "does": does}]


def test_where_no_rule_is_theirs_none_becomes_so() -> None:
    file = with_members(SHOP.replace("_10X", "_100XXX"), "sales", 3)
    assert file["phones"]["rules"][0] == {"number": "100001", "does": "answer"}


def test_a_name_that_is_taken_is_passed_over() -> None:
    more = 'extensions: [{internal: "100001"}, {internal: "100", calls: 1}'
    file = with_members(SHOP.replace('extensions: [{internal: "100", calls: 1}', more), "sales", 3)
    assert (file["agents"][-1]["line"], file["extensions"][-1]["internal"]) == ("100002", "100002")


@pytest.mark.parametrize(("queue", "number"), [("support", 45), ("reception", 9)])
def test_a_large_call_centre_grows(queue: str, number: int) -> None:
    text, _ = text_of("call-centre")
    with_members(text, queue, number)
    assert load("call-centre").file.name == "call-centre"
