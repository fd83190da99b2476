"""Who sends a request, by the texts that only they have."""

from __future__ import annotations

import pytest

from pbxsim.kit.holders import Holders

PAIRS = Holders([("crm", ("crm", "one")), ("desk", ("desk", "twó"))])


def test_a_holder_is_found_by_all_of_its_texts_together() -> None:
    assert PAIRS.find("crm", "one") == "crm"
    assert PAIRS.find("desk", "twó") == "desk"


@pytest.mark.parametrize(
    "given", [("crm", "twó"), ("crm", ""), ("", "one"), ("", ""), ("CRM", "one"), ("crm", "one "), ("one", "crm")]
)
def test_anything_else_is_nobodys(given: tuple[str, str]) -> None:
    assert PAIRS.find(*given) is None


def test_where_one_text_ends_and_the_next_begins_counts_whatever_they_hold() -> None:
    controls = "".join(map(chr, range(32)))
    holders = Holders([("odd", (f"a{controls}b", "c")), ("even", ("a", "bc"))])

    assert holders.find(f"a{controls}b", "c") == "odd"
    assert holders.find("a", "bc") == "even"
    assert holders.find("ab", "c") is None
    for mark in map(chr, range(64)):
        assert holders.find("a", f"{controls}b{mark}c") is None
        assert holders.find(f"a{mark}bc", "") is None


@pytest.mark.parametrize("given", ["\udcff", "on\ud800e"])
def test_half_a_character_is_in_nobodys_text(given: str) -> None:
    assert PAIRS.find("crm", given) is None
    assert PAIRS.find(given, "one") is None
    assert Holders([("key", ("ÿ",))]).find(given) is None


def test_one_text_is_enough_where_each_has_one() -> None:
    keys = Holders([(1, ("first",)), (2, ("second",))])

    assert [keys.find(text) for text in ("first", "second", "third", "")] == [1, 2, None, None]


def test_among_nobody_nobody_is_found() -> None:
    nobody: Holders[str] = Holders([])

    assert nobody.find("anything") is None
