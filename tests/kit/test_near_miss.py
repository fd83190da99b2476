"""Hints on what a client probably meant."""

from __future__ import annotations

import pytest

from pbxsim.kit.near_miss import nearest, parameter_hints, word_hint

KNOWN = ("action", "dstNum", "dstSipUsername")


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        ("Action", "parameter 'Action' is written 'action': case counts"),
        ("dstnum", "parameter 'dstnum' is written 'dstNum': case counts"),
        ("dstSipUsernamem", "parameter 'dstSipUsernamem' is not documented: did you mean 'dstSipUsername'?"),
        (" dstNum", "parameter ' dstNum' has blanks around it: 'dstNum' is what the vendor documents"),
        ("zzz", "parameter 'zzz' is not documented; there are: action, dstNum, dstSipUsername"),
        ("", "parameter '' is not documented; there are: action, dstNum, dstSipUsername"),
        ("a\nb", "parameter 'a\\nb' is not documented; there are: action, dstNum, dstSipUsername"),
    ],
)
def test_an_unknown_parameter_is_told_what_it_may_have_been(sent: str, hint: str) -> None:
    assert parameter_hints([sent, "action"], KNOWN) == (hint,)


def test_known_parameters_need_no_hint() -> None:
    assert parameter_hints(KNOWN, KNOWN) == ()


def test_each_unknown_parameter_has_its_hint_in_the_order_sent() -> None:
    assert [hint.split("'")[1] for hint in parameter_hints(["b", "action", "a"], KNOWN)] == ["b", "a"]


def test_a_word_has_at_most_one_hint() -> None:
    assert word_hint("action", "action", KNOWN) == ()
    assert word_hint("action", "ACTION", KNOWN) == ("action 'ACTION' is written 'action': case counts",)


def test_the_first_ten_unknown_parameters_have_hints_and_known_ones_between_them_do_not_count() -> None:
    sent = [name for number in range(50) for name in (f"p{number}", "action")]
    assert [hint.split("'")[1] for hint in parameter_hints(sent, KNOWN)] == [f"p{number}" for number in range(10)]


def test_of_a_long_name_or_word_the_beginning_is_told() -> None:
    assert parameter_hints(["x" * 10_000], KNOWN) == (
        f"parameter {'x' * 64!r} is not documented; there are: action, dstNum, dstSipUsername",
    )
    assert word_hint("action", "x" * 10_000, KNOWN) == (f"action {'x' * 128!r} is not documented",)


@pytest.mark.parametrize("name", ["username", "action", "x"])
def test_a_byte_order_mark_in_front_of_a_name_is_named(name: str) -> None:
    (hint,) = parameter_hints(["\ufeff" + name], ("username", "action"))
    assert "byte order mark" in hint


def test_what_is_missing_is_compared_first_and_underscores_do_not_count() -> None:
    known = ("caller", "callee", "caller_id")
    assert parameter_hints(["caller", "callerId"], known) == ("parameter 'callerId' is written 'caller_id'",)
    assert parameter_hints(["caller", "callr"], ("caller", "callee")) == (
        "parameter 'callr' is not documented: did you mean 'callee'?",
    )


def test_the_nearest_are_found_whatever_their_case_and_hyphens() -> None:
    assert nearest("CUSTOM-CDR", ("action", "customCdr1", "custom_cdr")) == ["custom_cdr"]
    assert nearest("101", ("100", "102", "557"), 2) == ["102", "100"]
    assert nearest("zzz", ("action",)) == []
