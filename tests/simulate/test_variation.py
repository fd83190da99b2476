"""What a sweep varies: read from the command line, put into a plain PBX file."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from pbxsim.config.document import Document
from pbxsim.simulate.variation import NotThere, Value, Vary, put
from tests.simulate.shop import SHOP


def shop() -> dict[str, Any]:
    """Give the shop's file, plain."""
    return Document("shop.yaml", SHOP).plain()[0]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ("40..43", (40, 41, 42, 43)),
        ("7..7", (7,)),
        ("10..30..10", (10, 20, 30)),
        ("10..35..10", (10, 20, 30)),
        ("0.1..0.5..0.2", (0.1, 0.3, 0.5)),
        ("-2..0", (-2, -1, 0)),
        ("ringall,leastrecent", ("ringall", "leastrecent")),
        ("1,2.5,true,null,yes", (1, 2.5, True, None, "yes")),
        ('"100","101"', ("100", "101")),
        ("a=b", ("a=b",)),
    ],
)
def test_values_are_read(values: str, read: tuple[Value, ...]) -> None:
    vary = Vary.read(f"queues.sales.x={values}")
    assert (vary.place, vary.values) == ("queues.sales.x", read)
    assert [*map(type, vary.values)] == [*map(type, read)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("queues.sales.members", "a place and its values"),
        ("=1..2", "a place and its values"),
        ("queues..members=1", "a place and its values"),
        ("queues.sales.members=", "a place and its values"),
        ("a=5..1", "upwards"),
        ("a=1..2000", "at most 1,000 values"),
        ("a=1..5..0", "upwards"),
        ("a=one..two", "expected numbers"),
        ("a=1...5", "expected numbers"),
        ("a=1,2,1", "each value once"),
    ],
)
def test_what_cannot_be_varied_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Vary.read(text)


@pytest.mark.parametrize("place", ["queues.sales.wrap_up", "queues.0.wrap_up"])
def test_a_value_stands_where_the_place_says_and_nothing_else_is_otherwise(place: str) -> None:
    file, expected = shop(), shop()
    put(file, place, 30)
    expected["queues"][0]["wrap_up"] = 30
    assert file == expected


def test_what_the_file_leaves_out_may_be_said() -> None:
    file = shop()
    put(file, "queues.sales.max_waiting", 3)
    assert file["queues"][0]["max_waiting"] == 3


def test_a_list_is_cut_to_so_many_entries() -> None:
    file = shop()
    put(file, "queues.sales.members", 1)
    assert file["queues"][0]["members"] == [{"agent": "1"}]
    put(file, "queues.sales.members", 0)
    assert file["queues"][0]["members"] == []


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        ("queues.sails.wrap_up", 1, r"queues\.sails\.wrap_up: no entry is called 'sails' \(did you mean sales\?\)"),
        ("quueues.sales.wrap_up", 1, r"there is no 'quueues' \(did you mean queues\?\)"),
        ("queues.7.wrap_up", 1, "no entry is called '7'"),
        ("name.x", 1, "nothing stands below 'x'"),
        ("queues.sales.members", "many", "expected how many entries it is to have, not 'many'"),
        ("queues.sales.members", True, "expected how many entries"),
        ("queues.sales.members", -1, "expected how many entries"),
        ("traffic", 2, "traffic has 1 entries, and only a queue that has members is given more"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_otherwise(place: str, value: Value, why: str) -> None:
    file = shop()
    before = deepcopy(file)
    with pytest.raises(NotThere, match=why):
        put(file, place, value)
    assert file == before
