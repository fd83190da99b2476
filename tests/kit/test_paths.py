"""Finding values by where they stand."""

from __future__ import annotations

from pbxsim.kit.paths import each, mappings, numbers, texts, value_at

PLAIN = {"a": [{"b": "x"}, {"b": 5}, "no mapping", {"c": {"k": "y"}}], "d": None}


def test_each_value_at_such_places_is_given_with_its_path() -> None:
    assert list(each(PLAIN, "a.*.b")) == [(("a", 0, "b"), "x"), (("a", 1, "b"), 5)]
    assert list(each(PLAIN, "a.*.c.*")) == [(("a", 3, "c", "k"), "y")]


def test_what_is_not_there_or_of_another_kind_is_passed_over() -> None:
    assert list(each(PLAIN, "d.*.b")) == []
    assert list(each(PLAIN, "nowhere.*")) == []
    assert list(texts(PLAIN, "a.*.b")) == [(("a", 0, "b"), "x")]
    assert [path for path, _ in mappings(PLAIN, "a.*")] == [("a", 0), ("a", 1), ("a", 3)]


def test_a_value_is_looked_up_by_its_path() -> None:
    assert value_at(PLAIN, ("a", 3, "c", "k")) == "y"
    assert value_at(PLAIN, ("a", 9)) is None
    assert value_at(PLAIN, ("a", "b")) is None
    assert value_at(PLAIN, ("a", 0, "b", "deeper")) is None


def test_figures_are_numbers_or_nothing_at_all() -> None:
    assert numbers({"a": 2}, "a", "b") == [2, 0]
    assert numbers({"a": 2, "b": "many"}, "a", "b") == []
