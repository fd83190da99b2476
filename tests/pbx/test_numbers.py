"""Asterisk's patterns: what fits, which is the most specific, and what is no pattern."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.numbers import BadPattern, compile_pattern, is_dialable, matches, specificity

_digits = st.text("0123456789", max_size=8)


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("100", ["100"], ["", "10", "1000", "0100", "200"]),
        ("10.", ["10."], ["100", "10"]),
        ("X", ["X"], ["5"]),
        ("+420", ["+420"], ["420", "++420"]),
        ("_100", ["100"], ["", "10", "1000"]),
        ("_X", list("0123456789"), ["", "a", "12", "٣", "X"]),
        ("_Z", list("123456789"), ["0", "", "12"]),
        ("_N", list("23456789"), ["0", "1", ""]),
        ("_x", ["0"], ["x"]),
        ("_z", ["1"], ["0", "z"]),
        ("_n", ["2"], ["1", "n"]),
        ("_2XX", ["200", "299"], ["20", "2000", "300"]),
        ("_[1-5]", list("12345"), ["0", "6", "-"]),
        ("_[1-35]X", ["10", "29", "39", "50"], ["40", "-0", "1"]),
        ("_[579]", list("579"), list("468")),
        ("_[a-c1]", list("abc1"), ["d", "A", "2"]),
        ("_[12]-XXX", ["1345", "2000"], ["1-345", "12", "3345"]),
        ("_XX-[12]", ["001", "992"], ["00-1", "003"]),
        ("_55 5-1 2", ["55512"], ["55 5-1 2", "5551"]),
        ("_9.", ["91", "9abc", "9\n1"], ["9", "", "8"]),
        ("_.", ["1", "x", "+420"], [""]),
        ("_9!", ["9", "91", "9a"], ["", "8"]),
        ("_!", ["", "1", "anything"], []),
        ("_+X.", ["+42", "+420123"], ["420", "+4"]),
        ("_*21*X!", ["*21*5", "*21*567"], ["21*5", "*21*"]),
        ("_#31#.", ["#31#1"], ["#31#"]),
        ("_[*#]1", ["*1", "#1"], ["11"]),
        ("_(1)", ["(1)"], ["1"]),
        ("_a^b$", ["a^b$"], ["ab"]),
        ("_[1-]", ["1", "-"], ["2"]),
        ("_[.!]", [".", "!"], ["1"]),
    ],
)
def test_a_pattern_fits_what_asterisk_says_it_fits(pattern: str, fitting: list[str], others: list[str]) -> None:
    assert [number for number in fitting if not matches(pattern, number)] == []
    assert [number for number in others if matches(pattern, number)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "_",
        "_ ",
        "_-",
        "_[1-5",
        "_1-5]",
        "_[]",
        "_[]1",
        "_]1[",
        "_[[1]",
        "_[5-1]",
        "_[5-1]2",
        "_[15-1]",
        "_1.2",
        "_1!2",
        "_.!",
        "_!!",
        "_..",
        "_X.X",
    ],
)
def test_what_is_no_pattern_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(pattern)):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ("100", "_100"),
        ("100", "_1XX"),
        ("9", "_."),
        ("_100", "_10X"),
        ("_10X", "_1XX"),
        ("_NXX", "_ZXX"),
        ("_ZXX", "_XXX"),
        ("_[1-3]X", "_[1-4]X"),
        ("_1XX", "_X00"),
        ("_XXX", "_XX."),
        ("_1.", "_X."),
        ("_XX", "_X!"),
        ("_X.", "_X!"),
        ("_1X!", "_1."),
        ("_X.", "_."),
        ("_.", "_!"),
        ("_[12]X", "_[23]1"),
        ("_[12]X", "_[13]1"),
        ("_1!", "_1"),
        ("_1", "_2"),
    ],
)
def test_the_more_specific_of_two_patterns_comes_first(winner: str, loser: str) -> None:
    assert specificity(winner) < specificity(loser)


def test_equally_specific_patterns_are_put_in_order_by_their_text() -> None:
    assert sorted(["_[56]X", "_[12]X"], key=specificity) == ["_[12]X", "_[56]X"]


@given(_digits)
def test_a_literal_fits_itself_and_nothing_else(number: str) -> None:
    assert matches(number, number)
    assert not matches(number, number + "0")


@pytest.mark.slow
@given(_digits.filter(bool), st.data())
def test_a_pattern_of_sets_around_a_number_fits_it(number: str, data: st.DataObject) -> None:
    elements = [
        data.draw(st.sampled_from([digit, "X", f"[{digit}]", f"[0-{digit}]", f"[{digit}-9]"])) for digit in number
    ]
    pattern = "_" + "".join(elements)
    assert matches(pattern, number)
    assert matches(pattern + "!", number)
    assert not matches(pattern + ".", number)
    assert matches(pattern + ".", number + "0")
    assert not matches(pattern, number + "0")


def _refusal(text: str) -> str | None:
    try:
        matches(text, "123")
    except BadPattern as error:
        return str(error)
    return None


@given(st.text(max_size=6) | st.text("[]-_X.!15", max_size=8).map("_".__add__))
def test_any_text_is_a_pattern_or_a_bad_pattern(text: str) -> None:
    refused = _refusal(text)
    assert refused is None or (text.startswith("_") and refused == text)


@given(st.text("[]-X.!15 ", max_size=8).map("_".__add__))
def test_only_a_bare_wildcard_fits_the_empty_number(text: str) -> None:
    if _refusal(text) is None:
        assert matches(text, "") == (text.replace("-", "").replace(" ", "") == "_!")


@pytest.mark.parametrize("number", ["0", "800123456", "+420800123456", "*31#112", "#", "0" * 20, "+" + "9" * 20])
def test_a_trunk_takes_digits_star_hash_and_one_plus_in_front(number: str) -> None:
    assert is_dialable(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "+",
        "++420",
        "42+0",
        " 420",
        "420 ",
        "8 0",
        "8-0",
        "(8)",
        "8.",
        "a",
        "8a",
        "٨",
        "८",
        "８",
        "²",
        "8\n",
        "0" * 21,
    ],
)
def test_anything_else_cannot_be_dialled(number: str) -> None:
    assert not is_dialable(number)


def test_how_many_digits_a_trunk_takes_is_its_own() -> None:
    assert [is_dialable("1" * length, 9) for length in (8, 9, 10)] == [True, True, False]
    assert is_dialable("+" + "1" * 9, 9)
