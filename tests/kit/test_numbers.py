"""Number shapes: what passes for a number, how it is dialled, and what is said of what does not pass."""

from __future__ import annotations

import pytest

from pbxsim.kit.numbers import (
    CZECHIA,
    SPAIN,
    as_dialled,
    behind_prefix,
    international,
    is_digits,
    misprint_hints,
    sip_address,
    why_not_dialled,
)


@pytest.mark.parametrize(
    ("text", "is_spanish", "is_czech"),
    [
        ("911000222", True, True),
        ("666111666", True, True),
        ("800123456", True, True),
        ("299299000", False, True),
        ("123456789", False, False),
        ("012345678", False, False),
        ("91100022", False, False),
        ("9110002223", False, False),
        ("91100022a", False, False),
        ("٩١١٠٠٠٢٢٢", False, False),
        ("911000222\n", False, False),
        ("", False, False),
    ],
)
def test_a_national_number_has_nine_digits_and_a_known_beginning(text: str, is_spanish: bool, is_czech: bool) -> None:
    assert (SPAIN.fits(text), CZECHIA.fits(text)) == (is_spanish, is_czech)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+34911000222", "34911000222"),
        ("0034911000222", "34911000222"),
        ("+1234567", "1234567"),
        ("+123456789012345", "123456789012345"),
        ("+123456", None),
        ("+1234567890123456", None),
        ("+0123456789", None),
        ("00034911000222", None),
        ("34911000222", None),
        (" 34911000222", None),
        ("+34 911 000 222", None),
        ("++34911000222", None),
        ("", None),
    ],
)
def test_an_international_number_has_plus_or_00_and_7_to_15_digits(text: str, digits: str | None) -> None:
    assert international(text) == digits


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("+34911000222", "911000222"),
        ("0034911000222", "911000222"),
        ("911000222", "911000222"),
        ("+420777123456", "00420777123456"),
        ("+34112345678", "0034112345678"),  # no Spanish number begins with 1
        ("+3491100022", "003491100022"),
        ("100", "100"),
        ("ext1234", "ext1234"),
    ],
)
def test_numbers_of_the_own_country_are_dialled_nationally_others_with_00(text: str, dialled: str) -> None:
    assert as_dialled(text, SPAIN) == dialled


def test_digits_are_counted_with_both_bounds() -> None:
    assert [is_digits(text, 2, 3) for text in ("1", "12", "123", "1234", "1a")] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12345678@mioficinaweb.es", ("12345678", "mioficinaweb.es")),
        ("Ana.b_c-1@MiOficinaWeb.ES", ("Ana.b_c-1", "mioficinaweb.es")),
        ("12345678@", None),
        ("@mioficinaweb.es", None),
        ("a@b@c", None),
        ("a b@c", None),
        ("a@b:5060", None),
        ("a@b;transport=tcp", None),
        ("12345678", None),
    ],
)
def test_a_voip_address_is_a_user_and_a_domain(text: str, parts: tuple[str, str] | None) -> None:
    assert sip_address(text) == parts


@pytest.mark.parametrize(
    ("text", "digits"),
    [("ext1234", "1234"), ("ext", None), ("ext12a", None), ("EXT1234", None), ("1234", None), ("ext 1", None)],
)
def test_the_digits_behind_a_word_are_found(text: str, digits: str | None) -> None:
    assert behind_prefix(text, "ext") == digits


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('777123456"', "quotation mark"),
        ("777123456'", "quotation mark"),
        (" 420777123456", "%2B"),
        ("777 123 456", "separators"),
        ("+420-777", "separators"),
        ("۷۷۷", "EXTENDED ARABIC-INDIC DIGIT SEVEN"),
        ("(0)777", None),
        ("abc", None),
        ("777", None),
        ("", None),
    ],
)
def test_a_hint_is_given_only_where_the_guess_is_good(value: str, said: str | None) -> None:
    hints = misprint_hints("cislo", value)
    assert (
        [said in hint and hint.startswith(("cislo ", "cislo: ")) for hint in hints] == [True] if said else hints == ()
    )


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("800123456", ""),
        ("+420*#", ""),
        (" 420", "a blank in the number: `+` in a query is a blank, write %2B"),
        ("8 0", "a blank in the number: `+` in a query is a blank, write %2B"),
        ("", "no number"),
        ("8\n", "a control character in the number"),
        ("\u06f8", "EXTENDED ARABIC-INDIC DIGIT EIGHT (U+06F8) in the number: a trunk takes the digits 0 to 9"),
        ("\ue0008", "a character (U+E000) in the number: a trunk takes the digits 0 to 9"),
        ("8-0", "'-' in the number: a trunk takes digits, `*`, `#` and a leading `+`"),
        ("8+0", "`+` stands in front of a number's digits, and once"),
        ("+", "`+` stands in front of a number's digits, and once"),
        ("1" * 21, "a number of 21 characters: at most 20 digits can be dialled"),
    ],
)
def test_why_a_number_cannot_be_dialled_is_said(number: str, why: str) -> None:
    assert why_not_dialled(number) == why
